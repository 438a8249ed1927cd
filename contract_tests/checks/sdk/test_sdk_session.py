"""What the official client's sessions read from the fake: the same values as ours, in their own types."""

from typing import Any

import pytest
import supervisely as sly

RIDER, ORANGES, VIDEO = 171250, 17551748, 18635803
URL = (
    "https://images.unsplash.com/photo-1674552791148-c756b0899dba?ixlib=rb-4.0.3"
    "&ixid=MnwxMjA3fDB8MHxwaG90by1wYWdlfHx8fGVufDB8fHx8&auto=format&fit=crop&w=387&q=80"
)
CLASSES_PER_FRAME = [
    ["car"],
    ["car", "truck", "car"],
    *[["car", "car"]] * 3,
    ["car"],
    *[["car", "car"]] * 2,
    *[["car"]] * 2,
]


def classes(annotation: Any) -> list[str]:
    return [label.obj_class.name for label in annotation.labels]


def raw_classes(prediction: Any) -> list[str]:
    return [one["classTitle"] for one in prediction["annotation"]["objects"]]


def test_the_model_describes_itself(session: Any) -> None:
    assert session.get_session_info()["app_name"] == "Serve YOLOv5"
    assert [one.name for one in session.get_model_meta().obj_classes][:3] == ["person", "bicycle", "car"]
    assert session.get_default_inference_settings()["conf_thres"] == 0.25
    assert session.is_model_deployed()["deployed"] is True


def test_settings_are_checked_against_the_defaults_that_the_fake_gives(session: Any) -> None:
    assert session.update_inference_settings(conf_thres=0.4) == {"conf_thres": 0.4}
    with pytest.raises(ValueError, match="not acceptable"):
        session.update_inference_settings(conf_tres=0.4)


def test_an_image_id_is_an_annotation(session: Any) -> None:
    annotation = session.inference_image_id(RIDER)
    assert isinstance(annotation, sly.Annotation)
    assert classes(annotation) == ["person", "horse"]
    box = annotation.labels[0].geometry
    assert (box.left, box.top, box.right, box.bottom) == (764, 272, 1062, 1002)


def test_a_batch_keeps_its_order(session: Any) -> None:
    assert [classes(one) for one in session.inference_image_ids([ORANGES, RIDER])] == [["orange"], ["person", "horse"]]


def test_files_and_urls_are_read(session: Any, photographs: list[str]) -> None:
    assert classes(session.inference_image_path(photographs[0])) == ["person"]
    assert [classes(one) for one in session.inference_image_paths(photographs)] == [["person"], ["cat"]]
    assert session.inference_image_url(URL).img_size[1] == 387


def test_a_threshold_acts(session: Any) -> None:
    session.update_inference_settings(conf_thres=0.87)
    assert classes(session.inference_image_id(RIDER)) == ["horse"]


def test_every_frame_of_a_video_comes(raw_session: Any) -> None:
    frames = list(raw_session.inference_video_id_async(VIDEO))
    assert [raw_classes(one) for one in frames] == CLASSES_PER_FRAME
    assert [one["frame_index"] for one in frames] == list(range(10))


def test_the_length_is_known_at_the_start(raw_session: Any) -> None:
    frames = raw_session.inference_video_id_async(VIDEO)
    assert len(frames) == 10
    assert len(list(frames)) == 10


def test_a_stop_at_the_third_frame_leaves_three(session: Any) -> None:
    seen = 0
    for number, _ in enumerate(session.inference_video_id_async(VIDEO)):
        seen += 1
        if number == 2:
            session.stop_async_inference()
    assert seen == 3


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ((2, 3, "forward"), [2, 3, 4]),
        ((9, 1, "forward"), [9]),
        ((5, 3, "backward"), [5, 4, 3]),
        ((8, 30, None), [8, 9]),
    ],
)
def test_a_range_is_kept(raw_session: Any, asked: tuple[int, int, str], expected: list[int]) -> None:
    assert [one["frame_index"] for one in raw_session.inference_video_id_async(VIDEO, *asked)] == expected


def test_a_whole_video_comes_at_once(session: Any) -> None:
    assert [classes(one) for one in session.inference_video_id(VIDEO, 5, 15, "forward")] == CLASSES_PER_FRAME[5:]


def test_a_preparing_callback_is_served(raw_session: Any) -> None:
    calls: list[Any] = []

    class Bar:
        def update(self, *arguments: Any) -> None:
            calls.append(arguments)

    def preparing(**about: Any) -> Bar:
        calls.append(about)
        return Bar()

    assert len(list(raw_session.inference_video_id_async(VIDEO, preparing_cb=preparing))) == 10
    assert calls


def test_images_and_projects_are_inferred_as_jobs(raw_session: Any) -> None:
    found = list(raw_session.inference_image_ids_async([RIDER, ORANGES]))
    assert [raw_classes(one) for one in found] == [["person", "horse"], ["orange"]]
    project = raw_session.inference_project_id_async(17001)
    assert {one["image_id"] for one in project} >= {RIDER, ORANGES}


def test_an_unknown_video_is_told_and_not_waited_for(session: Any) -> None:
    with pytest.raises(RuntimeError, match="video id 1 does not exist"):
        list(session.inference_video_id_async(1))


def test_an_unknown_image_fails_at_once(session: Any) -> None:
    from requests import HTTPError

    with pytest.raises(HTTPError, match="404"):
        session.inference_image_id(1)
