"""The newest face of the official client, `api.nn.connect(...)`, against the fake."""

from typing import Any

from supervisely.nn.model.model_api import ModelAPI

import modeldouble_server


def names(prediction: Any) -> list[str]:
    return [label.obj_class.name for label in prediction.annotation.labels]


def test_a_model_is_known_by_its_url(fake: modeldouble_server.Server) -> None:
    model = ModelAPI(url=fake.session_url)
    assert model.get_info()["model_name"] == "YOLOv5"
    assert model.is_deployed()
    assert model.status()["is_deployed"] is True


def test_image_ids_are_predicted(api: Any, fake: modeldouble_server.Server) -> None:
    predictions = api.nn.connect(fake.task_id).predict(image_id=[171250, 17551748])
    assert [names(one) for one in predictions] == [["person", "horse"], ["orange"]]


def test_a_file_is_predicted(api: Any, fake: modeldouble_server.Server, photographs: list[str]) -> None:
    # One file: a list of files is a TypeError inside the official client of this release.
    [prediction] = api.nn.connect(fake.task_id).predict(input=photographs[1])
    assert names(prediction) == ["cat"]


def test_a_confidence_acts(api: Any, fake: modeldouble_server.Server) -> None:
    predictions = api.nn.connect(fake.task_id).predict(image_id=[171250], conf=0.87)
    assert [names(one) for one in predictions] == [["horse"]]


def test_a_video_is_predicted_with_the_number_of_frames_asked_for(api: Any, fake: modeldouble_server.Server) -> None:
    predictions = api.nn.connect(fake.task_id).predict(video_id=18635803, start_frame=2, num_frames=3)
    assert [one.frame_index for one in predictions] == [2, 3, 4]
