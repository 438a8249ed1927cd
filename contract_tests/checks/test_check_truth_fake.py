"""Every answer of the fake, to good and to bad input, is one that the truth documents."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from modeldouble_contract.truth import load
from modeldouble_server import Clock, Limits, Server
from modeldouble_server.default_world import DATA
from modeldouble_server.serving.routes import LACKING

TRUTH = load()
RIDER, ORANGES, VIDEO, PROJECT_OF = 171250, 17551748, 18635803, "projectId"
PICTURE = (DATA / "world" / "171250.jpg").read_bytes()
STREET = (DATA / "world" / "18635803.mp4").read_bytes()
NOWHERE = 999_999
STARTS: dict[str, dict[str, Any]] = {
    "inference_image_id_async": {"image_id": RIDER},
    "inference_batch_ids_async": {"images_ids": [RIDER, ORANGES]},
    "inference_video_id_async": {"videoId": VIDEO, "framesCount": 3},
}
STATES: dict[str, dict[str, Any]] = {
    **STARTS,
    "inference_image_id": {"image_id": RIDER, "settings": {"conf": 0.1, "classes": "all"}},
    "inference_batch_ids": {"batch_ids": [ORANGES, RIDER, ORANGES]},
    "inference_image_url": {"image_url": "https://example.com/street.jpg"},
    "inference_video_id": {"videoId": VIDEO, "startFrameIndex": 8, "framesDirection": "backward"},
    "inference_project_id_async": {PROJECT_OF: None},
    "run_speedtest": {PROJECT_OF: None, "batch_size": 1, "num_iterations": 2},
    "tracking_by_detection": {"videoId": VIDEO, "track_id": "one"},
    "smart_cache": {"image_ids": [RIDER], "dataset_id": 53001},
    "deploy_from_api": {"deploy_params": {"model_source": "Pretrained models"}, "model_name": "yolov5s"},
}
FORMS = {
    "inference_image": [("files", ("a.jpg", PICTURE))],
    "inference_batch": [("files", ("a.jpg", PICTURE)), ("files", ("a.jpg", PICTURE))],
    "inference_batch_async": [("files", ("a.jpg", PICTURE))],
    "inference_video_async": [("files", ("a.mp4", STREET))],
    "smart_cache_files": [("files", ("a.jpg", PICTURE))],
}
POLLS = sorted(link["operationId"] for link in TRUTH.document["components"]["links"].values())
OTHERS = sorted(set(TRUTH.operations) - set(STATES) - set(FORMS) - set(POLLS))
BODIES: list[Any] = ["", "{", "[]", "null", '"x"', "NaN", "{}", '{"state": null}', '{"state": []}', '{"state": {}}']
BAD_STATES: dict[str, list[Any]] = {
    "inference_image_id": [{"image_id": NOWHERE}, {"image_id": "1"}, {"image_id": RIDER, "settings": {"conf": "x"}}],
    "inference_batch_ids": [{"batch_ids": [RIDER, NOWHERE]}, {"batch_ids": "x"}, {"batch_ids": RIDER, "settings": []}],
    "inference_image_url": [{"image_url": "file:///etc/passwd"}, {"image_url": 5}],
    "inference_video_id": [{"videoId": NOWHERE}, {"videoId": VIDEO, "startFrameIndex": -1}, {"videoId": True}],
    "inference_video_id_async": [{"videoId": VIDEO, "framesDirection": "up"}, {"videoId": NOWHERE}],
    "inference_project_id_async": [{PROJECT_OF: NOWHERE}, {PROJECT_OF: "x"}],
    "get_inference_progress": [{"inference_request_uuid": "0" * 32}, {"inference_request_uuid": 5}],
}
BAD_FORMS: list[list[tuple[str, Any]]] = [
    [("files", (None, PICTURE))],
    [("pictures", ("a.jpg", b"x"))],
    [("files", ("a.jpg", b""))],
    [("files", ("a.jpg", PICTURE[:2000]))],
    [("files", ("a.jpg", PICTURE)), ("settings", (None, "["))],
    [("files", ("a.jpg", PICTURE)), ("settings", (None, "[]"))],
    [("files", ("a.jpg", PICTURE)), ("settings", (None, '{"settings": 5}'))],
    [("files", ("a.jpg", PICTURE)), ("files", ("b.jpg", PICTURE))],
]


class Fake:
    """A running fake, each of whose answers is judged as it comes."""

    def __init__(self, server: Server, clock: Clock) -> None:
        self.server, self.clock = server, clock
        self.http = requests.Session()
        self.http.trust_env = False

    def send(self, key: str, **options: Any) -> requests.Response:
        """The answer of an operation, which must be as documented."""
        operation = TRUTH.operations[key]
        url = f"{self.server.session_url}/{operation.route}"
        answer = self.http.request(operation.method, url, timeout=20, **options)
        kind = answer.headers["Content-Type"]
        assert operation.problems(answer.status_code, kind, answer.content) == [], answer.text[:500]
        return answer

    def ask(self, key: str, **state: Any) -> Any:
        """The JSON of an answer that must be 200."""
        if state.get(PROJECT_OF, 0) is None:
            state[PROJECT_OF] = self.project
        answer = self.send(key, json={"state": state, "context": {}, "api_token": self.server.api_token})
        assert answer.status_code == 200, answer.text
        return answer.json()

    @property
    def project(self) -> int:
        """The project of the default pictures."""
        prediction = self.ask("inference_image_id", image_id=RIDER)
        return int(prediction["project_id"])


@pytest.fixture(scope="module")
def fake() -> Iterator[Fake]:
    async def sleep(_: float) -> None:
        return

    clock = Clock(lambda: 1_700_000_000.0)
    with Server(clock=clock, sleep=sleep, limits=Limits(json_bytes=100_000)) as server:
        fake = Fake(server, clock)
        yield fake
        fake.http.close()


def served(keys: Any) -> list[str]:
    """Those that the fake has."""
    return [key for key in keys if TRUTH.operations[key].route not in LACKING]


@pytest.mark.parametrize("key", served(OTHERS))
def test_what_a_model_says_of_itself(fake: Fake, key: str) -> None:
    options: dict[str, Any] = {} if key.startswith("GET ") else {"json": {}}
    assert fake.send(key, **options).status_code == 200


@pytest.mark.parametrize("key", served(STATES))
def test_requests_in_json(fake: Fake, key: str) -> None:
    assert fake.ask(key, **STATES[key]) is not None


@pytest.mark.parametrize("key", served(FORMS))
def test_requests_as_forms(fake: Fake, key: str) -> None:
    state = {"settings": {"conf": 0.1}, **({"image_ids": [RIDER]} if key == "smart_cache_files" else {})}
    files = [*FORMS[key], ("settings", (None, json.dumps(state)))]
    assert fake.send(key, files=files).status_code == 200


@pytest.mark.parametrize("end", ["nothing", "stop_inference", "clear_inference_request", "all"])
@pytest.mark.parametrize("start", STARTS)
def test_every_poll_through_the_life_of_a_job(fake: Fake, start: str, end: str) -> None:
    uuid = fake.ask(start, **STARTS[start])["inference_request_uuid"]
    looks = [poll for poll in POLLS if poll not in ("stop_inference", "clear_inference_request")]
    for _ in range(3):
        assert [fake.ask(poll, inference_request_uuid=uuid) is NotImplemented for poll in looks] == [False] * len(looks)
        fake.clock.advance(0.025)
    for poll in POLLS if end == "all" else [end] * (end != "nothing"):
        fake.ask(poll, inference_request_uuid=uuid)
    for poll in looks:
        fake.ask(poll, inference_request_uuid=uuid)


@pytest.mark.parametrize("poll", POLLS)
def test_every_poll_of_a_job_that_failed_and_of_one_that_is_gone(fake: Fake, poll: str) -> None:
    uuid = fake.ask("inference_video_id_async", videoId=NOWHERE)["inference_request_uuid"]
    fake.ask(poll, inference_request_uuid=uuid)
    fake.clock.advance(4000)
    gone = fake.send(poll, json={"state": {"inference_request_uuid": uuid}}).status_code
    assert gone == (200 if poll == "clear_inference_request" else 404)


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("key", served(one.key for one in TRUTH.operations.values() if one.method == "POST"))
def test_bodies_that_are_wrong(fake: Fake, key: str, body: str) -> None:
    status = fake.send(key, data=body, headers={"Content-Type": "application/json"}).status_code
    assert status in ((422,) if key in FORMS else (400,) if key in (*STATES, *POLLS) else (200, 400))


@pytest.mark.parametrize(("key", "state"), [(key, one) for key, states in BAD_STATES.items() for one in states])
def test_states_that_are_wrong(fake: Fake, key: str, state: dict[str, Any]) -> None:
    status = fake.send(key, json={"state": state}).status_code
    assert status == 200 if key.endswith("_async") and NOWHERE in state.values() else status in (400, 404)


@pytest.mark.parametrize("form", BAD_FORMS)
@pytest.mark.parametrize("key", served(FORMS))
def test_forms_that_are_wrong(fake: Fake, key: str, form: list[tuple[str, Any]]) -> None:
    assert fake.send(key, files=form).status_code in (200, 400, 422)


@pytest.mark.parametrize("key", ["inference_image_id", "get_session_info", "get_inference_progress"])
def test_a_body_that_is_too_long(fake: Fake, key: str) -> None:
    padding = json.dumps({"state": {"image_id": RIDER, "padding": "x" * 200_000}})
    assert fake.send(key, data=padding, headers={"Content-Type": "application/json"}).status_code == 413


@pytest.mark.parametrize(("method", "route", "status"), [("GET", "inference_image", 405), ("POST", "nowhere", 404)])
def test_refusals_that_belong_to_no_operation(fake: Fake, method: str, route: str, status: int) -> None:
    answer = fake.http.request(method, f"{fake.server.session_url}/{route}", timeout=20)
    assert answer.status_code == status
    assert TRUTH.refusal_problems(answer.headers["Content-Type"], answer.content) == []
