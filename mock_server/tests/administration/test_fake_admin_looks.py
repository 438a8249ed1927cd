"""A look at what a model would answer: the same as its answer, and noticed by nothing."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server.default_world import DATA, VIDEO_ID
from modeldouble_server.scene import Answer, Box, Detection, Query

if TYPE_CHECKING:
    from .conftest import Caller

LOOKS, OCTETS = "models/1/looks", {"Content-Type": "application/octet-stream"}
RIDER = DATA / "world" / "171250.jpg"
Json = dict[str, Any]
BOX = {"class": "unicorn", "box": [10, 20, 30, 40], "confidence": 0.7}


def picture(caller: Caller, name: str = "a.jpg") -> Json:
    """What the server tells of a picture."""
    told: Json = caller.ask("POST", f"models/1/pictures?name={name}", data=RIDER.read_bytes(), headers=OCTETS)
    return told


def look(caller: Caller, **asked: Any) -> Json:
    """A look that is answered."""
    told: Json = caller.ask("POST", LOOKS, asked)
    return told


def seen(told: Json, at: int = 0) -> list[tuple[Any, ...]]:
    """Classes, boxes and confidences of a look."""
    return [(one["class"], one["box"], one["confidence"]) for one in told["frames"][at]["objects"]]


def answered(annotation: Json) -> list[tuple[Any, ...]]:
    """Likewise of rectangles in an answer."""
    return [
        (
            one["classTitle"],
            [*one["points"]["exterior"][0], *one["points"]["exterior"][1]],
            next((tag["value"] for tag in one["tags"] if tag["name"] == "confidence"), None),
        )
        for one in annotation["objects"]
    ]


def noticed(caller: Caller) -> Json:
    """All that a call would change, and that a look must not."""
    names = ("journal", "received", "misses", "unused", "faults", "stubs", "clock", "jobs")
    told = {name: caller.ask("GET", f"models/1/{name}") for name in names}
    told["meta"] = caller.post("get_model_meta").json()
    told["details"] = caller.ask("GET", "models/1")
    caller.ask("DELETE", "models/1/journal")
    return told


@pytest.mark.parametrize("settings", [
    {}, {"conf": 0.1}, {"conf": 0.87}, {"classes": ["horse"]},
    {"rectangle": {"points": {"exterior": [[700, 300], [1000, 900]], "interior": []}}},
    {"inference_mode": "sliding_window", "sliding_window_params": {"windowHeight": 800, "windowWidth": 800,
        "overlapY": 0, "overlapX": 0, "borderStrategy": "shift_window", "bothWaysOverlap": False}},
])  # fmt: skip
def test_a_look_at_an_image_is_what_the_model_answers(fake: Caller, settings: Json) -> None:
    told = look(fake, image_id=171250, settings=settings)
    said = fake.post("inference_image_id", image_id=171250, settings=settings).json()["annotation"]
    assert seen(told) == answered(said)
    assert told["size"] == [said["size"]["width"], said["size"]["height"]]
    assert (told["by"], told["refused"]) == ("the predictor", None)


def test_a_look_at_a_picture_is_what_the_model_answers(fake: Caller) -> None:
    for settings in ({}, {"conf": 0.05}):
        files: Any = [
            ("files", ("a.jpg", RIDER.read_bytes())),
            ("settings", (None, json.dumps({"settings": settings}))),
        ]
        said = fake.http.post(f"{fake.server.session_url}/inference_image", files=files, timeout=20).json()
        told = look(fake, picture=picture(fake), settings=settings)
        assert seen(told) == answered(said["annotation"])
        assert seen(told)


def test_a_look_at_frames_is_what_the_model_answers(fake: Caller) -> None:
    told = look(fake, video_id=VIDEO_ID, start=3, count=5, settings={"conf": 0.3})
    asked: Json = {"videoId": VIDEO_ID, "startFrameIndex": 3, "framesCount": 5, "settings": {"conf": 0.3}}
    said = fake.post("inference_video_id", **asked).json()["ann"]
    assert [one["frame"] for one in told["frames"]] == [one["frame_index"] for one in said] == [3, 4, 5, 6, 7]
    assert [seen(told, at) for at in range(5)] == [answered(one["annotation"]) for one in said]
    assert any(seen(told, at) for at in range(5))


def test_frames_end_with_the_video(fake: Caller) -> None:
    assert [one["frame"] for one in look(fake, video_id=VIDEO_ID, start=8, count=300)["frames"]] == [8, 9]
    assert [one["frame"] for one in look(fake, video_id=VIDEO_ID)["frames"]] == [0]
    assert "10 frames" in fake.refused(400, "POST", LOOKS, {"video_id": VIDEO_ID, "start": 10})


def test_tracks_and_colours_are_told(fake: Caller) -> None:
    told = look(fake, video_id=VIDEO_ID, count=3)
    cars = [one for frame in told["frames"] for one in frame["objects"] if one["track"] == 1]
    assert len(cars) == 3
    colors = {one["name"]: one["color"] for one in fake.ask("GET", "models/1")["classes"]}
    assert {one["color"] for one in cars} == {colors[cars[0]["class"]]}


def test_the_settings_in_force_are_told(fake: Caller) -> None:
    defaults = fake.ask("GET", "models/1")["settings"]
    assert look(fake, image_id=171250)["settings"] == defaults
    sent = look(fake, image_id=171250, settings={"conf": 0.9, "mine": 1})["settings"]
    assert (sent["conf"], sent["mine"], "conf_thres" in sent) == (0.9, 1, False)


def test_fifty_looks_are_noticed_by_nothing(fake: Caller) -> None:
    model = fake.server.fake.models[fake.server.session_token]
    fake.ask("POST", "models/1/stubs", {"when": {"image": "a.jpg"}, "predict": [BOX], "times": 2}, 201)
    fake.ask("POST", "models/1/stubs", {"when": {"image_id": 171250}, "raises": {"type": "OSError"}}, 201)
    fake.ask("POST", "models/1/faults", {"fault": "status", "status": 500, "times": 1000}, 201)
    model.deployment.freeze()
    before, frozen = noticed(fake), model.deployment.frozen
    for at in range(50):
        look(fake, **({"picture": picture(fake)}, {"image_id": 171250}, {"video_id": VIDEO_ID, "count": 9})[at % 3])
        fake.refused(400, "POST", LOOKS, {"image_id": 171250, "settings": {"conf": 7, "no_such": 1}})
    after = noticed(fake)
    # A question itself is a request: that for the meta.
    assert {**after, "faults": before["faults"]} == before
    assert after["faults"]["faults"][0]["seen"] == before["faults"]["faults"][0]["seen"] + 1
    assert (model.deployment.frozen, model.noticer.texts) == (frozen, {})


def test_a_look_shows_the_stub_that_would_answer_and_leaves_it(fake: Caller) -> None:
    answers = {"predict": [BOX], "times": 1, "then": [{"predict": []}]}
    number = fake.ask("POST", "models/1/stubs", {"when": {"image": "a.jpg"}, **answers}, 201)["number"]
    for _ in range(3):
        told = look(fake, picture=picture(fake))
        assert (told["by"], seen(told)) == (f"stub {number}", [("unicorn", [10, 20, 30, 40], 0.7)])
    assert len(fake.infer().json()["annotation"]["objects"]) == 1
    assert (look(fake, picture=picture(fake))["by"], seen(look(fake, picture=picture(fake)))) == (f"stub {number}", [])


def test_a_look_asks_as_the_next_call(fake: Caller) -> None:
    fake.ask("POST", "models/1/stubs", {"when": {"call": 2}, "predict": [BOX]}, 201)
    fake.ask("POST", "models/1/stubs", {"when": {}, "predict": []}, 201)
    assert look(fake, image_id=171250)["by"] == "stub 2"
    fake.infer()
    assert look(fake, image_id=171250)["by"] == "stub 1"


def test_frames_of_two_stubs_are_by_both(fake: Caller) -> None:
    for frames in ([0, 1], [2, 3]):
        fake.ask("POST", "models/1/stubs", {"when": {"video_id": VIDEO_ID, "frames": frames}, "predict": [BOX]}, 201)
    told = look(fake, video_id=VIDEO_ID, count=5)
    assert told["by"] == "stub 1, stub 2"
    assert [len(one["objects"]) for one in told["frames"]] == [1, 1, 1, 1, 0]


def test_what_no_stub_answers_says_why_and_is_no_miss(fake: Caller) -> None:
    fake.ask("POST", "models/1/stubs", {"when": {"image": "b.jpg"}, "predict": []}, 201)
    told = look(fake, picture=picture(fake))
    assert (told["by"], told["frames"]) == (None, [{"frame": None, "objects": [], "tags": []}])
    assert told["refused"].startswith("no stub answers call 1, inference_image, image='a.jpg'")
    assert fake.ask("GET", "models/1/misses")["count"] == 0


def test_a_tie_says_so(fake: Caller) -> None:
    for _ in range(2):
        fake.ask("POST", "models/1/stubs", {"when": {"image": "a.jpg"}, "predict": []}, 201)
    assert "equally well" in look(fake, picture=picture(fake))["refused"]


def test_a_stub_that_raises_is_told(fake: Caller) -> None:
    fake.ask("POST", "models/1/stubs", {"when": {}, "raises": {"type": "OSError", "message": "no GPU"}}, 201)
    told = look(fake, image_id=171250)
    assert (told["refused"], told["by"], seen(told)) == ("OSError: no GPU", None, [])


def test_a_secret_in_a_refusal_is_cut(fake: Caller) -> None:
    fake.ask("POST", "models/1/stubs", {"when": {"image": "b.jpg"}, "predict": []}, 201)
    told = look(fake, picture=picture(fake, fake.server.session_token))
    assert fake.server.session_token not in told["refused"]


@pytest.mark.parametrize(("asked", "status", "text"), [
    ({}, 400, ""), ({"image_id": 1, "video_id": 1}, 400, ""), ({"image_id": 1}, 404, "image 1 is not"),
    ({"video_id": 1}, 404, "video 1 is not"), ({"image_id": "171250"}, 400, "image_id"),
    ({"video_id": VIDEO_ID, "count": 301}, 400, "count"), ({"video_id": VIDEO_ID, "count": 0}, 400, "count"),
    ({"image_id": 171250, "settings": {"conf": "x"}}, 400, "settings.conf is 'x'"),
    ({"image_id": 171250, "settings": []}, 400, "settings"),
    ({"picture": {"sha256": "x", "width": 1, "height": 1}}, 400, "sha256"),
    ({"picture": {"sha256": "a" * 64, "width": 100_000, "height": 100_000}}, 400, "pixels"),
    ({"image_id": 17551750, "settings": {"inference_mode": "sliding_window", "sliding_window_params": {
        "windowHeight": 9000, "windowWidth": 9000, "overlapY": 0, "overlapX": 0, "borderStrategy": "shift_window",
        "bothWaysOverlap": False}}}, 400, ""),
])  # fmt: skip
def test_what_cannot_be_asked_is_refused(fake: Caller, asked: Json, status: int, text: str) -> None:
    assert text in fake.refused(status, "POST", LOOKS, asked)


class Crowd:
    """More objects on each frame than are drawn on a hundred, of a class that nobody has told of."""

    def predict(self, query: Query) -> Answer:
        """As many as the settings say."""
        box: Box = (0, 0, 9, 9)
        return Answer(tuple(Detection("stranger", box, 0.9) for _ in range(int(query.settings["many"]))))


def change(caller: Caller, **fields: Any) -> None:
    """Serve something else as the default model."""
    model = caller.server.fake.models[caller.server.session_token]
    model.spec = model.spec._replace(**fields)


def test_a_class_that_the_meta_lacks_is_grey_and_joins_nothing(fake: Caller) -> None:
    change(fake, predictor=Crowd(), settings={"many": 1})
    [told] = look(fake, image_id=171250)["frames"][0]["objects"]
    assert (told["class"], told["color"]) == ("stranger", "#808080")
    assert "stranger" not in [one["name"] for one in fake.ask("GET", "models/1")["classes"]]


def test_so_many_objects_are_not_drawn(fake: Caller) -> None:
    change(fake, predictor=Crowd(), settings={"many": 1})
    assert look(fake, video_id=VIDEO_ID, count=10, settings={"many": 2000})["refused"] is None
    told = look(fake, video_id=VIDEO_ID, count=10, settings={"many": 2001})
    assert (told["by"], "20,000" in told["refused"]) == (None, True)


class Slow:
    """A model that thinks until it is told to go."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def predict(self, query: Query) -> Answer:
        """Nothing, after a while."""
        self.go.wait(20)
        return Answer()


