"""docs/migration.md has a row for every public method of the official client, and for none that it lacks."""

from importlib import import_module
from importlib.metadata import version

import pytest

from ..migration import TITLES, rows

RELEASE = "6.74.51"
CLASSES = {
    "SessionJSON and Session": (
        "supervisely.nn.inference.session:SessionJSON",
        "supervisely.nn.inference.session:Session",
    ),
    "ModelAPI": ("supervisely.nn.model.model_api:ModelAPI",),
    "PredictionSession": ("supervisely.nn.model.prediction_session:PredictionSession",),
    "Prediction": ("supervisely.nn.model.prediction:Prediction",),
    "NeuralNetworkApi": ("supervisely.api.nn.neural_network_api:NeuralNetworkApi",),
}
pytestmark = pytest.mark.skipif(version("supervisely") != RELEASE, reason=f"the page is about {RELEASE}")


def public(*places: str) -> set[str]:
    """Public names of classes."""
    found: set[str] = set()
    for place in places:
        module, _, name = place.partition(":")
        found |= {one for one in dir(getattr(import_module(module), name)) if not one.startswith("_")}
    return found


@pytest.mark.parametrize("title", TITLES)
def test_every_method_has_a_row_and_every_row_a_method(title: str) -> None:
    told = [row.official for row in rows(title)]
    assert sorted(told) == sorted(public(*CLASSES[title]))


def test_a_class_has_public_names() -> None:
    assert "inference_image_id" in public(*CLASSES["SessionJSON and Session"])
    assert not any(name.startswith("_") for name in public(*CLASSES["ModelAPI"]))
