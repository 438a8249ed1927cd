"""A scenario whose servers share a store: its file is not exchanged. And one whose folder was moved: it is the same."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from modeldouble_server.clock import Clock
from modeldouble_server.default_world import API_TOKEN, SESSION_TOKEN
from modeldouble_server.fake import Fake, seed_fake
from modeldouble_server.limits import Limits
from modeldouble_server.model import Model
from modeldouble_server.scenario.again import digest_of, digest_of_all
from modeldouble_server.scenario.build import Built, build
from modeldouble_server.scenario.play import Play
from modeldouble_server.scenario.put import put_projects
from modeldouble_server.store.sqlite import SqliteStore
from modeldouble_server.world import sha256_of

TEXT = """
urls: {"http://x/y.png": p/a.png}
platform:
  projects:
    - {name: F, folder: p}
    - {name: D, datasets: [{name: d, pictures: [{file: p/a.png}]}]}
"""


def scenario(folder: Path, color: str = "red", text: str = TEXT) -> Path:
    (folder / "p").mkdir(parents=True)
    Image.new("RGB", (8, 8), color).save(folder / "p" / "a.png")
    file = folder / "s.yaml"
    file.write_text(text)
    return file


def digests(file: Path) -> list[str]:
    built: Built = build(file)
    return [digest_of_all(built), *(digest_of(one) for one in built.content.projects)]


def test_a_scenario_in_another_folder_is_the_same(tmp_path: Path) -> None:
    assert digests(scenario(tmp_path / "one")) == digests(scenario(tmp_path / "two"))


def test_other_contents_under_the_same_names_are_another(tmp_path: Path) -> None:
    pairs = zip(digests(scenario(tmp_path / "one")), digests(scenario(tmp_path / "two", "blue")), strict=True)
    assert [one == other for one, other in pairs] == [False, False, False]


def test_other_contents_of_a_url_are_another_scenario(tmp_path: Path) -> None:
    only = 'urls: {"http://x/y.png": p/a.png}'
    one, other = scenario(tmp_path / "one", text=only), scenario(tmp_path / "two", "blue", only)
    assert digests(one) != digests(other)


def test_another_declaration_is_another(tmp_path: Path) -> None:
    one, other = scenario(tmp_path / "one"), scenario(tmp_path / "two", text=TEXT.replace("name: d", "name: e"))
    before, after = digests(one), digests(other)
    assert [before[at] == after[at] for at in range(3)] == [False, True, False]


async def test_what_users_changed_stays_when_the_folder_was_moved_and_pictures_are_found(
    fake: Fake, tmp_path: Path
) -> None:
    world, first = fake.worlds[API_TOKEN], scenario(tmp_path / "one")
    await put_projects(world, build(first).content, 0.0)
    [image, *_] = [one for one in await world.all("image") if one["name"] == "a.png"]
    await world.update("image", image["id"], lambda one: {**one, "name": "mine.png"})
    shutil.move(tmp_path / "one", tmp_path / "two")
    assert await world.blobs.read(sha256_of(image)) is None
    await put_projects(world, build(tmp_path / "two" / "s.yaml").content, 1.0)
    assert (await world.get("image", image["id"]) or {})["name"] == "mine.png"
    assert await world.blobs.read(sha256_of(image)) is not None


@pytest.fixture
async def shared() -> AsyncIterator[Fake]:
    store = SqliteStore()
    clock, limits = Clock(lambda: 0.0), Limits()
    yield await seed_fake(store, sleep=asyncio.sleep, clock=clock, limits=limits, shared=True)
    await store.close()


class Looks:
    """A sleep that ends when the test lets the watch look."""

    def __init__(self) -> None:
        self._looks = asyncio.Queue[None]()

    async def __call__(self, seconds: float) -> None:
        await self._looks.get()

    async def go(self) -> None:
        for _ in range(3):
            self._looks.put_nowait(None)
            for _ in range(20):
                await asyncio.sleep(0)


async def test_a_file_that_changed_is_not_exchanged_where_others_serve_it_too(
    shared: Fake, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file, looks = tmp_path / "s.yaml", Looks()
    file.write_text("models: [{name: A}]")
    play = Play(file, None, Limits())
    await play.begin(shared, shared.worlds[API_TOKEN], SESSION_TOKEN, looks)
    for text in ("models: [{name: Longer}]", "models: [{name: Longest}]"):
        file.write_text(text)
        await looks.go()
        await looks.go()
    await play.end()
    assert shared.models[SESSION_TOKEN].spec.info["app_name"] == "A"
    told = [one.getMessage() for one in caplog.records]
    assert len(told) == 2
    assert told[0].endswith("s.yaml changed, which is not served: servers that share a store serve what all of them"
                            " began with; end all of them, and start them anew")  # fmt: skip


async def played(store: SqliteStore, file: Path, time: Clock) -> tuple[Play, Model]:
    """A server that begins now."""
    fake = await seed_fake(store, sleep=asyncio.sleep, clock=Clock(time.now), limits=Limits(), shared=True)
    play = Play(file, None, Limits())
    await play.begin(fake, fake.worlds[API_TOKEN], SESSION_TOKEN)
    return play, fake.models[SESSION_TOKEN]


async def test_a_fault_that_lasts_begins_once_for_all_and_again_with_a_reset(tmp_path: Path) -> None:
    time, store, file = Clock(lambda: 0.0), SqliteStore(), tmp_path / "s.yaml"
    file.write_text("models: [{faults: [{fault: cold_start, lasting: 60}]}]")
    plays, models = list[Play](), list[Model]()
    for _ in range(2):
        play, model = await played(store, file, time)
        plays.append(play)
        models.append(model)
        time.advance(40)
    # The first began at 0, the other at 40; now it is 80.
    assert [model.faults.running("is_ready") for model in models] == [[], []]
    await models[0].ledger.make({"kind": "advance", "seconds": 1000.0})
    await models[0].reset()
    time.advance(40)
    await models[1].ledger.catch_up(at_once=True)
    assert [len(model.faults.running("is_ready")) for model in models] == [1, 1]
    time.advance(20)
    assert [model.faults.running("is_ready") for model in models] == [[], []]
    for play in plays:
        await play.end()
    await store.close()