def test_a_model_that_thinks_for_too_long_is_not_waited_for(fake: Caller) -> None:
    change(fake, predictor=(slow := Slow()), patience=0.05)
    told = look(fake, image_id=171250)
    slow.go.set()
    assert told["refused"].startswith("TimeoutError: the model took longer")


async def current() -> int:
    """The thread that answers."""
    return threading.get_ident()


class Steady:
    """A model that takes most of its patience for each picture."""

    def predict(self, query: Query) -> Answer:
        """Nothing, after a while."""
        threading.Event().wait(0.2)
        return Answer()


def test_each_frame_has_the_patience_that_a_call_has(fake: Caller) -> None:
    change(fake, predictor=Steady(), patience=1.0)
    told = look(fake, video_id=VIDEO_ID, count=8)
    assert (told["refused"], len(told["frames"])) == (None, 8)


def test_others_are_answered_while_masks_are_drawn(fake: Caller) -> None:
    threads: set[int] = set()

    class Noted(tuple):  # type: ignore[type-arg]
        """Tags that say where they are read."""

        def __iter__(self) -> Any:
            threads.add(threading.get_ident())
            return super().__iter__()

    class Tagged:
        def predict(self, query: Query) -> Answer:
            """A box with tags."""
            return Answer((Detection("car", (0, 0, 9, 9), 0.9, tags=Noted()),))

    change(fake, predictor=Tagged())
    look(fake, image_id=171250, settings={"conf": 0.1})
    assert threads - {fake.server.call(current())}
