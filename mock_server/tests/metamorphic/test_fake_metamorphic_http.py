"""On a running server: a batch is its pictures one by one, a job is the answer at once, a retry is the first try."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server import ServedModel, Server
from modeldouble_server.default_world import DATA
from modeldouble_server.scenario.generated import picture

from .cases import CASES, CONTENT, SHAPES, names_of

GENEROUS = 60.0
FEW = settings(deadline=None, max_examples=4)
CORNERS = {"points": {"exterior": [[3, 4], [60, 50]], "interior": []}}
PARAMS = {"windowHeight": 48, "windowWidth": 60, "overlapY": 9, "overlapX": 12}
FRAMES = 24


@cache
def pictures() -> list[bytes]:
    """Some that are known to one of the models each, and others; two have the same bytes."""
    known = [(DATA / "demo" / "cat.jpg").read_bytes(), (SHAPES / "images" / "03.png").read_bytes(), CONTENT]
    return [*known, picture((64, 52), "one"), picture((90, 70), "other"), CONTENT]


class Served:
    """A model on the server, with all pictures and a video in its world, and requests to it."""

    def __init__(self, server: Server, name: str) -> None:
        self.spec = CASES[name].make()
        self.model: ServedModel = server.add_model(spec=self.spec)
        self.ids = [self.model.add_image(one, f"{at}.png") for at, one in enumerate(pictures())]
        self.video = self.model.add_video(FRAMES, (80, 60))
        self.http = requests.Session()
        self.http.trust_env = False

    def ask(self, route: str, given_: Any, **state: Any) -> bytes:
        """The answer's bytes."""
        body = {"state": {"settings": given_, **state}, "context": {}}
        return self._read(self.http.post(f"{self.model.session_url}/{route}", json=body, timeout=GENEROUS))

    def upload(self, route: str, given_: Any, *places: int) -> bytes:
        """The same for pictures that are sent, each under the name that it has on the platform."""
        parts: list[tuple[str, Any]] = [("files", (f"{at}.png", pictures()[at])) for at in places]
        form = [*parts, ("settings", (None, json.dumps({"settings": given_})))]
        return self._read(self.http.post(f"{self.model.session_url}/{route}", files=form, timeout=GENEROUS))

    def job(self, started: bytes) -> Any:
        """Everything that a job gives, in one pop at its end."""
        self.model.clock.advance(600)
        return json.loads(self.ask("pop_inference_results", {}, **json.loads(started)))["pending_results"]

    @staticmethod
    def _read(answer: requests.Response) -> bytes:
        assert answer.status_code == 200, answer.text
        return answer.content


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    async def at_once(_: float) -> None:
        return None

    with Server(sleep=at_once) as running:
        yield running


@pytest.fixture(scope="module", params=CASES)
def served(request: pytest.FixtureRequest, server: Server) -> Iterator[Served]:
    made = Served(server, request.param)
    yield made
    made.http.close()
    made.model.close()


@st.composite
def settings_of(draw: st.DrawFn, model: Served) -> dict[str, Any]:
    """Settings that every picture allows."""
    names = names_of(model.spec.meta)
    given_: dict[str, Any] = draw(st.sampled_from(({}, {"conf_thres": 0.6}, {"iou_thres": 0.1}, {"augment": True})))
    more: dict[str, Any] = draw(
        st.sampled_from((
            {}, {"rectangle": CORNERS}, {"classes": list(names[:2])},
            {"inference_mode": "sliding_window", "sliding_window_params": PARAMS},
        ))
    )  # fmt: skip
    return {**given_, **more}


PLACES = st.lists(st.integers(0, 5), min_size=1, max_size=4)


@FEW
@given(data=st.data())
def test_a_batch_of_files_is_its_files_one_by_one_however_it_is_split(served: Served, data: st.DataObject) -> None:
    asked, places = data.draw(settings_of(served)), data.draw(PLACES)
    alone = [json.loads(served.upload("inference_image", asked, at)) for at in places]
    cut = data.draw(st.integers(0, len(places) - 1))
    parts = [part for part in (places[:cut], places[cut:]) if part]
    assert json.loads(served.upload("inference_batch", asked, *places)) == alone
    assert [one for part in parts for one in json.loads(served.upload("inference_batch", asked, *part))] == alone
    assert served.job(served.upload("inference_batch_async", asked, *places)) == alone


@FEW
@given(data=st.data())
def test_a_batch_of_ids_is_its_ids_one_by_one_however_it_is_split(served: Served, data: st.DataObject) -> None:
    asked, ids = data.draw(settings_of(served)), [served.ids[at] for at in data.draw(PLACES)]
    alone = [json.loads(served.ask("inference_image_id", asked, image_id=one)) for one in ids]
    cut = data.draw(st.integers(0, len(ids)))
    batches = [json.loads(served.ask("inference_batch_ids", asked, batch_ids=part)) for part in (ids[:cut], ids[cut:])]
    assert [*batches[0], *batches[1]] == alone
    assert served.job(served.ask("inference_batch_ids_async", asked, batch_ids=ids)) == alone
    assert served.job(served.ask("inference_image_id_async", asked, image_id=ids[0])) == alone[:1]


@FEW
@given(data=st.data())
def test_a_picture_says_the_same_as_a_file_and_by_its_id(served: Served, data: st.DataObject) -> None:
    """A recording is of the one or of the other."""
    asked, at = data.draw(settings_of(served)), data.draw(st.integers(0, 5))
    if served.spec.replay is None:
        uploaded = served.upload("inference_image", asked, at)
        by_id = served.ask("inference_image_id", asked, image_id=served.ids[at])
        assert json.loads(uploaded)["annotation"] == json.loads(by_id)["annotation"]


def test_a_retry_and_questions_at_the_same_time_get_the_same_bytes(served: Served) -> None:
    places = [0, 1, 2, 3, 4, 5]
    first = [served.upload("inference_image", {"conf_thres": 0.3}, at) for at in places]
    with ThreadPoolExecutor(3) as pool:
        again = [*pool.map(lambda at: served.upload("inference_image", {"conf_thres": 0.3}, at), places[::-1])]
    assert again[::-1] == first
    assert first[2] == first[5]


@FEW
@given(data=st.data())
def test_runs_over_a_video_agree_with_the_whole_run(served: Served, data: st.DataObject) -> None:
    asked, start = data.draw(settings_of(served)), data.draw(st.integers(0, FRAMES - 1))
    count = data.draw(st.integers(1, FRAMES - start))
    whole = json.loads(served.ask("inference_video_id", asked, videoId=served.video))["ann"]
    part = {"videoId": served.video, "startFrameIndex": start, "framesCount": count}
    back = {"videoId": served.video, "startFrameIndex": start, "framesCount": start + 1, "direction": "backward"}
    assert json.loads(served.ask("inference_video_id", asked, **part))["ann"] == whole[start : start + count]
    assert served.job(served.ask("inference_video_id_async", asked, **part)) == whole[start : start + count]
    assert served.job(served.ask("inference_video_id_async", asked, **back)) == whole[start::-1]
