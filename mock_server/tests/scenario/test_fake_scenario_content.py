"""Platform content: projects that are brought in or made, invented names, and pictures behind URLs."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from modeldouble_server.default_world import API_TOKEN, URL
from modeldouble_server.fake import Fake
from modeldouble_server.refusal import CannotServe
from modeldouble_server.scenario.build import Built
from modeldouble_server.scenario.generated import picture
from modeldouble_server.scenario.put import put_projects, put_urls
from modeldouble_server.world import World, sha256_of

Complaints = Callable[[str], list[str]]
Made = Callable[[str], Built]
GOLDEN = "39ecf2c261e349efbc76794a977bc5bb03d787059b748a91507e72bb0202929e"
PROJECT = "platform:\n  projects:\n    - "


@pytest.fixture
def world(fake: Fake) -> World:
    return fake.worlds[API_TOKEN]


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (640, 480), (8192, 1)])
def test_a_generated_picture_is_a_whole_png_of_its_size(size: tuple[int, int]) -> None:
    with Image.open(io.BytesIO(picture(size, "key"))) as image:
        image.load()
        assert (image.size, image.format) == (size, "PNG")


def test_a_generated_picture_is_the_same_everywhere_and_another_for_another_key() -> None:
    assert hashlib.sha256(picture((64, 48), 0)).hexdigest() == GOLDEN
    assert picture((64, 48), 0) != picture((64, 48), 1)
    with Image.open(io.BytesIO(picture((64, 48), 0))) as image:
        assert len(image.convert("RGB").getcolors() or []) > 3


async def test_made_projects_are_put_with_the_ids_that_were_chosen(made: Made, world: World) -> None:
    text = f"""{PROJECT}name: Streets
      project_id: 5
      datasets:
        - name: one
          dataset_id: 6
          pictures: [{{name: s, count: 2, size: [32, 24], image_id: 70}}, {{name: alone, size: [8, 8]}}]
