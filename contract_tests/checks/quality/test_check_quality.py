"""The ground_truth predictor meets its profiles on the fixture set, as pycocotools measures it."""

from typing import Any

import pytest

from modeldouble_server.predict.ground_truth import PROFILES, read_ground_truth, read_profile
from modeldouble_server.scene import Predictor

from .judge import Quality, answered, calibration_error, judged, masks
from .shapes import SET, dataset
from .table import PAGE, SEEDS, measure, written

TOLERANCE = 0.02
Qualities = dict[tuple[str, int], Quality]


@pytest.fixture(scope="module")
def qualities() -> Qualities:
    return measure()


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_profile_is_met(qualities: Qualities, name: str, seed: int) -> None:
    quality, profile = qualities[name, seed], PROFILES[name]
    assert quality.map == pytest.approx(profile.map, abs=TOLERANCE)
    assert quality.map_masks == pytest.approx(profile.map, abs=TOLERANCE)
    assert quality.recall == pytest.approx(profile.recall, abs=TOLERANCE)
    assert quality.precision == pytest.approx(profile.precision, abs=TOLERANCE)
    assert quality.calibration_error < TOLERANCE


def test_the_page_has_the_measured_figures(qualities: Qualities) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert written(page, qualities) == page, "run python -m contract_tests.checks.quality.table"


def _answers(model: Predictor) -> list[dict[str, Any]]:
    return answered(dataset(), lambda query: model.predict(query).objects)


def perfect(confidence: float = 0.9) -> list[dict[str, Any]]:
    """The labels themselves as detections."""
    found = []
    for one in dataset()["annotations"]:
        left, top, width, height = one["bbox"]
        ring = [left, top, left + width, top, left + width, top + height, left, top + height]
        pixels = one["segmentation"] or [ring]
        if isinstance(pixels, list):
            pixels = masks.merge(masks.frPyObjects(pixels, 240, 320))
        head = {key: one[key] for key in ("image_id", "category_id", "bbox")}
        found.append({**head, "segmentation": pixels, "score": confidence})
    return found


def test_the_judge_finds_the_labels_themselves_perfect() -> None:
    quality = judged(dataset(), perfect(), 0.25)
    assert quality[:4] == pytest.approx((1.0, 1.0, 1.0, 1.0))
    assert quality.calibration_error == pytest.approx(0.1)


def test_the_judge_sees_half_of_them_missing_and_half_of_them_wrong() -> None:
    found = perfect()
    half = judged(dataset(), found[::2], 0.25)
    assert half.recall == pytest.approx(0.5, abs=0.002)
    assert half.precision == 1.0
    wrong = [{**one, "category_id": one["category_id"] % 7 + 1} if at % 2 else one for at, one in enumerate(found)]
    assert judged(dataset(), wrong, 0.25).precision == pytest.approx(0.5, abs=0.01)


def test_the_judge_looks_at_the_threshold() -> None:
    found = [{**one, "score": 0.2 if at % 2 else 0.9} for at, one in enumerate(perfect())]
    assert judged(dataset(), found, 0.25).recall == pytest.approx(0.5, abs=0.002)


def test_the_error_of_confidences_is_weighted_by_bins() -> None:
    assert calibration_error([(0.75, True), (0.75, True), (0.75, True), (0.75, False)]) == 0.0
    assert calibration_error([(0.95, False), (0.95, False), (0.05, False), (0.05, False)]) == pytest.approx(0.5)
    assert calibration_error([]) == 0.0


@pytest.mark.parametrize("size", ["small", "large"])
def test_a_size_has_a_recall_of_its_own(size: str) -> None:
    profile = read_profile({"recall": 0.8, "by_size": {size: {"recall": 0.4}}, "box_jitter": 0.02})
    _, model = read_ground_truth(SET, profile, 1)
    found = [one for one in _answers(model) if one["score"] >= 0.25]
    areas = [one["area"] for one in dataset()["annotations"]]
    wanted = [one for one in dataset()["annotations"] if (one["area"] < 32**2 if size == "small" else
                                                          one["area"] >= 96**2)]  # fmt: skip
    assert 30 < len(wanted) < 0.6 * len(areas)
    part = judged({**dataset(), "annotations": wanted}, found, 0.25)
    assert part.recall == pytest.approx(0.4, abs=2 / len(wanted))


def test_a_confused_class_is_found_as_the_other() -> None:
    profile = read_profile({"recall": 0.7, "precision": 0.7, "box_jitter": 0.05, "confusion": {"tent": {"star": 0.2}}})
    _, model = read_ground_truth(SET, profile, 0)
    titles = {one["id"]: one["name"] for one in dataset()["categories"]}
    tents = [one for one in dataset()["annotations"] if titles[one["category_id"]] == "tent"]
    stars = [one for one in _answers(model)
             if titles[one["category_id"]] == "star"]  # fmt: skip
    mistaken = [one for tent in tents for one in stars if _close(one, tent)]
    assert len(mistaken) == pytest.approx(0.2 * len(tents), abs=1)


def _close(one: dict[str, Any], label: dict[str, Any]) -> bool:
    (x, y, width, height), (x1, y1, width1, height1) = one["bbox"], label["bbox"]
    across, down = min(x + width, x1 + width1) - max(x, x1), min(y + height, y1 + height1) - max(y, y1)
    both = max(0, across) * max(0, down)
    inside = both / (width * height + width1 * height1 - both) > 0.5
    return bool(one["image_id"] == label["image_id"] and inside)


def test_nothing_is_left_for_suppression_to_take_away() -> None:
    for name, profile in PROFILES.items():
        _, model = read_ground_truth(SET, profile, 0)
        found = _answers(model)
        for at, one in enumerate(found):
            assert not [other for other in found[:at] if other["category_id"] == one["category_id"]
                        and _close(one, other)], name  # fmt: skip


def test_a_detection_in_cocos_format_has_its_last_pixel() -> None:
    _, model = read_ground_truth(SET, PROFILES["good"], 0)
    [first, *_] = _answers(model)
    assert set(first) == {"image_id", "category_id", "bbox", "score", "segmentation"}
    assert all(isinstance(value, int) for value in first["bbox"])
