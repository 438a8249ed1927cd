"""Content of a scenario as records of a world."""

from .. import entities
from ..bring.project import Ids, put
from ..default_world import PICTURES, TEAM_ID, URL, WORKSPACE_ID, file_meta
from ..entities import Place
from ..refusal import CannotServe, Refused
from ..world import World, sha256_of
from .content import Content, Dataset, Picture, Project, Video
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
            [image_id] = await world.new_ids("image")
            named = one._replace(name=f"{one.facts.sha256[:12]} {one.name}")
            await _put_image(world, image_id, named, PICTURES, entities.date(now))
            by_content[one.facts.sha256] = image_id
        urls[url] = image_id
    world.urls = urls


async def _put(world: World, project: Project, now: float) -> None:
    entry = project.entry
    if project.found is not None:
        ids = Ids(entry.get("project_id"), entry.get("dataset_id"), entry.get("image_id"))
        await put(world, project.found._replace(name=project.name), ids, now)
        return
    made = entities.date(now)
    project_id = await world.new_id("project", entry.get("project_id"))
    place = Place(TEAM_ID, WORKSPACE_ID, project_id)
    entity = entities.project(project_id, project.name, place, project.kind, made)
    owner = await world.claim("project", entity)
    if owner != project_id:
        raise Refused(400, f"project {owner} has the name already; give another")
    await entities.add_project(world, entity)
    for one in project.datasets:
        dataset_id = await world.new_id("dataset", one.dataset_id)
        await world.add("dataset", entities.dataset(dataset_id, one.name, place, made))
        await _put_dataset(world, one, place._replace(dataset=dataset_id), made)


async def _put_dataset(world: World, dataset: Dataset, place: Place, made: str) -> None:
    for picture_ in dataset.pictures:
        await _put_image(world, await world.new_id("image", picture_.image_id), picture_, place, made)
    for video in dataset.videos:
        await _put_video(world, video, place, made)


async def _put_image(world: World, image_id: int, one: Picture, place: Place, made: str) -> None:
    if one.file is not None:
        world.blobs.add_file(one.facts.sha256, one.file)
    elif one.made is not None:
        world.blobs.add(one.facts.sha256, picture(one.made[0], *one.made[1]))
    await world.add("image", entities.image(image_id, one.name, place, one.facts, made))


async def _put_video(world: World, one: Video, place: Place, made: str) -> None:
    video_id = await world.new_id("video", one.video_id)
    entity = entities.item(video_id, one.name, place, one.sha256, made)
    await world.add("video", entity | {"fileMeta": file_meta(one.size, one.frames, one.fps, 0)})
