"""Pictures over HTTP: by id, by file, by URL, at once and as jobs."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_server.default_world import IMAGES, PICTURES_DATASET_ID, PICTURES_PROJECT_ID, URL, VIDEOS_PROJECT_ID

if TYPE_CHECKING:
    from requests import Response

    from tests.served.conftest import Caller, Start

    Refused = Callable[[Response, int], str]
    Png = Callable[..., bytes]

KEYS = set(
    "source annotation name path url project_id dataset_id image_id image_name video_id frame_index slides_data"
    " data".split()
)
RIDER, ORANGES, TABLE = 171250, 17551748, 17551750
ID_ROUTES = ["inference_image_id", "inference_image_id_async"]
BATCH_ROUTES = ["inference_batch_ids", "inference_batch_ids_async"]


def objects(prediction: dict[str, Any]) -> list[tuple[str, float]]:
    """Class and confidence of each object."""
    return [(one["classTitle"], one["tags"][0]["value"]) for one in prediction["annotation"]["objects"]]


def finished(fake: Caller, route: str, **keys: Any) -> list[dict[str, Any]]:
    """All results of a job."""
    uuid = fake.start(route, **keys)
    fake.clock.advance(60)
    results: list[dict[str, Any]] = fake.poll("pop_inference_results", uuid)["pending_results"]
    return results


def test_the_rider_is_what_the_seed_printed(fake: Caller) -> None:
    found = fake.ask("inference_image_id", image_id=RIDER)
    assert found["annotation"]["size"] == {"height": 1600, "width": 1280}
    assert objects(found) == [("person", 0.869140625), ("horse", 0.87109375)]


def test_the_oranges_are_what_the_seed_printed(fake: Caller) -> None:
    found = fake.ask("inference_image_id", image_id=ORANGES)["annotation"]
    assert found["size"] == {"height": 800, "width": 1067}
    assert found["objects"][0]["points"] == {"exterior": [[522, 114], [814, 381]], "interior": []}
    assert (found["tags"], found["description"], found["customBigData"]) == ([], "", {})


def test_a_prediction_by_id_has_every_key_and_says_whose_it_is(fake: Caller) -> None:
    found = fake.ask("inference_image_id", image_id=RIDER)
    assert found.keys() == KEYS
    ids = {key: found[key] for key in ("image_id", "dataset_id", "project_id", "name", "image_name", "video_id")}
    assert ids == {
        "image_id": RIDER, "dataset_id": PICTURES_DATASET_ID, "project_id": PICTURES_PROJECT_ID,
        "name": IMAGES[RIDER], "image_name": IMAGES[RIDER], "video_id": None,
    }  # fmt: skip


def test_a_prediction_by_file_has_every_key_and_no_origin(fake: Caller, rider: bytes) -> None:
    found = fake.upload("inference_image", rider).json()
    assert found.keys() == KEYS
    assert {key for key in KEYS if found[key] is not None} == {"annotation", "slides_data", "data"}


def test_one_content_gets_one_answer_by_id_by_file_and_under_any_name(fake: Caller, rider: bytes) -> None:
    by_id = fake.ask("inference_image_id", image_id=RIDER)["annotation"]
    by_file = [fake.upload("inference_image", rider, names=(name,)).json() for name in ("a.jpg", "b.txt")]
    assert [one["annotation"] for one in by_file] == [by_id, by_id]


@pytest.mark.parametrize("key", ["image_id", "imageId"])
@pytest.mark.parametrize("route", ID_ROUTES)
def test_an_image_id_has_two_names(fake: Caller, route: str, key: str) -> None:
    assert fake.post(route, {key: RIDER}).status_code == 200


@pytest.mark.parametrize("key", ["batch_ids", "image_ids", "images_ids", "imageIds"])
def test_a_list_of_ids_has_four_names(fake: Caller, key: str) -> None:
    assert [one["image_id"] for one in fake.ask("inference_batch_ids", {key: [RIDER]})] == [RIDER]
    assert [one["image_id"] for one in finished(fake, "inference_batch_ids_async", **{key: [RIDER]})] == [RIDER]


@pytest.mark.parametrize("key", ["image_id", "imageId"])
def test_one_id_where_a_list_is_expected_is_a_list_of_one(fake: Caller, key: str) -> None:
    assert len(fake.ask("inference_batch_ids", {key: RIDER})) == 1


def test_a_batch_keeps_the_order_of_its_ids_and_answers_a_repeated_one_twice(fake: Caller) -> None:
    ids = [TABLE, RIDER, TABLE]
    assert [one["image_id"] for one in fake.ask("inference_batch_ids", batch_ids=ids)] == ids
    assert [one["image_id"] for one in finished(fake, "inference_batch_ids_async", batch_ids=ids)] == ids


def test_an_empty_batch_is_an_empty_answer_and_a_finished_job(fake: Caller) -> None:
    assert fake.ask("inference_batch_ids", batch_ids=[]) == []
    uuid = fake.start("inference_batch_ids_async", batch_ids=[])
    assert fake.poll("get_inference_progress", uuid)["finished"] is True


def test_one_unknown_id_refuses_the_whole_batch(fake: Caller, refused: Refused) -> None:
    text = refused(fake.post("inference_batch_ids", batch_ids=[RIDER, 999]), 404)
    assert "image id 999" in text


@pytest.mark.parametrize(
    ("route", "keys"),
    [
        ("inference_image_id_async", {"image_id": 999}),
        ("inference_batch_ids_async", {"batch_ids": [RIDER, 999]}),
        ("inference_project_id_async", {"projectId": 999}),
        ("inference_video_id_async", {"videoId": 999}),
    ],
)
def test_an_unknown_id_given_to_a_job_is_a_job_in_stage_error(fake: Caller, route: str, keys: dict[str, Any]) -> None:
    poll = fake.poll("get_inference_progress", fake.start(route, **keys))
    assert (poll["stage"], poll["finished"], poll["is_inferring"]) == ("Error", True, False)
    assert poll["exception"].keys() == {"type", "message", "traceback"}
    assert "999" in poll["exception"]["message"]
    assert poll["exception"]["traceback"].startswith("Traceback")


def test_a_failed_job_can_be_popped_stopped_and_cleared(fake: Caller) -> None:
    uuid = fake.start("inference_video_id_async", videoId=999)
    popped = fake.poll("pop_inference_results", uuid)
    assert (popped["pending_results"], popped["stage"]) == ([], "Error")
    assert fake.poll("get_inference_result", uuid) is None
    assert fake.poll("stop_inference", uuid)["success"] is True
    assert fake.poll("clear_inference_request", uuid) == {"success": True}


@pytest.mark.parametrize("key", ["projectId", "project_id"])
def test_a_project_job_infers_its_pictures(fake: Caller, key: str) -> None:
    found = finished(fake, "inference_project_id_async", **{key: PICTURES_PROJECT_ID})
    assert [one["image_id"] for one in found] == sorted(IMAGES)
    assert [one["image_name"] for one in found] == [IMAGES[image_id] for image_id in sorted(IMAGES)]


@pytest.mark.parametrize(("datasets", "length"), [([PICTURES_DATASET_ID], len(IMAGES)), ([1], 0), ([], 0), (None, 4)])
def test_a_project_job_may_name_datasets(fake: Caller, datasets: list[int] | None, length: int) -> None:
    keys = {"projectId": PICTURES_PROJECT_ID, "dataset_ids": datasets}
    assert len(finished(fake, "inference_project_id_async", **keys)) == length


def test_a_project_job_infers_no_picture_of_another_project(fake: Caller) -> None:
    assert finished(fake, "inference_project_id_async", projectId=VIDEOS_PROJECT_ID) == []


def test_a_higher_threshold_keeps_a_subset(fake: Caller) -> None:
    everything = objects(fake.ask("inference_image_id", image_id=TABLE))
    some = objects(fake.ask("inference_image_id", image_id=TABLE, settings={"conf_thres": 0.7}))
    assert [name for name, _ in some] == ["cup", "spoon"]
    assert set(some) < set(everything)


def test_classes_filter_on_every_way_in(fake: Caller, rider: bytes) -> None:
    settings = {"classes": ["horse"]}
    by_id = fake.ask("inference_image_id", image_id=RIDER, settings=settings)
    by_file = fake.upload("inference_image", rider, settings=settings).json()
    (by_job,) = finished(fake, "inference_image_id_async", image_id=RIDER, settings=settings)
    assert {str(objects(one)) for one in (by_id, by_file, by_job)} == {"[('horse', 0.87109375)]"}


@pytest.mark.parametrize("inside", [True, False])
def test_a_rectangle_crops_beside_the_settings_and_inside_them(fake: Caller, inside: bool) -> None:
    rectangle = {"rectangle": {"points": {"exterior": [[0, 0], [1279, 300]], "interior": []}}}
    keys = {"settings": rectangle} if inside else rectangle
    found = fake.ask("inference_image_id", image_id=RIDER, **keys)["annotation"]
    assert [one["points"]["exterior"] for one in found["objects"]] == [[[764, 272], [1062, 300]]]
    assert found["size"] == {"height": 1600, "width": 1280}


def test_an_unknown_setting_is_accepted_with_one_warning_that_names_the_nearest(
    fake: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        fake.ask("inference_image_id", image_id=RIDER, settings={"conf_tres": 0.9})
    warned = [one for one in caplog.records if "conf_tres" in one.getMessage()]
    assert [one.levelno for one in warned] == [logging.WARNING]
    assert "did you mean 'conf_thres'?" in warned[0].getMessage()


def test_the_url_of_the_world_is_its_picture(fake: Caller) -> None:
    found = fake.ask("inference_image_url", image_url=URL)
    assert found["annotation"]["size"] == {"height": 512, "width": 387}
    assert objects(found) == [("person", 0.931640625)]
    assert found.keys() == KEYS
    assert found["image_id"] is None


def test_any_other_url_is_answered_with_a_warning_and_never_fetched(
    fake: Caller, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as trap:
        url = f"http://127.0.0.1:{trap.getsockname()[1]}/street.jpg"
        answers = [fake.ask("inference_image_url", image_url=url) for _ in range(2)]
        trap.setblocking(False)
        with pytest.raises(BlockingIOError):
            trap.accept()
    assert answers[0] == answers[1]
    assert len([one for one in caplog.records if "nothing was fetched" in one.getMessage()]) == 1


def test_two_urls_have_two_answers(fake: Caller) -> None:
    answers = [fake.ask("inference_image_url", image_url=f"https://a.example/{at}.jpg") for at in range(2)]
    assert answers[0] != answers[1]


def test_an_added_image_is_inferred_by_its_id_as_by_its_bytes(fake: Caller, png: Png) -> None:
    content = png(64, 48)
    image_id = fake.server.add_image(content, "mine.png")
    by_id = fake.ask("inference_image_id", image_id=image_id)
    assert (by_id["name"], by_id["annotation"]["size"]) == ("mine.png", {"height": 48, "width": 64})
    assert by_id["annotation"] == fake.upload("inference_image", content).json()["annotation"]


def test_the_seed_changes_what_is_not_labelled_and_nothing_else(start: Start, rider: bytes, png: Png) -> None:
    answers = [
        [fake.upload("inference_image", one).json() for one in (rider, png(300, 200))]
        for fake in (start(seed=0), start(seed=1), start(seed=1))
    ]
    assert answers[1] == answers[2]
    assert answers[0][0] == answers[1][0]
    assert answers[0][1] != answers[1][1]
