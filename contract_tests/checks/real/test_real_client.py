"""Our client drives the real serving app: the journey, and where the real app fails, the error that says so."""

from pathlib import Path

import pytest

import modeldouble
from modeldouble import Prediction, Session

RIDER, ORANGES, VIDEO = 171250, 17551748, 18635803
SIZES = {RIDER: (1600, 1280), ORANGES: (800, 1067)}


def found(prediction: Prediction) -> list[str]:
    return [label.obj_class.name for label in prediction.labels]


def middle(height: int, width: int) -> list[list[int]]:
    """Where the app's rule puts its person: [[left, top], [right, bottom]]."""
    return [[width // 4, height // 4], [width * 3 // 4, height * 3 // 4]]


def test_the_model_describes_itself(session: Session) -> None:
    assert session.get_session_info()["number_of_classes"] == 2
    assert [one.name for one in session.get_model_project_meta().obj_classes] == ["person", "horse"]
    assert session.get_default_inference_settings() == {"conf_thres": 0.25, "iou_thres": 0.45, "augment": False}


def test_a_file_is_inferred_and_a_threshold_acts(session: Session, photographs: list[Path]) -> None:
    assert found(session.inference_image_path(photographs[0])) == ["person", "horse"]
    session.update_inference_settings(conf_thres=0.5)
    prediction = session.inference_image_path(photographs[0])
    assert prediction["annotation"]["objects"][0]["points"]["exterior"] == middle(512, 512)
    assert found(prediction) == ["person"]


def test_a_batch_of_files_keeps_its_order(session: Session, photographs: list[Path]) -> None:
    assert [one.img_size for one in session.inference_image_paths(photographs)] == [(512, 512), (300, 451)]


def test_equal_file_names_are_two_files(session: Session, photographs: list[Path], tmp_path: Path) -> None:
    twins = [tmp_path / folder / "same.jpg" for folder in ("a", "b")]
    for twin, photograph in zip(twins, photographs, strict=True):
        twin.parent.mkdir()
        twin.write_bytes(photograph.read_bytes())
    assert [one.img_size for one in session.inference_image_paths(twins)] == [(512, 512), (300, 451)]


def test_image_ids_are_downloaded_from_the_fake_platform(session: Session) -> None:
    prediction = session.inference_image_id(RIDER)
    assert prediction["annotation"]["objects"][0]["points"]["exterior"] == middle(*SIZES[RIDER])
    batch = session.inference_image_ids([RIDER, ORANGES, RIDER])
    assert [one.img_size for one in batch] == [SIZES[RIDER], SIZES[ORANGES], SIZES[RIDER]]


def test_images_and_a_project_are_jobs_that_download_from_the_fake_platform(session: Session) -> None:
    job = session.inference_image_ids_async([RIDER, ORANGES])
    assert {one["image_id"]: one.img_size for one in job} == SIZES
    project = session.inference_project_id_async(17001)
    assert {one["image_id"] for one in project} == {RIDER, ORANGES, 17551750, 17551751}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ((None, None, None), list(range(10))),
        ((2, 3, "forward"), [2, 3, 4]),
        ((5, 3, "backward"), [5, 4, 3]),
        ((9, 1, None), [9]),
    ],
)
def test_every_frame_of_a_video_comes(
    session: Session, asked: tuple[int | None, int | None, str | None], expected: list[int]
) -> None:
    job = session.inference_video_id_async(VIDEO, *asked)
    assert len(job) == len(expected)
    assert [frame["frame_index"] for frame in job] == expected


def test_a_stop_at_the_third_frame_leaves_three(session: Session) -> None:
    seen = 0
    for number, _ in enumerate(session.inference_video_id_async(VIDEO)):
        seen += 1
        if number == 2:
            session.stop_async_inference()
    assert seen == 3


def test_a_whole_video_comes_at_once(session: Session) -> None:
    assert [one["frame_index"] for one in session.inference_video_id(VIDEO, 5, 3, "forward")] == [5, 6, 7]


def test_a_job_that_fails_says_why(session: Session) -> None:
    with pytest.raises(modeldouble.JobFailed, match="frames_count"):
        list(session.inference_video_id_async(1))


def test_what_the_app_cannot_do_is_an_error_with_its_route(session: Session) -> None:
    with pytest.raises(modeldouble.ServerFailed, match="inference_image_url"):
        session.inference_image_url("http://127.0.0.1:1/picture.jpg")
