"""What is served: models in place of the default one, and another scenario instead, whole or not at all."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from modeldouble_server.default_world import API_TOKEN, SESSION_TOKEN, TASK_ID
from modeldouble_server.fake import Fake
from modeldouble_server.refusal import CannotServe
from modeldouble_server.scenario.build import Built, build, derived_token
from modeldouble_server.scenario.serve import Served
from modeldouble_server.scenario.watch import PAUSE, Watch, stamp
from modeldouble_server.scene import Origin, Query, Subject

Made = Callable[[str], Built]
QUERY = Query(Subject("ab" * 32, 640, 480), origin=Origin("inference_image", "a.jpg"))
ONE = "models:\n  - {name: A, preset: detection}\n"
TWO = f"{ONE}  - {{name: B, preset: pose}}\n"


async def serve(fake: Fake, built: Built) -> Served:
    served = Served(fake, fake.worlds[API_TOKEN], SESSION_TOKEN, built)
    await served.begin()
    return served


async def tasks(fake: Fake) -> dict[int, tuple[str, str, str]]:
    found = await fake.worlds[API_TOKEN].all("task")
    return {
        one["id"]: (one["meta"]["app"]["name"], one["status"], one["meta"]["sessionToken"]) for one in found
    }  # fmt: skip


def classes(fake: Fake, token: str = SESSION_TOKEN) -> list[str]:
    model = fake.models[token]
    query = QUERY._replace(turns=model.stubs.take(QUERY, 1))
    return [one.class_name for one in model.predict(query).objects]


def stubbed(name: str, more: str = "") -> str:
    stub = f"{{when: {{}}, predict: [{{class: {name}, box: [1, 1, 2, 2]}}]}}"
    return f"models:\n  - preset: detection\n    stubs: [{stub}]\n{more}"


async def test_the_first_model_takes_the_default_one_s_place(fake: Fake, made: Made) -> None:
    root = fake.root_model
    await serve(fake, made(TWO))
    assert fake.models[SESSION_TOKEN] is root is fake.root_model
    assert root is not None
    assert (root.spec.info["app_name"], root.spec.info["session_id"]) == ("A", TASK_ID)
    token = derived_token(SESSION_TOKEN, TASK_ID + 1)
    assert fake.models[token].spec.info["session_id"] == TASK_ID + 1
    assert await tasks(fake) == {TASK_ID: ("A", "started", SESSION_TOKEN), TASK_ID + 1: ("B", "started", token)}


async def test_ids_and_tokens_may_be_chosen(fake: Fake, made: Made) -> None:
    await serve(fake, made("models:\n  - {name: A, task_id: 5}\n  - {name: B, task_id: 6, session_token: b}\n"))
    found = await tasks(fake)
    assert (found[5], found[6]) == (("A", "started", SESSION_TOKEN), ("B", "started", "b"))
    assert found[TASK_ID][1] == "finished"


async def test_faults_fail_from_the_start(fake: Fake, made: Made) -> None:
    await serve(fake, made("models:\n  - faults: [{route: 'inference_*', status: 418, times: 1, message: tea}]\n"))
    faults = fake.models[SESSION_TOKEN].faults
    assert faults.take("get_session_info") is None
    met = faults.take("inference_image")
    assert met is not None
    assert (met.value("status"), met.value("message")) == (418, "tea")
    assert faults.take("inference_image") is None


async def test_another_scenario_is_served_instead(fake: Fake, made: Made) -> None:
    served = await serve(fake, made(stubbed("a")))
    assert classes(fake) == ["a"]
    await served.exchange(made(stubbed("b", "    faults: [{status: 500}]\n")))
    assert classes(fake) == ["b"]
    assert fake.models[SESSION_TOKEN].faults.take("x") is not None
    await served.exchange(made(""))
    assert fake.models[SESSION_TOKEN].faults.take("x") is None
    assert fake.models[SESSION_TOKEN].spec.info["app_name"] == "Serve YOLOv5"


async def test_a_model_whose_entry_did_not_change_goes_on_as_it_was(fake: Fake, made: Made) -> None:
    served = await serve(fake, made(TWO))
    before = fake.models[SESSION_TOKEN].stubs
    await served.exchange(made(TWO.replace("pose", "detection")))
    assert fake.models[SESSION_TOKEN].stubs is before
    await served.exchange(made(f"seed: 9\n{TWO}"))
    assert fake.models[SESSION_TOKEN].stubs is not before


async def test_a_call_that_a_stub_answered_keeps_its_answer(fake: Fake, write: Any) -> None:
    served = await serve(fake, build(write(stubbed("a"))))
    turns = fake.models[SESSION_TOKEN].stubs.take(QUERY, 1)
    await served.exchange(build(write(ONE), generation=1))
    await served.exchange(build(write(stubbed("c")), generation=2))
    found = fake.models[SESSION_TOKEN].predict(QUERY._replace(turns=turns)).objects
    assert [one.class_name for one in found] == ["a"]
    assert classes(fake) == ["c"]


async def test_a_model_that_is_gone_is_not_served_and_its_task_has_ended(fake: Fake, made: Made) -> None:
    served = await serve(fake, made(TWO))
    await served.exchange(made(ONE))
    assert list(fake.models) == [SESSION_TOKEN]
    assert (await tasks(fake))[TASK_ID + 1][1] == "finished"
    await served.exchange(made(TWO))
    assert (await tasks(fake))[TASK_ID + 1][1] == "started"
    assert len(fake.models) == 2


async def test_projects_are_made_at_the_start_only(
    fake: Fake, made: Made, caplog: pytest.LogCaptureFixture
) -> None:  # fmt: skip
    served = await serve(fake, made(ONE))
    await served.exchange(made(f"{ONE}platform: {{projects: [{{name: N, datasets: []}}]}}\n"))
    assert "projects are made at the start; restart to see those that changed" in caplog.text
    names = [one["name"] for one in await fake.worlds[API_TOKEN].all("project")]
    assert "N" not in names


async def test_two_models_cannot_have_one_token(fake: Fake, made: Made) -> None:
    with pytest.raises(CannotServe, match="two models have the first one's session token; change one"):
        await serve(fake, made(f"models:\n  - {{}}\n  - {{session_token: {SESSION_TOKEN}}}\n"))


class Over(Exception):
    """The last step was taken."""


class Steps:
    """A sleep that does something to the file at each look, and ends the watch after the last."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        self.steps, self.slept = list(steps), 0.0

    async def __call__(self, seconds: float) -> None:
        self.slept += seconds
        if not self.steps:
            raise Over
        self.steps.pop(0)()


