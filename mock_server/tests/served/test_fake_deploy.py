"""What is deployed and where, over HTTP: what can be deployed, deploy, freeze."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from requests import Response

    from tests.served.conftest import Caller, Start

    Refused = Callable[[Response, int], str]

FILES = {"checkpoint": "https://models.example/best.pt"}
PRETRAINED = {"model_source": "Pretrained models"}
CUSTOM = {"model_source": "Custom models", "model_files": FILES}
DEPLOYED = {"result": "model was successfully deployed"}
FROZEN = {"message": "Model is frozen."}
NOT_FROZEN = {"message": "Failed to freeze model. Check the logs for details."}


def deploy(fake: Caller, params: Any, **more: Any) -> dict[str, Any]:
    """Deploy, and give the deploy info afterwards."""
    assert fake.ask("deploy_from_api", deploy_params=params, **more) == DEPLOYED
    info: dict[str, Any] = fake.ask("get_deploy_info")
    return info


def test_the_pretrained_models_are_listed_by_name_and_with_what_is_known_of_them(fake: Caller) -> None:
    names = fake.ask("list_pretrained_models")
    infos = fake.ask("list_pretrained_model_infos")
    assert names == ["yolov5n", "yolov5s", "yolov5m", "yolov5l", "yolov5x"]
    assert [one["meta"]["model_name"] for one in infos] == names
    assert {one["meta"]["task_type"] for one in infos} == {fake.ask("get_session_info")["task type"]}


def test_deploy_settings_describe_the_parameters(fake: Caller) -> None:
    told = fake.ask("get_deploy_settings")
    assert [one["name"] for one in told] == ["model_files", "model_info", "model_source", "device", "runtime"]
    assert {frozenset(one) for one in told} == {frozenset(("name", "type", "default", "doc"))}


def test_a_pretrained_model_is_deployed_by_name_in_any_case(fake: Caller) -> None:
    info = deploy(fake, {**PRETRAINED, "device": "cuda:1", "extra": 1}, model_name="YOLOv5m")
    known = fake.ask("list_pretrained_model_infos")[2]
    files = known["meta"]["model_files"]
    assert (info["model_name"], info["checkpoint_name"], info["device"]) == ("yolov5m", "yolov5m.pt", "cuda:1")
    assert (info["checkpoint_url"], info["custom_checkpoint_path"]) == (files["checkpoint"], None)
    more = {"model_info": known, "model_files": files, "runtime": "PyTorch", "device": "cuda:1", "extra": 1}
    assert info["deploy_params"] == {**PRETRAINED, **more}


def test_a_custom_model_is_deployed_with_its_files(fake: Caller) -> None:
    info = deploy(fake, {**CUSTOM, "model_info": {"model_name": "mine", "framework_name": "F"}})
    assert (info["model_name"], info["architecture"], info["model_source"]) == ("mine", "F", "Custom models")
    assert (info["checkpoint_name"], info["custom_checkpoint_path"]) == ("best.pt", FILES["checkpoint"])
    assert (info["checkpoint_url"], info["model_precision"], info["task_type"]) == (None, "FP32", "object detection")


def test_an_external_model_has_no_name_of_its_own(fake: Caller) -> None:
    info = deploy(fake, {"model_source": "External models", "model_files": FILES, "model_info": {}})
    assert (info["model_name"], info["custom_checkpoint_path"]) == ("External Model", FILES["checkpoint"])


def test_device_and_runtime_have_defaults_and_workflow_is_no_parameter(fake: Caller) -> None:
    info = deploy(fake, {**PRETRAINED, "without_workflow": True, "runtime": None}, model_name="yolov5s")
    assert (info["device"], info["runtime"]) == ("cuda", "PyTorch")
    assert set(info["deploy_params"]) == {"model_source", "model_files", "model_info", "device", "runtime"}


def test_a_deployment_is_told_not_to_change_the_predictions(fake: Caller, caplog: pytest.LogCaptureFixture) -> None:
    before = fake.ask("inference_image_id", image_id=171250)
    deploy(fake, PRETRAINED, model_name="yolov5x")
    assert fake.ask("inference_image_id", image_id=171250) == before
    assert "goes on predicting as before" in caplog.text


def test_deployed_is_said_before_and_after(fake: Caller) -> None:
    before = fake.ask("is_deployed"), fake.ask("get_status")
    deploy(fake, PRETRAINED, model_name="yolov5n")
    fake.ask("freeze_model")
    assert (fake.ask("is_deployed"), fake.ask("get_status")) == before
    assert (before[0]["deployed"], before[1]["is_deployed"]) == (True, True)


@pytest.mark.parametrize(
    ("state", "named"),
    [
        ({}, "deploy_params"),
        ({"deploy_params": [PRETRAINED]}, "deploy_params"),
        ({"deploy_params": {}}, "model_source"),
        ({"deploy_params": {**CUSTOM, "model_source": "nope", "model_info": {}}}, "model_source"),
        ({"deploy_params": {**CUSTOM, "model_source": ["Custom models"], "model_info": {}}}, "model_source"),
        ({"deploy_params": PRETRAINED}, "model_files"),
        ({"deploy_params": PRETRAINED, "model_name": "yolov9"}, "yolov5n, yolov5s"),
        ({"deploy_params": PRETRAINED, "model_name": 5}, "model_name"),
        ({"deploy_params": CUSTOM}, "model_info"),
        ({"deploy_params": {**CUSTOM, "model_files": {}, "model_info": {}}}, "model_files.checkpoint"),
        ({"deploy_params": {**CUSTOM, "model_info": {}, "device": 0.5}}, "device"),
        ({"deploy_params": {**CUSTOM, "model_info": {}, "runtime": ["PyTorch"]}}, "runtime"),
    ],
    ids=str,
)
def test_a_deployment_that_is_refused_leaves_the_last_one(
    fake: Caller, refused: Refused, state: dict[str, Any], named: str
) -> None:
    # The real app of 6.74.51 answers 500 and has no model from then on.
    before = fake.ask("get_deploy_info")
    assert named in refused(fake.post("deploy_from_api", state), 400)
    assert fake.ask("get_deploy_info") == before
    assert fake.ask("is_deployed")["deployed"] is True


def test_a_frozen_model_is_on_the_cpu_and_its_parameters_say_where_it_was(fake: Caller) -> None:
    assert fake.ask("freeze_model") == FROZEN
    info = fake.ask("get_deploy_info")
    assert (info["device"], info["deploy_params"]["device"]) == ("cpu", "cuda")
    assert fake.ask("freeze_model") == {"message": "Model is already frozen."}


def test_the_next_inference_thaws_the_model(fake: Caller) -> None:
    fake.ask("freeze_model")
    fake.ask("inference_image_id", image_id=171250)
    assert fake.ask("get_deploy_info")["device"] == "cuda"
    assert fake.ask("freeze_model") == FROZEN


def test_a_job_thaws_the_model_when_it_starts(fake: Caller) -> None:
    fake.ask("freeze_model")
    fake.start("inference_video_id_async", videoId=18635803)
    assert fake.ask("get_deploy_info")["device"] == "cuda"


@pytest.mark.parametrize("count", [0, 3])
def test_what_infers_nothing_does_not_thaw(fake: Caller, count: int) -> None:
    fake.ask("freeze_model")
    for _ in range(count):
        fake.ask("get_session_info")
    fake.start("inference_video_id_async", videoId=18635803, framesCount=0)
    assert fake.ask("get_deploy_info")["device"] == "cpu"


@pytest.mark.parametrize("place", [{"device": "cpu"}, {"device": "cuda", "runtime": "ONNXRuntime"}])
def test_what_is_on_the_cpu_or_not_of_pytorch_cannot_be_frozen(fake: Caller, place: dict[str, str]) -> None:
    deploy(fake, {**CUSTOM, "model_info": {}, **place})
    assert fake.ask("freeze_model") == NOT_FROZEN
    assert fake.ask("get_deploy_info")["device"] == place["device"]


def test_a_new_deployment_is_not_frozen(fake: Caller) -> None:
    fake.ask("freeze_model")
    assert deploy(fake, PRETRAINED, model_name="yolov5n")["device"] == "cuda"


def test_two_servers_deploy_and_freeze_apart(start: Start) -> None:
    one, other = start(), start()
    deploy(one, PRETRAINED, model_name="yolov5n")
    one.ask("freeze_model")
    assert other.ask("get_deploy_info")["checkpoint_name"] == "yolov5s"
    assert other.ask("get_deploy_info")["device"] == "cuda"
