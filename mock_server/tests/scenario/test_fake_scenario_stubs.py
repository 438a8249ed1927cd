"""Stubs of a scenario: what the file says is what `when` and `predict` would be given."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modeldouble_server.scenario.build import Built, build
from modeldouble_server.scenario.stubbed import Told
from modeldouble_server.scene import Answer, Graph, Mask, Origin, Polygon, Query, Subject, Tag
from modeldouble_server.stubs import Raised, Tied, Unmatched

Complaints = Callable[[str], list[str]]
Made = Callable[[str], Built]
HEAD = "models:\n  - preset: detection\n    stubs:\n"


def asked(name: str | None = "a.jpg", sha256: str = "ab" * 32, frame: int | None = None, **more: Any) -> Query:
    sent = more.pop("sent", {})
    return Query(Subject(sha256, 640, 480, frame), sent, sent, Origin("inference_image", name, **more))


def told(built: Built) -> Told:
    predictor = built.models[0].spec.predictor
    assert isinstance(predictor, Told)
    return predictor


def answer(stubs: Told, query: Query, call: int = 1) -> Answer:
    return stubs.predict(query._replace(turns=stubs.take(query, call)))


def names(found: Answer) -> list[str]:
    return [one.class_name for one in found.objects]


def test_every_shape_is_read(made: Made) -> None:
    shapes = (
        "box: [1, 2, 3, 4]", "polygon: [[1, 1], [9, 1], [9, 9]], holes: [[[2, 2], [3, 2], [3, 3]]]",
        "mask: {size: [2, 3], counts: [1, 2, 3]}, origin: [5, 6]", "keypoints: {nose: [7, 8]}",
    )  # fmt: skip
    objects = "".join(f"          - {{class: a, {one}, tags: {{speed: 2}}}}\n" for one in shapes)
    found = answer(told(made(f"{HEAD}      - when: {{}}\n        predict:\n{objects}")), asked()).objects
    box, polygon, mask, keypoints = found
    assert (box.box, box.confidence, box.tags) == ((1, 2, 3, 4), 1.0, (Tag("speed", 2),))
    assert isinstance(polygon.geometry, Polygon)
    assert polygon.geometry.interior == (((2, 2), (3, 2), (3, 3)),)
    assert isinstance(mask.geometry, Mask)
    assert mask.geometry.box[:2] == (5, 6)
    assert keypoints.geometry == Graph((("nose", (7, 8)),))


@pytest.mark.parametrize(
    ("when", "hit", "miss"),
    [
        ("image: 'a*'", asked("a.jpg"), asked("b.jpg")),
        ("image_id: 5", asked(image_id=5), asked(image_id=6)),
        ("url: 'http://x/*'", asked(None, url="http://x/1"), asked(None, url="http://y/1")),
        ("video_id: 5", asked(video_id=5, frames=range(3)), asked(video_id=6, frames=range(3))),
        ("video: v.mp4", asked("v.mp4", frames=range(3)), asked("w.mp4", frames=range(3))),
        ("frames: 2", asked(frames=range(3)), asked(frames=range(2))),
        ("frames: [2, 4]", asked(frames=range(4, 9)), asked(frames=range(5, 9))),
        ("route: inference_image", asked(), asked()._replace(origin=Origin("inference_image_id"))),
        ("settings: {conf: 0.5}", asked(sent={"conf": 0.5, "x": 1}), asked(sent={"conf": 0.4})),
    ],
)  # fmt: skip
def test_every_condition_is_one(made: Made, when: str, hit: Query, miss: Query) -> None:
    stubs = told(made(f"{HEAD}      - when: {{{when}}}\n        predict: []\n    unmatched: refuse\n"))
    assert len(stubs.take(hit, 1)) == 1
    with pytest.raises(Unmatched):
        stubs.take(miss, 1)


def test_calls_are_counted_with_both_ends(made: Made) -> None:
    stubs = told(made(f"{HEAD}      - when: {{call: [2, 3]}}\n        predict: []\n"))
    assert [len(stubs.take(asked(), call)) for call in (1, 2, 3, 4)] == [0, 1, 1, 0]


def test_a_file_is_meant_by_its_content_relative_to_the_scenario(made: Made, tmp_path: Path) -> None:
    (tmp_path / "p.bin").write_bytes(b"content")
    stubs = told(made(f"{HEAD}      - when: {{image: {{file: p.bin}}}}\n        predict: []\n"))
    content = hashlib.sha256(b"content").hexdigest()
    assert len(stubs.take(asked("any.jpg", content), 1)) == 1
    assert stubs.take(asked("p.bin"), 2) == ()


def test_an_annotation_is_a_file_beside_the_scenario() -> None:
    stubs = told(build("example:stubs"))
    found = answer(stubs, asked(None, url="https://example.com/a.jpg", sent={"conf_thres": 0.5}))
    assert [(one.class_name, one.box, one.confidence) for one in found.objects] == [("cat", (100, 120, 300, 340), 0.8)]


def test_answers_follow_each_other(made: Made) -> None:
    text = f"""{HEAD}      - when: {{}}
        predict: [{{class: a, box: [1, 1, 2, 2]}}]
        times: 2
        then:
          - {{predict: [{{class: b, box: [1, 1, 2, 2]}}]}}
          - {{raises: {{type: ValueError, message: gone}}, once: true}}
