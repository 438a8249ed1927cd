"""Stubs over the admin API: the form of scenario files, but for content, of which no file is read."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from .conftest import Caller

PICTURE = files("modeldouble_server").joinpath("data/world/171250.jpg").read_bytes()
SHA256 = hashlib.sha256(PICTURE).hexdigest()
BOX = {"class": "person", "box": [1, 2, 30, 40]}
STUBS = "models/1/stubs"


def classes(caller: Caller, name: str = "a.jpg") -> list[str]:
    """What is seen in the picture."""
    return [one["classTitle"] for one in caller.infer(name).json()["annotation"]["objects"]]


def test_a_stub_answers_and_is_told_in_words(fake: Caller) -> None:
    made = fake.ask("POST", STUBS, {"when": {"image": "a.jpg"}, "predict": [BOX]}, 201)
    assert made == {
        "number": 1,
        "when": "when(image='a.jpg')",
        "uses": 0,
        "live": True,
        "answers": ["1 objects: person"],
    }
    assert classes(fake) == ["person"]
    assert fake.ask("GET", STUBS)["stubs"] == [{**made, "uses": 1}]


@pytest.mark.parametrize("content", [{"sha256": SHA256}, {"base64": base64.b64encode(PICTURE).decode()}])
def test_content_is_meant_whatever_its_name(fake: Caller, content: dict[str, str]) -> None:
    fake.ask("POST", STUBS, {"when": {"image": content}, "predict": [BOX]}, 201)
    assert classes(fake, "any.jpg") == ["person"]
    fake.post("inference_image_id", image_id=17551748)
    assert len(fake.ask("GET", "models/1/misses")["misses"]) == 1


def test_what_comes_then_comes_then(fake: Caller) -> None:
    then = [{"predict": [{**BOX, "class": "car"}], "times": 1}, {"raises": {"type": "RuntimeError"}}]
    made = fake.ask("POST", STUBS, {"when": {}, "predict": [BOX], "once": True, "then": then}, 201)
    assert made["answers"] == ["1 objects: person", "1 objects: car", "raises RuntimeError"]
    assert [classes(fake), classes(fake), fake.infer().status_code] == [["person"], ["car"], 500]


def test_a_class_that_the_meta_lacks_joins_it(fake: Caller) -> None:
    fake.ask("POST", STUBS, {"when": {}, "predict": [{**BOX, "class": "dodo"}]}, 201)
    meta = fake.post("get_output_classes_and_tags").json()
    assert "dodo" in [one["title"] for one in meta["classes"]]


@pytest.mark.parametrize(("body", "text"), [
    ({"predict": []}, "'when' is missing"), ({"when": {}}, "give exactly one of predict"),
    ({"when": {"image": {"file": "/etc/passwd"}}, "predict": []}, "when.image.file: key 'file' is unknown"),
    ({"when": {"image": "/etc/passwd"}, "predict": []}, "a str is a name as it is sent"),
    ({"when": {}, "annotation": "/etc/passwd"}, "annotation: is '/etc/passwd'; give a mapping"),
    ({"when": {"image": {"sha256": "AB"}}, "predict": []}, "when.image.sha256: is 'AB'"),
    ({"when": {"image": {"base64": "%%%%"}}, "predict": []}, "when.image.base64 is no base64"),
    ({"when": {"image": {}}, "predict": []}, "exactly one of sha256, base64"),
    ({"when": {"settings": 1}, "predict": []}, "when.settings: is 1"),
    ({"when": {"imag": "x"}, "predict": []}, "did you mean 'image'"),
    ({"when": {}, "predict": [{"class": "a", "box": [3, 3, 1, 1]}]}, "predict[0]"),
    ({"when": {}, "predict": [], "then": [{"predict": [{"class": "a"}]}]}, "then[0].predict[0]"),
    ({"when": {}, "predict": [], "raises": {"type": "E"}}, "predict and raises"),
    ({"when": {}, "predict": [{"class": "a", "mask": {"size": [10**5, 10**5], "counts": [1]}}]}, "pixels"),
    ({"when": {}, "annotation": {"objects": [{"classTitle": "a", "geometryType": "bitmap"}]}}, "annotation"),
])  # fmt: skip
def test_a_stub_that_cannot_be_leaves_nothing_behind(fake: Caller, body: dict[str, Any], text: str) -> None:
    assert text in fake.refused(400, "POST", STUBS, body)
    assert fake.ask("GET", STUBS) == {"stubs": []}
    assert fake.ask("GET", "models/1/unused") == {"unused": [], "count": 0}
    assert fake.infer().status_code == 200


def test_one_stub_is_taken_away(fake: Caller) -> None:
    for name in ("a.jpg", "b.jpg"):
        fake.ask("POST", STUBS, {"when": {"image": name}, "predict": [BOX]}, 201)
    assert fake.ask("DELETE", f"{STUBS}/1") == {"removed": 1}
    assert [one["number"] for one in fake.ask("GET", STUBS)["stubs"]] == [2]
    assert fake.infer("b.jpg").status_code == 200
    assert fake.ask("GET", "models/1")["counts"]["stubs"] == 1


@pytest.mark.parametrize("number", ["2", "0", "x", "-1"])
def test_a_stub_that_is_not_there_is_a_404(fake: Caller, number: str) -> None:
    fake.ask("POST", STUBS, {"when": {}, "predict": []}, 201)
    fake.refused(404, "DELETE", f"{STUBS}/{number}")


def test_all_are_taken_away_with_the_misses(fake: Caller) -> None:
    with fake.server.add_model() as model:
        model.when(image="b.jpg").predict()
        assert fake.infer("a.jpg", model.session_url).status_code == 400
        assert fake.ask("GET", "models/2")["counts"] == {
            **fake.ask("GET", "models/2")["counts"],
            "stubs": 1,
            "misses": 1,
        }
        assert fake.ask("DELETE", "models/2/stubs") == {"removed": 1}
        assert fake.ask("GET", "models/2/misses") == {"misses": [], "count": 0}
        assert fake.infer("a.jpg", model.session_url).status_code == 200


def test_stubs_of_one_model_are_not_those_of_another(fake: Caller) -> None:
    fake.ask("POST", "models", {}, 201)
    fake.ask("POST", STUBS, {"when": {}, "predict": []}, 201)
    assert fake.ask("GET", "models/2/stubs") == {"stubs": []}


def test_a_miss_is_told_with_the_nearest_stub(fake: Caller) -> None:
    with fake.server.add_model() as model:
        model.when(image="b.jpg").predict()
        fake.infer("a.jpg", model.session_url)
        [miss] = fake.ask("GET", "models/2/misses")["misses"]
        assert (miss["call"], miss["tied"], "'b.jpg' expected, 'a.jpg' sent" in miss["text"]) == (1, False, True)
        assert fake.ask("GET", "models/2/unused?most=1")["unused"] == ["when(image='b.jpg') (stub 1) was never used"]
        model.reset()
