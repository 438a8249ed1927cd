"""What a served model answers when a test has told it, and when it has not."""

from typing import Any

import numpy as np
import pytest
from PIL import Image

from modeldouble_server import ServedModel, Server, seen

from .conftest import Caller

BOX = (10, 20, 110, 220)


def test_a_model_that_was_told_nothing_answers_by_itself(caller: Caller, model: ServedModel) -> None:
    picture = model.picture("street.jpg")
    assert caller.classes(picture) == caller.classes(picture) != []


def test_a_told_answer_is_for_the_pictures_content(caller: Caller, model: ServedModel) -> None:
    street = model.picture("street.jpg", size=(640, 480))
    model.when(image=street).predict("person", box=BOX, confidence=0.9)
    renamed = street.with_name("renamed.jpg")
    renamed.write_bytes(street.read_bytes())
    [found] = caller.upload(renamed).json()["annotation"]["objects"]
    assert (found["classTitle"], found["points"]["exterior"]) == ("person", [[10, 20], [110, 220]])
    assert found["tags"][0]["value"] == 0.9


def test_a_text_is_the_pictures_name(caller: Caller, model: ServedModel) -> None:
    model.when(image="a*.png").predict(seen("cat", box=BOX), seen("dog", box=BOX))
    assert caller.classes(model.picture("abc.png")) == ["cat", "dog"]


def test_a_call_that_no_stub_answers_is_a_400_with_the_nearest_one(caller: Caller, model: ServedModel) -> None:
    model.when(image="street.jpg").predict("person", box=BOX)
    answer = caller.upload(model.picture("stret.jpg"))
    assert answer.status_code == 400
    assert "image: 'street.jpg' expected, 'stret.jpg' sent" in answer.json()["detail"]
    assert model.misses == [answer.json()["detail"]]


def test_two_stubs_that_answer_equally_well_are_a_400(caller: Caller, model: ServedModel) -> None:
    for name in ("cat", "dog"):
        model.when(image="a.png").predict(name, box=BOX)
    answer = caller.upload(model.picture("a.png"))
    assert (answer.status_code, len(model.misses)) == (400, 1)
    assert "two stubs answer" in answer.json()["detail"]


def test_a_class_that_the_meta_lacks_joins_it_at_the_end(caller: Caller, model: ServedModel) -> None:
    before = [one["title"] for one in caller.ask("get_output_classes_and_tags")["classes"]]
    model.when(image="a.png").predict("gryphon", box=BOX).then.predict("sphinx", polygon=[(0, 0), (9, 0), (9, 9)])
    after = caller.ask("get_output_classes_and_tags")["classes"]
    assert [one["title"] for one in after] == [*before, "gryphon", "sphinx"]
    assert [one["shape"] for one in after[-2:]] == ["rectangle", "polygon"]


def test_a_sequence_moves_on_with_each_call(caller: Caller, model: ServedModel) -> None:
    model.when().predict("cat", box=BOX).times(2).then.predict().once().then.raises("RuntimeError", "out of memory")
    picture = model.picture("a.png", size=(200, 300))
    assert [caller.classes(picture) for _ in range(3)] == [["cat"], ["cat"], []]
    answer = caller.upload(picture)
    assert (answer.status_code, "out of memory" in answer.text) == (500, True)


def test_only_thresholds_that_were_sent_filter_a_stub(caller: Caller, model: ServedModel) -> None:
    model.when().predict("cat", box=BOX, confidence=0.1)
    picture = model.picture("a.png")
    assert (caller.classes(picture), caller.classes(picture, conf_thres=0.5)) == (["cat"], [])


def test_an_array_is_compared_with_the_decoded_picture(caller: Caller, model: ServedModel) -> None:
    picture = model.picture("a.png", size=(64, 48))
    bitmap = picture.with_name("other.bmp")
    Image.open(picture).convert("RGB").save(bitmap)
    model.when(image=np.array(Image.open(picture).convert("RGB"))).predict("cat", box=(1, 1, 2, 2))
    assert (caller.classes(picture), caller.classes(bitmap)) == (["cat"], ["cat"])
    assert caller.upload(model.picture("b.png", size=(64, 48))).status_code == 400


@pytest.mark.parametrize("orientation", [3, 6])
def test_an_array_is_the_picture_turned_upright(caller: Caller, model: ServedModel, orientation: int) -> None:
    picture = model.picture("a.png", size=(64, 48))
    stored = Image.open(picture).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = orientation
    turned = picture.with_name("turned.png")
    stored.save(turned, exif=exif)
    upright = np.rot90(np.array(stored), 2 if orientation == 3 else 3)
    model.when(image=np.ascontiguousarray(upright)).predict("cat", box=(1, 1, 2, 2))
    assert caller.classes(turned) == ["cat"]


def test_an_image_id_that_the_world_lacks_is_put_into_it(caller: Caller, model: ServedModel) -> None:
    model.when(image_id=77, image="bob.jpg").predict("person", box=BOX)
    answer = caller.ask("inference_image_id", image_id=77)
    assert (answer["image_name"], len(answer["annotation"]["objects"])) == ("bob.jpg", 1)
    assert caller.platform("images.info", id=77).json()["name"] == "bob.jpg"


def test_an_image_id_is_put_in_with_the_content_that_is_expected(caller: Caller, model: ServedModel) -> None:
    street = model.picture("street.png", size=(50, 60))
    model.when(image_id=5, image=street).predict("person", box=(1, 2, 3, 4))
    assert len(caller.ask("inference_image_id", image_id=5)["annotation"]["objects"]) == 1
    told = caller.platform("images.info", id=5).json()
    assert (told["name"], told["width"], told["height"]) == ("street.png", 50, 60)