"""
    stubs = told(made(text))
    assert [names(answer(stubs, asked())) for _ in range(3)] == [["a"], ["a"], ["b"]]
    with pytest.raises(Raised, match="gone"):
        answer(stubs, asked())
    assert stubs.take(asked(), 5) == ()


def test_where_no_stub_is_for_a_call_the_predictor_answers_unless_that_is_refused(made: Made) -> None:
    stub = "      - when: {image: x.jpg}\n        predict: []\n"
    lenient, strict = told(made(HEAD + stub)), told(made(f"{HEAD}{stub}    unmatched: refuse\n"))
    assert answer(lenient, asked()).objects
    with pytest.raises(Unmatched, match=r"image: 'x.jpg' expected, 'a.jpg' sent"):
        strict.take(asked(), 1)


def test_tags_alone_are_an_answer(made: Made) -> None:
    stubs = told(made(f"{HEAD}      - when: {{}}\n        tags: [indoor]\n"))
    assert answer(stubs, asked())[:2] == ((), (Tag("indoor"),))


@pytest.mark.parametrize(
    ("stub", "said"),
    [
        ("{when: {}}", "4: models[0].stubs[0]: has no answer; give exactly one of predict, annotation and raises"),
        ("{when: {}, predict: [], raises: {type: E}}", "4: models[0].stubs[0]: has predict and raises; give exactly"),
        ("{when: {}, predict: [], once: true, times: 2}", "4: models[0].stubs[0].times: once and times are both there"),
        ("{when: {}, predict: [{class: a, box: [9, 9, 1, 1]}]}",
         "4: models[0].stubs[0].predict[0]: box is [9, 9, 1, 1]; give left, top, right, bottom, not left, top, width,"),
        ("{when: {}, predict: [{class: a}]}", "4: models[0].stubs[0].predict[0]: 'a' has no shape; give one of"),
        ("{when: {}, raises: {type: a b}}", "4: models[0].stubs[0].raises: kind is 'a b'; give the name of an exc"),
        ("{when: {}, annotation: none.json}", "4: models[0].stubs[0].annotation: annotation "),
        ("{when: {image: {file: none.jpg}}, predict: []}", "4: models[0].stubs[0].when: image is "),
        ("{when: {frames: [4, 2]}, predict: []}", "4: models[0].stubs[0].when: frames is range(4, 3); give a range"),
    ],
)  # fmt: skip
def test_a_stub_that_cannot_be_meant_is_told_with_its_line(complaints: Complaints, stub: str, said: str) -> None:
    assert complaints(f"{HEAD}      - {stub}\n")[0].startswith(f"s.yaml:{said}")


def test_two_stubs_for_the_same_calls_are_a_tie_before_anything_is_asked(complaints: Complaints) -> None:
    stub = "      - {when: {image: a.jpg, settings: {a: 1, b: 2}}, predict: []}\n"
    other = "      - {when: {settings: {b: 2, a: 1}, image: a.jpg}, predict: []}\n"
    [line] = complaints(HEAD + stub + other)
    assert line.startswith(
        "s.yaml:5: models[0].stubs[1]: answers the same calls as stubs[0]: a tie, whatever is asked;"
    )


def test_a_tie_that_is_not_certain_is_left_to_the_calls(made: Made) -> None:
    stubs = told(
        made(f"{HEAD}      - {{when: {{image: 'a*'}}, predict: []}}\n      - {{when: {{image: '*g'}}, predict: []}}\n")
    )
    with pytest.raises(Tied):
        stubs.take(asked(), 1)
    assert len(stubs.take(asked("ab"), 2)) == 1


def generations(made: Made, how_many: int) -> list[Told]:
    found: list[Told] = []
    for number in range(how_many):
        text = f"{HEAD}      - {{when: {{}}, predict: [{{class: c{number}, box: [1, 1, 2, 2]}}]}}\n"
        one = Told(told(made(text)), generation=number)
        one.when().predict(f"c{number}", box=(1, 1, 2, 2))
        if found:
            one.succeed(found[-1])
        found.append(one)
    return found


def test_a_call_keeps_the_answer_of_the_stub_that_was_exchanged(made: Made) -> None:
    old, new = generations(made, 2)
    turns = old.take(asked(), 1)
    assert names(new.predict(asked()._replace(turns=turns))) == ["c0"]
    assert names(answer(new, asked())) == ["c1"]


def test_stubs_of_long_ago_are_forgotten(made: Made) -> None:
    all_of_them = generations(made, 12)
    kept, one = 0, all_of_them[-1].before
    while one is not None:
        kept, one = kept + 1, one.before
    assert kept == 8
    with pytest.raises(Unmatched, match="was cleared since; call again"):
        all_of_them[-1].predict(asked()._replace(turns=all_of_them[0].take(asked(), 1)))
