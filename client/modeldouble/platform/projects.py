"""Projects: what holds datasets and says which classes their annotations may use."""

from __future__ import annotations

from typing import Any

from modeldouble.errors import BadAnswer
from modeldouble.meta import ProjectMeta
from modeldouble.platform.calls import Calls, Json, listing
from modeldouble.platform.creating import Place, create
from modeldouble.platform.infos import ProjectInfo, project_info
from modeldouble.values import whole_number


class ProjectApi:
    """Projects: what holds datasets and says which classes their annotations may use."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def create(
        self,
        workspace_id: int,
        name: str,
        type: str = "images",
        description: str = "",
        change_name_if_conflict: bool = False,
    ) -> ProjectInfo:
        """Create a project; with `change_name_if_conflict` as name_001, name_002, ... when the name is taken.

        Raises `NameTaken` with the id of the project that has the name, `CreateUncertain` when the answer was lost.
        """
        place = Place("project", "projects", "workspaceId", whole_number("workspace_id", workspace_id, 1))
        # The official SDK has an enumeration of types.
        rest = {"description": description, "type": str(getattr(type, "value", type))}
        return project_info("projects.add", create(self._calls, place, name, rest, change_name_if_conflict))

    def get_info_by_id(self, id: int) -> ProjectInfo:
        """Return what the platform knows of a project. Raises `NotFound` when there is none."""
        body = {"id": whole_number("project_id", id, 1)}
        return project_info("projects.info", self._calls.object("projects.info", body, self._calls.end()))

    def get_list(self, workspace_id: int) -> list[ProjectInfo]:
        """Return the projects of a workspace, by id."""
        body = listing({"workspaceId": whole_number("workspace_id", workspace_id, 1)})
        found = self._calls.all("projects.list", body, self._calls.end())
        return [project_info("projects.list", one) for one in found]

    def get_meta(self, id: int) -> dict[str, Any]:
        """Return classes and tags as JSON; `ProjectMeta.from_json` makes it typed. Raises `NotFound`."""
        return self._meta(whole_number("project_id", id, 1), self._calls.end())

    def update_meta(self, id: int, meta: ProjectMeta | dict[str, Any]) -> ProjectMeta:
        """Replace the whole meta, and return it as it is stored: classes and tags have ids then.

        Raises `BadArgument` when `meta` is none, `NotFound` when there is no such project.
        """
        number, end = whole_number("project_id", id, 1), self._calls.end()
        wanted = meta if isinstance(meta, ProjectMeta) else ProjectMeta.from_json(meta)
        sent = wanted.to_json()
        answer = self._calls.object("projects.meta.update", {"id": number, "meta": sent}, end)
        # Platforms before 6.8.69 answer only {"success": true}.
        stored = _typed("projects.meta.update", answer if "classes" in answer else self._meta(number, end))
        grouping = _grouping(sent, stored)
        if grouping is not None:
            self._calls.post("projects.settings.update", {"id": number, "settings": grouping}, end)
        return stored

    def _meta(self, number: int, end: float) -> Json:
        answer = self._calls.object("projects.meta", {"id": number}, end)
        _typed("projects.meta", answer)
        return answer


def _typed(method: str, answer: Json) -> ProjectMeta:
    if not all(isinstance(answer.get(key), list) for key in ("classes", "tags")):
        raise BadAnswer(method, "the body", answer, "an object with the lists classes and tags")
    return ProjectMeta.from_json(answer)


def _grouping(meta: Json, stored: ProjectMeta) -> Json | None:
    """Return the settings that group images; a meta that does not group them needs none."""
    settings = meta.get("projectSettings")
    view = settings.get("multiView") if isinstance(settings, dict) else None
    if not isinstance(view, dict) or not view.get("enabled"):
        return None
    tag = stored.tag_metas.get(str(view.get("tagName")))
    return {
        "groupImages": True,
        "groupImagesByTagId": view.get("tagId") if tag is None else tag.sly_id,
        "groupImagesSync": bool(view.get("isSynced")),
    }