Watching = Callable[..., Awaitable[Steps]]


@pytest.fixture
def watching(fake: Fake, write: Any) -> Watching:
    async def watched(text: str, *steps: Callable[[], object]) -> Steps:
        file: Path = write(text)
        seen, built, sleep = stamp(file), build(file), Steps(*steps)
        watch = Watch(await serve(fake, built), built, seen, sleep=sleep)
        with pytest.raises(Over):
            await watch.run()
        return sleep

    return watched


def still() -> None:
    """Nothing happens until the next look."""


async def test_a_file_that_changed_is_served(fake: Fake, write: Any, watching: Watching) -> None:
    sleep = await watching(stubbed("a"), still, lambda: write(stubbed("longer")), still)
    assert classes(fake) == ["longer"]
    assert sleep.slept == 4 * PAUSE


async def test_a_file_that_is_still_being_written_is_left_alone(fake: Fake, write: Any, watching: Watching) -> None:
    await watching(stubbed("a"), lambda: write(stubbed("bb")), lambda: write(stubbed("ccc")))
    assert classes(fake) == ["a"]


async def test_a_file_with_errors_changes_nothing_and_is_told(
    fake: Fake, write: Any, watching: Watching, caplog: pytest.LogCaptureFixture
) -> None:
    bad = stubbed("b") + "  - {preset: detecton}\nurls: {'http://x/y': none.png}\n"
    await watching(stubbed("a"), lambda: write(bad), still)
    assert classes(fake) == ["a"]
    [record] = [one for one in caplog.records if one.levelno >= logging.WARNING]
    assert "s.yaml changed and cannot be served; what was served before stays:" in record.getMessage()
    assert "s.yaml:4: models[1].preset" in record.getMessage()
    assert "s.yaml:5: urls" in record.getMessage()


async def test_a_file_that_was_mended_is_served(fake: Fake, write: Any, watching: Watching) -> None:
    await watching(stubbed("a"), lambda: write("seed: ["), still, lambda: write(stubbed("mended")), still)
    assert classes(fake) == ["mended"]


async def test_a_file_that_is_gone_for_a_while_changes_nothing(fake: Fake, write: Any, watching: Watching) -> None:
    file = write("")
    await watching(stubbed("a"), file.unlink, still, lambda: write(stubbed("back")), still)
    assert classes(fake) == ["back"]


async def test_a_file_is_read_once_for_each_change(
    write: Any, watching: Watching, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "modeldouble_server")
    await watching(stubbed("a"), lambda: write(stubbed("bb")), still, still, still)
    [record] = [one.getMessage() for one in caplog.records if "changed" in one.getMessage()]
    assert record.endswith("s.yaml changed and is served: 1 model, 1 stub")