"""
    await put_projects(world, made(text).content, 0)
    project, dataset = await world.get("project", 5), await world.get("dataset", 6)
    assert project is not None
    assert dataset is not None
    assert (project["name"], project["type"], dataset["projectId"]) == ("Streets", "images", 5)
    images = list(await world.within("image", 6))
    assert [(one["id"], one["name"], one["width"]) for one in images][:2] == [(70, "s 1.png", 32), (71, "s 2.png", 32)]
    assert images[2]["name"] == "alone.png"
    assert await world.blobs.read(sha256_of(images[0])) is not None


async def test_a_video_is_a_description(made: Made, world: World) -> None:
    text = (
        f"{PROJECT}name: V\n      datasets: [{{videos: [{{name: a.mp4, frames: 9, size: [64, 48], video_id: 80}}]}}]\n"
    )
    await put_projects(world, made(text).content, 0)
    video = await world.get("video", 80)
    assert video is not None
    project = await world.get("project", video["projectId"])
    assert project is not None
    assert (project["type"], video["fileMeta"]["framesCount"], video["fileMeta"]["width"]) == ("videos", 9, 64)


async def test_a_video_s_identity_depends_on_the_seed_and_its_description(made: Made) -> None:
    def identity(seed: int, frames: int) -> str:
        text = (
            f"seed: {seed}\n{PROJECT}name: V\n      datasets: [{{name: d, videos: [{{name: a, frames: {frames}}}]}}]\n"
        )
        return made(text).content.projects[0].datasets[0].videos[0].sha256

    assert identity(1, 5) == identity(1, 5)
    assert len({identity(1, 5), identity(2, 5), identity(1, 6)}) == 3


async def test_a_folder_is_brought_in_under_another_name(made: Made, world: World, tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.png").write_bytes(picture((8, 8)))
    await put_projects(
        world, made(f"{PROJECT}{{folder: pictures, name: Other, project_id: 5, image_id: 90}}").content, 0
    )
    project, image = await world.get("project", 5), await world.get("image", 90)
    assert project is not None
    assert image is not None
    assert (project["name"], image["name"]) == ("Other", "a.png")


async def test_an_id_that_is_taken_keeps_the_server_from_starting(made: Made, world: World) -> None:
    text = f"{PROJECT}{{name: P, datasets: [{{pictures: [{{image_id: 171250, size: [8, 8]}}]}}]}}\n"
    with pytest.raises(CannotServe, match=r"project 'P': image id 171250 is taken; give another, or none"):
        await put_projects(world, made(text).content, 0)


async def test_a_name_of_the_default_world_is_taken_too(made: Made, world: World) -> None:
    with pytest.raises(CannotServe, match=r"project 'Pictures': project 17001 has the name already; give another"):
        await put_projects(world, made(f"{PROJECT}{{name: Pictures, datasets: []}}\n").content, 0)


def test_names_that_are_not_given_are_invented_the_same_way_each_time(made: Made) -> None:
    text = f"seed: 4\n{PROJECT}datasets: [{{pictures: [{{size: [8, 8]}}]}}]\n"
    one, again, other = made(text).content, made(text).content, made(text.replace("4", "5", 1)).content
    assert one == again
    assert one.projects[0].name.strip()
    assert one.projects[0].name != other.projects[0].name


def test_no_two_of_many_invented_names_are_equal(made: Made) -> None:
    text = f"{PROJECT}datasets: [{', '.join(['{pictures: [{size: [8, 8]}]}'] * 200)}]\n"
    names = [one.name for one in made(text).content.projects[0].datasets]
    assert len(set(names)) == 200


def test_what_is_predicted_does_not_depend_on_invented_names(made: Made) -> None:
    text = f"{PROJECT}datasets: [{{pictures: [{{NAMEsize: [8, 8]}}]}}]\n"
    invented, named = made(text.replace("NAME", "")), made(text.replace("NAME", "name: a, "))
    hashes = [one.content.projects[0].datasets[0].pictures[0].facts.sha256 for one in (invented, named)]
    assert hashes[0] == hashes[1]


def test_faker_is_loaded_only_for_a_name_that_is_missing() -> None:
    code = (
        "import sys\nfrom modeldouble_server.scenario.build import build\nbuild({!r})\nsys.exit('faker' in sys.modules)"
    )
    status = [
        subprocess.run([sys.executable, "-c", code.format(name)], check=False, timeout=60).returncode
        for name in ("example:ground_truth", "example:platform")
    ]
    assert status == [0, 1]


@pytest.mark.parametrize(
    ("project", "said"),
    [
        ("{folder: none}", "3: platform.projects[0].folder: "),
        ("{folder: ., datasets: []}", "3: platform.projects[0].datasets: a folder has its own datasets; make a second"),
        ("{name: A, image_id: 5}", "3: platform.projects[0].image_id: image_id is for a folder; give the ids inside"),
        ("{name: A, datasets: [{name: d, pictures: [{name: p, size: [1, 1]}], videos: [{name: v, frames: 1}]}]}",
         "3: platform.projects[0]: has pictures and videos; the platform keeps them in projects of their own"),
        ("{name: A, datasets: [{name: d}, {name: d}]}",
         "3: platform.projects[0].datasets[1]: dataset 'd' is there already; give each a name of its own"),
        ("{name: A, datasets: [{name: d, pictures: [{file: none.png}]}]}",
         "3: platform.projects[0].datasets[0].pictures[0].file: there is no file '"),
        ("{name: A, datasets: [{name: d, pictures: [{file: s.yaml, count: 2}]}]}",
         "3: platform.projects[0].datasets[0].pictures[0].count: a file has no count; take it out, or the file"),
        ("{name: A, datasets: [{name: d, pictures: [{name: p, count: 99, size: [8000, 8000]}]}]}",
         "3: platform.projects[0].datasets[0].pictures[0]: generated pictures are over 268,435,456 bytes together"),
    ],
)  # fmt: skip
def test_content_that_cannot_be_had_is_told_with_its_line(complaints: Complaints, project: str, said: str) -> None:
    assert any(line.startswith(f"s.yaml:{said}") for line in complaints(PROJECT + project))


def test_a_file_that_is_no_picture_is_told(complaints: Complaints) -> None:
    assert "is no picture that can be read" in complaints("urls:\n  http://a/b: s.yaml\n")[0]
    assert complaints("urls:\n  ftp://a/b: {size: [8, 8]}\n") == [
        "s.yaml:2: urls['ftp://a/b']: is no http or https URL; give one as clients send it"
    ]


async def test_urls_lead_to_pictures_and_are_exchanged(made: Made, world: World, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(picture((8, 8)))
    await put_urls(world, made("urls: {'http://a/1': a.png, 'http://a/2': {size: [16, 8]}}").content, 0)
    first = dict(world.urls)
    image = await world.get("image", first["http://a/1"])
    assert image is not None
    assert sha256_of(image) == hashlib.sha256(picture((8, 8))).hexdigest()
    await put_urls(world, made("urls: {'http://a/3': a.png}").content, 0)
    assert world.urls == {URL: first[URL], "http://a/3": first["http://a/1"]}
