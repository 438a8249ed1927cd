"""Every shipped example, served and asked from end to end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import requests

from modeldouble_server import Server
from modeldouble_server.recording.command import Recording
from modeldouble_server.refusal import CannotServe
from modeldouble_server.scenario.generated import picture
from modeldouble_server.scenario.read import EXAMPLES, example_names

Json = Any
PNG, OTHER = picture((300, 200)), picture((30, 20))
STATE = {"context": {}, "api_token": "x"}


class Caller:
    """Raw requests to one running example."""

    def __init__(self, server: Server, slept: list[float]) -> None:
        self.server, self.slept = server, slept
        self.http = requests.Session()
        self.http.trust_env = False

    def send(self, route: str, base: str | None = None, **options: Any) -> requests.Response:
        return self.http.post(f"{base or self.server.session_url}/{route}", timeout=20, **options)

    def ask(self, route: str, base: str | None = None, **state: Any) -> Json:
        answer = self.send(route, base, json={"state": state, **STATE})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def upload(self, content: bytes = PNG, name: str = "a.png", base: str | None = None, **state: Any) -> Json:
        answer = self.send("inference_image", base, files=self.form(content, name, state))
        assert answer.status_code == 200, answer.text
        return answer.json()["annotation"]

    def form(self, content: bytes, name: str, state: Json) -> Json:
        return [("files", (name, content)), ("settings", (None, json.dumps({"settings": state}), "text/plain"))]

    def tell(self, method: str, **fields: Any) -> Json:
        headers = {"x-api-key": self.server.api_token}
        answer = self.http.post(
            f"{self.server.server_address}/public/api/v3/{method}", json=fields, headers=headers, timeout=20
        )
        assert answer.status_code == 200, answer.text
        return answer.json()


Start = Callable[..., Caller]


@pytest.fixture
def start() -> Iterator[Start]:
    with ExitStack() as stack:

        def started(name: str | Path, **options: Any) -> Caller:
            slept: list[float] = []

            async def sleep(seconds: float) -> None:
                slept.append(seconds)

            caller = Caller(stack.enter_context(Server(scenario=name, sleep=sleep, **options)), slept)
            stack.callback(caller.http.close)
            return caller

        yield started


def classes(found: Json) -> list[str]:
    return [one["classTitle"] for one in found["objects"]]


def test_detection_answers_plausibly_after_its_latency(start: Start) -> None:
    caller = start("example:detection")
    assert caller.ask("get_session_info")["app_name"] == "Serve YOLOv8"
    assert caller.ask("get_custom_inference_settings")["settings"]["conf_thres"] == 0.3
    found = caller.upload()
    assert {one["geometryType"] for one in found["objects"]} == {"rectangle"}
    assert len(caller.slept) == 1
    assert 0.01 <= caller.slept[0] < 0.03


def test_latency_is_once_for_each_picture_and_none_for_jobs(start: Start) -> None:
    caller = start("example:faults")
    for _ in range(2):
        assert caller.send("inference_image", files=caller.form(PNG, "a", {})).status_code == 503
    assert caller.slept == []
    caller.ask("inference_batch_ids", batch_ids=[171250, 17551748, 171250])
    assert caller.slept == pytest.approx([0.15])
    caller.ask("inference_batch_ids_async", batch_ids=[171250])
    caller.ask("inference_video_id_async", videoId=18635803)
    assert len(caller.slept) == 1


def test_latency_is_cold_at_first_and_then_mostly_quick(start: Start) -> None:
    caller = start("example:latency")
    caller.upload()
    assert 4 <= sum(caller.slept) < 5
    cold = len(caller.slept)
    caller.upload()
    assert sum(caller.slept[cold:]) < 1


def test_faults_are_answered_as_the_file_says(start: Start) -> None:
    caller = start("example:faults")
    meta = caller.send("get_output_classes_and_tags", json={"state": {}, **STATE})
    assert (meta.status_code, "the model is not loaded" in meta.text) == (500, True)
    answers = [caller.send("inference_image", files=caller.form(PNG, "a.png", {})) for _ in range(3)]
    assert [one.status_code for one in answers] == [503, 503, 200]
    assert answers[0].json()["message"] == "inference_image: the pod is restarting"


def test_segmentation_has_two_models_on_one_platform(start: Start) -> None:
    caller = start("example:segmentation")
    first = caller.ask("get_output_classes_and_tags")["classes"]
    assert [(one["title"], one["shape"]) for one in first] == [
        (name, "bitmap") for name in ("person", "car", "bicycle")
    ]
    assert first[2]["color"] == "#00AA55"
    token = caller.tell("tasks.info", id=27301)["meta"]["sessionToken"]
    second = f"{caller.server.server_address}/net/{token}"
    assert token == "segformer"
    info = caller.ask("get_session_info", second)
    assert (info["app_name"], info["session_id"], info["task type"]) == (
        "Serve SegFormer",
        27301,
        "semantic segmentation",
    )
    assert {one["geometryType"] for one in caller.upload(base=second)["objects"]} == {"bitmap"}


def test_pose_has_keypoints_and_a_batch_size(start: Start) -> None:
    caller = start("example:pose")
    assert {one["geometryType"] for one in caller.upload()["objects"]} <= {"graph"}
    assert caller.ask("get_session_info")["max_batch_size"] == 8


def test_stubs_answer_what_they_are_for(start: Start) -> None:
    caller = start("example:stubs")
    street = caller.upload(name="street1.png")
    assert classes(street) == ["person", "car"]
    assert [one["geometryType"] for one in street["objects"]] == ["rectangle", "polygon"]
    assert [(one["name"], one["value"]) for one in street["tags"]] == [("weather", "rain")]
    assert classes(caller.upload(name="empty.jpg")) == []
    assert classes(caller.upload(name="other.jpg")) != []
    found = caller.ask("inference_image_url", image_url="https://example.com/a.jpg", settings={"conf_thres": 0.5})
    assert classes(found["annotation"]) == ["cat"]


def test_a_stub_fails_once_and_answers_then(start: Start) -> None:
    caller = start("example:stubs")
    failed = caller.send("inference_image", files=caller.form(PNG, "flaky.jpg", {}))
    assert (failed.status_code, failed.json()["detail"]["message"]) == (500, "CUDA out of memory")
    assert classes(caller.upload(name="flaky.jpg")) == ["dog"]


def test_a_stub_answers_frames_of_a_video(start: Start) -> None:
    caller = start("example:stubs")
    found = caller.ask("inference_video_id", videoId=18635803, startFrameIndex=3, framesCount=2)["ann"]
    assert [classes(one["annotation"]) for one in found] == [["bus"], ["bus"]]


def test_ground_truth_sees_most_of_what_is_labelled(start: Start) -> None:
    caller = start("example:ground_truth")
    assert caller.tell("projects.info", id=17100)["name"] == "Shapes"
    found = [caller.ask("inference_image_id", image_id=9000001 + at)["annotation"] for at in range(6)]
    assert {name for one in found for name in classes(one)} == {"box", "bar"}
    labels = json.loads((EXAMPLES / "shapes" / "instances.json").read_text(encoding="utf-8"))["annotations"]
    assert 0.6 * len(labels) < sum(len(one["objects"]) for one in found) < 1.6 * len(labels)


def test_platform_has_pictures_videos_and_urls(start: Start) -> None:
    caller = start("example:platform")
    images = caller.tell("images.list", datasetId=53200)["entities"]
    assert [one["name"] for one in images] == ["street 1.png", "street 2.png", "street 3.png", "shapes.png"]
    assert caller.ask("inference_image_id", image_id=9000101)["annotation"]["size"] == {"height": 240, "width": 320}
    assert len(caller.ask("inference_video_id", videoId=9000201, framesCount=3)["ann"]) == 3
    url = caller.ask("inference_image_url", image_url="https://example.com/street.jpg")
    assert url["annotation"]["size"] == {"height": 480, "width": 640}
    assert caller.ask("get_session_info")["app_name"] == "Serve YOLOv5"


def test_callable_asks_the_function(start: Start) -> None:
    caller = start("example:callable")
    [one] = caller.upload(sureness=0.5)["objects"]
    assert (one["classTitle"], one["points"]["exterior"]) == ("third", [[0, 0], [99, 199]])
    assert one["tags"][0]["value"] == 0.5
    assert [one["title"] for one in caller.ask("get_output_classes_and_tags")["classes"]] == ["third"]


def test_a_function_that_fails_is_the_model_s_failure(start: Start) -> None:
    caller = start("example:callable")
    failed = caller.send("inference_image", files=caller.form(PNG, "a.png", {"sureness": "very"}))
    assert failed.status_code == 500
    assert "could not convert string to float" in failed.json()["detail"]["message"]


def test_seed_dialect_and_session_token_of_the_file_hold_unless_they_are_overridden(
    start: Start, tmp_path: Path
) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(
        "seed: 5\ndialect: '6.73.100'\nmodels:\n  - {session_token: mine, task_id: 9, preset: pose}\n", "utf-8"
    )
    one, other = start(file), start(file, seed=6, dialect="6.74.51", session_token="theirs")
    assert (one.server.session_token, one.server.task_id) == ("mine", 9)
    assert other.server.session_token == "theirs"
    assert (str(one.server.dialect.release), str(other.server.dialect.release)) == ("6.73.100", "6.74.51")
    assert one.upload()["objects"] != other.upload()["objects"]


def test_a_server_that_is_started_again_begins_anew(start: Start) -> None:
    caller = start("example:stubs")
    caller.send("inference_image", files=caller.form(PNG, "flaky.jpg", {}))
    caller.server.stop()
    caller.server.start()
    assert caller.send("inference_image", files=caller.form(PNG, "flaky.jpg", {})).status_code == 500


async def test_a_recording_is_answered_from_with_stubs_beside_it(start: Start, tmp_path: Path) -> None:
    original = await asyncio.to_thread(start, "example:pose")
    async with Recording(original.server.session_url, tmp_path / "recording", environment={}) as recording:
        first = await asyncio.to_thread(original.upload, base=recording.address)
    file = tmp_path / "s.yaml"
    stub = "{when: {image: stub.png}, predict: [{class: dog, box: [1, 1, 2, 2]}]}"
    file.write_text(f"models:\n  - predictor: {{recorded: {{path: recording}}}}\n    stubs: [{stub}]\n", "utf-8")
    caller = await asyncio.to_thread(start, file)
    assert await asyncio.to_thread(caller.upload) == first
    assert classes(await asyncio.to_thread(caller.upload, OTHER, "stub.png")) == ["dog"]
    missed = await asyncio.to_thread(caller.send, "inference_image", files=caller.form(OTHER, "a.png", {}))
    assert (missed.status_code, "was never recorded" in missed.text) == (400, True)


def test_what_cannot_be_served_is_told_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(CannotServe, match="there is no such example; known are example:callable, example:detection"):
        Server(scenario="example:unknown")
    file = tmp_path / "s.yaml"
    file.write_text("platform:\n  projects: [{name: Pictures, datasets: []}]\n", "utf-8")
    with pytest.raises(CannotServe, match="project 'Pictures'"):
        Server(scenario=file).start()


@pytest.mark.parametrize("name", example_names())
def test_every_example_answers_about_itself_and_a_video(start: Start, name: str) -> None:
    caller = start(f"example:{name}")
    assert caller.ask("get_session_info")["session_id"] == caller.server.task_id
    found = caller.ask("inference_video_id", videoId=18635803, framesCount=2)
    assert [one["frame_index"] for one in found["ann"]] == [0, 1]


def test_the_examples_are_small() -> None:
    assert sum(one.stat().st_size for one in EXAMPLES.rglob("*") if one.is_file() and one.suffix != ".pyc") < 100_000