def test_an_image_that_is_there_stays_as_it_is(caller: Caller, model: ServedModel) -> None:
    image_id = model.add_image(model.picture("a.png", size=(9, 8)))
    model.when(image_id=image_id).predict("cat", box=(0, 0, 1, 1))
    assert caller.platform("images.info", id=image_id).json()["width"] == 9


def test_a_video_id_is_put_in_with_the_frames_that_are_expected(caller: Caller, model: ServedModel) -> None:
    model.when(video_id=7, frames=range(12, 15)).predict("car", box=(0, 0, 9, 9))
    model.pace(0)
    frames = caller.ask("inference_video_id", video_id=7)["ann"]
    assert [len(one["annotation"]["objects"]) for one in frames] == [0] * 12 + [1] * 3


def test_an_id_that_is_taken_is_refused(model: ServedModel) -> None:
    image_id = model.add_image(model.picture("a.png", size=(9, 8)), image_id=40)
    video_id = model.add_video(frames=3, video_id=41)
    assert (image_id, video_id) == (40, 41)
    with pytest.raises(ValueError, match="image id 40 is taken"):
        model.add_image(model.picture("b.png"), image_id=40)
    with pytest.raises(ValueError, match="video id 41 is taken"):
        model.add_video(video_id=41)


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"content": "street.jpg"}, TypeError, "content is 'street.jpg'; give a Path or bytes"),
        ({"content": b"no picture"}, ValueError, "unsupported format"),
        ({"content": b"", "image_id": 0}, ValueError, "image_id is 0"),
    ],
)
def test_what_is_no_picture_is_told(model: ServedModel, arguments: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        model.add_image(**arguments)


def test_a_video_of_no_size_is_told(model: ServedModel) -> None:
    with pytest.raises(ValueError, match="give positive numbers"):
        model.add_video(size=(0, 5))


def test_calls_fail_as_often_as_was_said(caller: Caller, model: ServedModel) -> None:
    model.fail(503, times=2, route="inference_image", message="busy")
    picture = model.picture("a.png")
    assert [caller.upload(picture).status_code for _ in range(3)] == [503, 503, 200]
    assert len(model.received()) == 1


@pytest.mark.parametrize(
    ("arguments", "text"),
    [({"route": "inference_imag"}, "no route fits"), ({"status": 200}, "status is 200"), ({"times": 0}, "times is 0")],
)
def test_a_failure_that_can_never_be_is_refused(model: ServedModel, arguments: Any, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        model.fail(**arguments)


def test_a_job_goes_as_fast_as_its_clock(caller: Caller, model: ServedModel) -> None:
    model.pace(60.0, preparation=30.0)
    uuid = caller.ask("inference_video_id_async", video_id=model.add_video(10))["inference_request_uuid"]

    def done() -> tuple[str, int]:
        told = caller.ask("get_inference_progress", inference_request_uuid=uuid)
        return told["stage"], told["progress"]["current"]

    assert done()[1] == 0
    model.clock.advance(30 + 4 * 60 + 30)
    assert done()[1] == 4
    model.clock.advance(6 * 60)
    assert done()[1] == 10


@pytest.mark.parametrize("arguments", [(-1,), (float("inf"),), (True,), ("1",), (1, -1)])
def test_a_pace_is_a_number_of_seconds(model: ServedModel, arguments: Any) -> None:
    with pytest.raises(ValueError, match="give seconds, a number of at least 0"):
        model.pace(*arguments)


def test_reset_makes_a_model_as_it_was_at_first(caller: Caller, model: ServedModel) -> None:
    first = caller.ask("get_output_classes_and_tags"), caller.classes(model.picture("a.png"))
    model.when(image="a.png").predict("gryphon", box=BOX)
    model.fail(times=None)
    model.pace(5.0)
    model.clock.advance(50)
    model.reset()
    assert (model.received(), model.misses, model.unused, model.clock.offset) == ([], [], [], 0.0)
    assert (caller.ask("get_output_classes_and_tags"), caller.classes(model.picture("a.png"))) == first
    assert [one.number for one in model.received()] == [1]


def test_reset_ends_jobs_and_forgets_what_was_told(caller: Caller, model: ServedModel) -> None:
    caller.ask("inference_image_url", image_url="http://example.com/a.jpg")
    uuid = caller.ask("inference_video_id_async", video_id=model.add_video(10))["inference_request_uuid"]
    assert sorted(model.deviations) == ["url-answered", "url-not-fetched"]
    model.reset()
    assert model.deviations == {}
    assert caller.send("get_inference_progress", inference_request_uuid=uuid).status_code == 404


def test_deviations_say_what_real_servers_do(caller: Caller, model: ServedModel) -> None:
    caller.ask("inference_image_url", image_url="http://example.com/a.jpg")
    assert "real servers (all) fetch the URL" in model.deviations["url-not-fetched"]


def test_the_task_leads_to_the_model(caller: Caller, model: ServedModel) -> None:
    token = caller.platform("tasks.info", id=model.task_id).json()["meta"]["sessionToken"]
    assert model.session_url == f"{model.server_address}/net/{token}"


def test_a_model_is_what_was_ordered(server: Server) -> None:
    with server.add_model(classes=["rust", "crack"], settings={"conf_thres": 0.6}, info={"model_name": "Mine"}) as one:
        caller = Caller(one)
        assert [each["title"] for each in caller.ask("get_output_classes_and_tags")["classes"]] == ["rust", "crack"]
        assert caller.ask("get_custom_inference_settings")["settings"]["conf_thres"] == 0.6
        assert caller.ask("get_session_info")["model_name"] == "Mine"
        assert caller.ask("get_session_info")["session_id"] == one.task_id
        caller.http.close()
