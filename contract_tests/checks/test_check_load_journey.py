"""The journey of the load: what it asks, what it makes of answers, without Locust and without a socket."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

import modeldouble_server
from modeldouble_contract.load.asking import PICTURES, Asked, Caller
from modeldouble_contract.load.journey import Visit, Wait, journey
from modeldouble_contract.load.options import token
from modeldouble_contract.load.reading import Answer, Wrong

UUID = "0" * 32
FRAMES = 4


def prediction(height: int, width: int, frame: int | None = None) -> dict[str, Any]:
    annotation = {"size": {"height": height, "width": width}, "objects": [{"classTitle": "cat"}]}
    return {"annotation": annotation, "data": {}, "frame_index": frame}


class App:
    """A serving app of lists: what each route answers, and how often it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.pops: list[list[Any]] = [[prediction(9, 9, n) for n in (0, 1)], [prediction(9, 9, n) for n in (2, 3)]]
        self.finished_key = "finished"
        self.instead: dict[str, Any] = {}

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked.route)
        if asked.name.startswith("start"):
            self._left = [list(pop) for pop in self.pops]
        found = self.instead.get(asked.route, getattr(self, f"_{asked.route}", lambda: {"success": True})())
        return found if isinstance(found, Answer) else Answer(200, json.dumps(found).encode())

    def _get_session_info(self) -> Any:
        return {"app_name": "Lists", "task type": "object detection"}

    def _get_output_classes_and_tags(self) -> Any:
        return {"classes": [{"title": "cat"}]}

    def _get_custom_inference_settings(self) -> Any:
        return {"settings": "conf: 0.5"}

    def _inference_image(self) -> Any:
        return prediction(*next(iter(PICTURES.values())))

    def _inference_batch(self) -> Any:
        return [prediction(*size) for size in PICTURES.values()]

    def _inference_video_async(self) -> Any:
        return {"inference_request_uuid": UUID}

    def _get_inference_progress(self) -> Any:
        over = not self._left
        end = {"finished": over} if self.finished_key == "finished" else {"is_inferring": not over}
        return {**end, "pending_results": len(self._left), "exception": None}

    def _pop_inference_results(self) -> Any:
        return {"pending_results": self._left.pop(0) if self._left else []}


def walk_with(answer: Callable[[Asked], Answer], visit: Visit) -> list[str]:
    steps, routes = journey(visit), []
    step = next(steps)
    while True:
        if isinstance(step, Asked):
            routes.append(step.route)
        try:
            step = steps.send(answer(step) if isinstance(step, Asked) else Answer(0, b""))
        except StopIteration:
            return routes


def walk(app: App, frames: int = FRAMES, polls: int = 50) -> list[Asked | Wait]:
    steps, seen = journey(Visit(Caller("t"), frames, 0.1, polls)), []
    step = next(steps)
    while True:
        seen.append(step)
        try:
            step = steps.send(app.answer(step) if isinstance(step, Asked) else Answer(0, b""))
        except StopIteration:
            return seen


@pytest.fixture
def app() -> App:
    return App()


def test_a_journey_asks_everything_once_and_two_jobs(app: App) -> None:
    walk(app)
    assert app.asked[:5] == [
        "get_session_info", "get_output_classes_and_tags", "get_custom_inference_settings", "inference_image",
        "inference_batch",
    ]  # fmt: skip
    assert app.asked.count("inference_video_async") == app.asked.count("clear_inference_request") == 2
    assert app.asked.count("stop_inference") == 1


def test_releases_that_do_not_say_finished_are_understood(app: App) -> None:
    app.finished_key = "is_inferring"
    walk(app)
    assert app.asked[-1] == "clear_inference_request"


def test_results_without_frame_numbers_are_counted(app: App) -> None:
    app.pops = [[prediction(9, 9)] * 2, [prediction(9, 9)] * 2]
    walk(app)
    app.pops = [[prediction(9, 9)] * 3]
    with pytest.raises(Wrong, match="frames are missing"):
        walk(app)


@pytest.mark.parametrize(
    ("frames", "told"),
    [
        ((0, 1, 1, 2), "a frame twice"),
        ((0, 1, 2), "frames are missing"),
        ((0, 1, 2, 7), "not asked for"),
        ((0, 1, 2, -1), "not asked for"),
        ((0, 1, 2, True), "not asked for"),
    ],
)
def test_frames_twice_missing_or_foreign_are_errors(app: App, frames: tuple[int, ...], told: str) -> None:
    app.pops = [[prediction(9, 9, n) for n in frames]]
    with pytest.raises(Wrong, match=told):
        walk(app)


def test_a_gap_in_a_stopped_job_is_an_error_and_a_shorter_one_is_not(app: App) -> None:
    whole = app.pops
    steps = Steps(app)
    steps.until("stop_inference")
    app._left = []
    steps.to_the_end()
    again = Steps(App())
    again.until("stop_inference")
    again.app._left = [[whole[1][1]]]
    with pytest.raises(Wrong, match="gap"):
        again.to_the_end()


