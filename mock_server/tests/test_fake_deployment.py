"""A deployment by itself: what it is without parameters and without models to choose from."""

from typing import Any

import pytest

from modeldouble_server.deployment import Deployment, Freezing
from modeldouble_server.refusal import Refused

CUSTOM: dict[str, Any] = {"model_source": "Custom models", "model_files": {"checkpoint": "a/b.pt"}, "model_info": {}}


def test_a_model_that_was_not_deployed_by_parameters_cannot_be_frozen() -> None:
    # So it was seen on a real app whose model was loaded by its own code.
    deployment = Deployment({"device": "cuda", "deploy_params": {}}, [])
    assert deployment.freeze() is Freezing.FAILED
    assert deployment.told()["device"] == "cuda"


def test_without_a_default_the_device_is_the_cpu() -> None:
    deployment = Deployment({}, [])
    deployment.deploy(CUSTOM, None)
    assert deployment.told()["device"] == "cpu"


def test_a_name_beside_the_meta_is_a_name_too() -> None:
    known = {"model_name": "Small", "meta": {"model_files": {"checkpoint": "small.pt"}}}
    deployment = Deployment({}, [known])
    deployment.deploy({"model_source": "Pretrained models"}, "small")
    assert deployment.names() == ["Small"]
    assert deployment.told()["model_name"] == "Small"


def test_where_nothing_can_be_deployed_by_name_the_refusal_says_so() -> None:
    with pytest.raises(Refused, match="this app can deploy no model"):
        Deployment({}, []).deploy({"model_source": "Pretrained models"}, "any")


def test_what_was_told_is_a_copy() -> None:
    deployment = Deployment({"device": "cuda"}, [])
    deployment.told()["device"] = "elsewhere"
    assert deployment.told()["device"] == "cuda"
