"""Entities of the platform as dicts with all the fields that its answers have; one function for each kind."""

from datetime import datetime, timezone
from typing import Any, NamedTuple

from .world import Entity, Kind, World, hash_of

OWNER_ID = 1
"""The one user of a world."""


class Facts(NamedTuple):
    """What is known of the bytes of a picture. Width and height are in pixels, `size` in bytes."""

    sha256: str
    width: int
    height: int
    mime: str
    size: int


class Place(NamedTuple):
    """Ids of everything that an item lies in."""

    team: int
    workspace: int
    project: int
    dataset: int = 0


def date(seconds: float) -> str:
    """Epoch seconds as the platform writes a date."""
    moment = datetime.fromtimestamp(seconds, tz=timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


def place_of(dataset: Entity) -> Place:
    """Where the items of a dataset lie."""
    return Place(dataset["teamId"], dataset["workspaceId"], dataset["projectId"], dataset["id"])


def item(item_id: int, name: str, place: Place, sha256: str, made: str) -> Entity:
    """What an image and a video of the platform have in common."""
    return {
        "id": item_id,
        "name": name,
        "title": name,
        "description": "",
        "link": None,
        "hash": hash_of(sha256),
        "teamId": place.team,
        "workspaceId": place.workspace,
        "projectId": place.project,
        "datasetId": place.dataset,
        "pathOriginal": f"/original/{sha256[:16]}/{name}",
        "tags": [],
        "meta": {},
        "customData": {},
        "parentId": None,
        **_made(made),
    }


def image(image_id: int, name: str, place: Place, facts: Facts, made: str) -> Entity:
    """An image; its mime is that of its bytes, whatever its name says."""
    size = {"width": facts.width, "height": facts.height, "size": facts.size}
    kind = {"mime": facts.mime, "ext": facts.mime.rpartition("/")[2]}
    none = {"labelsCount": 0, "preview": None, "relatedDataId": None, "downloadId": None}
    return item(image_id, name, place, facts.sha256, made) | kind | none | size


def dataset(dataset_id: int, name: str, place: Place, made: str) -> Entity:
    """A dataset; what it holds is counted when it is asked for."""
    owner = {"projectId": place.project, "teamId": place.team, "workspaceId": place.workspace, "parentId": None}
    counts = {"size": "0", "imagesCount": 0, "itemsCount": 0, "referenceImageUrl": None, "customData": None}
    # The custom data of none: official clients use a dataset as a key, which a dict in it forbids.
    return {"id": dataset_id, "name": name, "description": "", **owner, **counts, **_made(made)}


def project(project_id: int, name: str, place: Place, kind: str, made: str) -> Entity:
    """A project; what it holds is counted when it is asked for."""
    settings = {"groupImages": False, "groupImagesByTagId": None, "groupImagesSync": False}
    counts = {"size": "0", "imagesCount": 0, "itemsCount": 0, "datasetsCount": 0}
    more: dict[str, Any] = {
        "referenceImageUrl": None,
        "backupArchive": None,
        "importSettings": {},
        "version": None,
        "embeddingsEnabled": False,
        "embeddingsInProgress": False,
        "localEntitiesCount": 0,
        "remoteEntitiesCount": 0,
    }
    owner = {"teamId": place.team, "workspaceId": place.workspace, **_made(made)}
    told = {"description": "", "readme": "", "type": kind, "customData": {}, "settings": settings}
    return {"id": project_id, "name": name, **told, **owner, **counts, **more}


def empty_meta(project_id: int, kind: str) -> Entity:
    """The meta of a project that has no classes yet."""
    settings = {"multiView": {"enabled": False, "tagName": None, "tagId": None, "isSynced": False}}
    return {
        "id": project_id,
        "meta": {"classes": [], "tags": [], "projectType": kind, "projectSettings": settings},
    }


def with_meta(made: Entity) -> list[tuple[Kind, Entity]]:
    """A project and its meta, to be put into a world together."""
    return [("meta", empty_meta(made["id"], made["type"])), ("project", made)]


async def add_project(world: World, made: Entity) -> None:
    """Put a project into a world, with its meta."""
    await world.put(with_meta(made))


def team(team_id: int, made: str) -> Entity:
    """A team."""
    told = {"name": "modeldouble", "description": "", "role": "admin", "roleId": 1, "role_id": 1}
    return {"id": team_id, **told, "createdAt": made, "updatedAt": made}


def workspace(workspace_id: int, name: str, team_id: int, made: str) -> Entity:
    """A workspace."""
    return {"id": workspace_id, "name": name, "description": "", "teamId": team_id, "createdBy": OWNER_ID,
            "createdAt": made, "updatedAt": made}  # fmt: skip


def user(made: str) -> Entity:
    """The one user of a world."""
    told = {"login": "modeldouble", "name": "modeldouble", "email": None, "role": "admin", "roleId": 1}
    more = {"logins": 1, "disabled": False, "lastLogin": made, "password": None}
    return {"id": OWNER_ID, **told, **more, "createdAt": made, "updatedAt": made}


def _made(made: str) -> Entity:
    return {"createdBy": OWNER_ID, "createdAt": made, "updatedAt": made}