class Steps:
    """A journey that is walked up to a question, so that the app may change there."""

    def __init__(self, app: App) -> None:
        self.app, self._steps = app, journey(Visit(Caller("t"), FRAMES))
        self._step = next(self._steps)

    def until(self, route: str) -> None:
        while not (isinstance(self._step, Asked) and self._step.route == route):
            self._on()

    def to_the_end(self) -> None:
        try:
            while True:
                self._on()
        except StopIteration:
            return

    def _on(self) -> None:
        step = self._step
        self._step = self._steps.send(self.app.answer(step) if isinstance(step, Asked) else Answer(0, b""))


WRONG: Mapping[str, tuple[str, Any, str]] = {
    "status": ("get_session_info", Answer(500, b"Oops"), "status 500: Oops"),
    "no answer": ("get_session_info", Answer(0, b"Timeout"), "no answer: Timeout"),
    "not JSON": ("get_session_info", Answer(200, b"<html>"), "not JSON"),
    "no object": ("get_session_info", [], "a JSON list"),
    "an error inside": ("get_session_info", {"error": "x"}, "status 200 with error"),
    "a detail inside": ("get_session_info", {"detail": {"title": "x"}}, "status 200 with detail"),
    "no success": ("get_session_info", {"success": False}, "success false"),
    "no task": ("get_session_info", {"app_name": "x"}, "'task type'"),
    "no classes": ("get_output_classes_and_tags", {"classes": []}, "no classes"),
    "no settings": ("get_custom_inference_settings", {"settings": None}, "settings"),
    "another size": ("inference_image", prediction(1, 2), "is answered with size"),
    "an empty batch": ("inference_batch", [], "answered with 0 predictions"),
    "a batch turned round": ("inference_batch", [prediction(*s) for s in reversed(PICTURES.values())], "size"),
    "a foreign class": ("inference_image", {"annotation": {"size": {"height": 300, "width": 451},
                        "objects": [{"classTitle": "dog"}]}}, "'dog', which the model did not tell of"),
    "no uuid": ("inference_video_async", {}, "'inference_request_uuid'"),
    "a job that failed": ("get_inference_progress", {"exception": {"type": "KeyError"}}, "with exception"),
    "a pop of a count": ("pop_inference_results", {"pending_results": 2}, "no list"),
    "a stop refused": ("stop_inference", Answer(404, b""), "status 404"),
    "a clear refused": ("clear_inference_request", Answer(500, b""), "status 500"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_answer_ends_the_journey_where_it_was_given(app: App, case: str) -> None:
    route, answer, told = WRONG[case]
    app.instead[route] = answer
    with pytest.raises(Wrong, match=told):
        walk(app)
    assert app.asked[-1] == route


def test_a_job_that_never_ends_is_given_up(app: App) -> None:
    app.instead["get_inference_progress"] = {"finished": False, "pending_results": 0}
    with pytest.raises(Wrong, match="has not ended after 3 polls"):
        walk(app, polls=3)


def test_a_visitor_waits_only_when_nothing_came(app: App) -> None:
    assert len([step for step in walk(app) if isinstance(step, Wait)]) == 0
    app.instead["get_inference_progress"] = {"finished": False, "pending_results": 0}
    steps = journey(Visit(Caller("t"), FRAMES, 0.25))
    step = next(steps)
    while isinstance(step, Asked):
        step = steps.send(app.answer(step))
    assert step == Wait(0.25)


def test_uploads_have_the_prefix_of_the_visitor_and_a_video_by_id_none() -> None:
    assert b'filename="7-cat.jpg"' in Caller("t", prefix="7-").picture("cat.jpg").body
    assert b'filename="7-pan.mp4"' in Caller("t", prefix="7-").video("start", 3).body
    asked = Caller("t", 18635803, "7-").video("start", 3)
    assert asked.route == "inference_video_id_async"
    assert json.loads(asked.body)["state"]["videoId"] == 18635803


def test_the_operators_token_goes_out_only_where_a_platform_is_needed() -> None:
    assert token({"API_TOKEN": "secret"}, 18635803) == "secret"
    assert token({"API_TOKEN": "secret"}, None) == "x" * 128 == token({}, 1)


@pytest.fixture(scope="module")
def send() -> Iterator[Callable[[Asked], Answer]]:
    import requests

    with modeldouble_server.serve() as server, requests.Session() as http:

        def post(asked: Asked) -> Answer:
            headers = {"Content-Type": asked.content_type}
            said = http.post(f"{server.server_address}/{asked.route}", asked.body, headers=headers, timeout=30)
            return Answer(said.status_code, said.content)

        yield post  # fmt: skip


def test_a_journey_by_id_comes_to_its_end_on_the_fake(send: Callable[[Asked], Answer]) -> None:
    routes = walk_with(send, Visit(Caller("t", 18635803), 10, polls=100_000))
    assert routes[-1] == "clear_inference_request"
