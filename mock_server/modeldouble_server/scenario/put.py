"""Content of a scenario as records of a world."""

import json
from pathlib import Path

from .. import entities
from ..bring.project import Drafted, Ids, draft, fresh
from ..default_world import PICTURES, TEAM_ID, URL, WORKSPACE_ID, file_meta
from ..entities import Place
from ..refusal import CannotServe, Refused
from ..world import Entity, Kind, World, sha256_of
from .again import before, digest_of, refuse_other_id, settled
from .content import Content, Picture, Project, Video
from .generated import picture


async def put_projects(world: World, content: Content, now: float) -> None:
    """Put the projects into a world. Ids that are taken are a CannotServe."""
    for one in content.projects:
        try:
            await _put(world, one, now)
        except Refused as refused:
            raise CannotServe(f"project {one.name!r}: {refused.text}") from refused


async def put_urls(world: World, content: Content, now: float) -> None:
    """Let the world's URLs be the default world's and these. A picture that it has under some URL is used again."""
    known = dict(world.urls)
    images = [await world.get("image", one) for one in known.values()]
    by_content = {sha256_of(one): one["id"] for one in images if one is not None}
    urls = {URL: known[URL]} if URL in known else {}
    for url, one in content.urls:
        image_id = by_content.get(one.facts.sha256)
        if image_id is None:
            named = one._replace(name=f"{one.facts.sha256[:12]} {one.name}")
            await _hold(world, named)
            [(_, made)], files = _image(0, named, PICTURES, entities.date(now))
            # It may be there from an earlier start.
            image_id = await world.named("image", made) or await world.new_id("image")
            await world.put([("image", {**made, "id": image_id})], files)
            by_content[one.facts.sha256] = image_id
        urls[url] = image_id
    world.urls = urls


async def _put(world: World, project: Project, now: float) -> None:
    found, digest = await before(world, project), digest_of(project)
    if found is not None:
        refuse_other_id(project, found)
        if found.digest == digest:
            # They may lie elsewhere by now.
            await world.put([], _files(project))
            return
    drafted, files = await _drafted(world, project, now, again=found is not None)
    project_id = next(one["id"] for kind, one in drafted if kind == "project") if found is None else found.project_id
    note = {project.name: json.dumps({"project_id": project_id, "digest": digest}).encode()}
    if found is not None:
        await world.put(await settled(world, drafted, project_id), files, note)
        return
    for name, owner in await world.create(drafted, files, note):
        what = "project" if name == project.name else f"{name!r}:"
        raise Refused(400, f"{what} {owner} has the name already; give another")


def _files(project: Project) -> dict[str, Path]:
    images = [image for dataset in project.found.datasets for image in dataset.images] if project.found else []
    pictures = [one for dataset in project.datasets for one in dataset.pictures]
    return {
        **{one.facts.sha256: one.path for one in images},
        **{one.facts.sha256: one.file for one in pictures if one.file is not None},
    }


async def _drafted(world: World, project: Project, now: float, again: bool) -> Drafted:
    """Entities and files of a project. Contents that were made are held."""
    entry, made = project.entry, entities.date(now)
    if project.found is not None:
        ids = Ids(entry.get("project_id"), entry.get("dataset_id"), entry.get("image_id"))
        return await draft(world, project.found._replace(name=project.name), ids, now, again)
    project_id = await fresh(world, "project", entry.get("project_id"), again)
    place = Place(TEAM_ID, WORKSPACE_ID, project_id)
    drafted = entities.with_meta(entities.project(project_id, project.name, place, project.kind, made))
    files: dict[str, Path] = {}
    for one in project.datasets:
        dataset_id = await fresh(world, "dataset", one.dataset_id, again)
        drafted.append(("dataset", entities.dataset(dataset_id, one.name, place, made)))
        inner = place._replace(dataset=dataset_id)
        for picture_ in one.pictures:
            await _hold(world, picture_)
            more = _image(await fresh(world, "image", picture_.image_id, again), picture_, inner, made)
            drafted += more[0]
            files.update(more[1])
        for video in one.videos:
            drafted.append(_video(await fresh(world, "video", video.video_id, again), video, inner, made))
    return drafted, files


async def _hold(world: World, one: Picture) -> None:
    if one.made is not None and not await world.blobs.has(one.facts.sha256):
        await world.blobs.add(one.facts.sha256, picture(one.made[0], *one.made[1]))


def _image(image_id: int, one: Picture, place: Place, made: str) -> Drafted:
    files = {} if one.file is None else {one.facts.sha256: one.file}
    return [("image", entities.image(image_id, one.name, place, one.facts, made))], files


def _video(video_id: int, one: Video, place: Place, made: str) -> tuple[Kind, Entity]:
    entity = entities.item(video_id, one.name, place, one.sha256, made)
    return "video", entity | {"fileMeta": file_meta(one.size, one.frames, one.fps, 0)}
