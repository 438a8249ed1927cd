"""`explain`: which rule answers a picture, why the others do not, and what the answer is in short."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modeldouble_server.limits import Limits
from modeldouble_server.refusal import CannotServe
from modeldouble_server.scenario.command import explained
from modeldouble_server.scenario.generated import picture

Write = Callable[[str], Path]
Lines = Callable[..., list[str]]
HEAD = "models:\n  - name: M\n    preset: detection\n"
STREET = "      - when: {image: street.png}\n        predict: [{class: person, box: [1, 2, 3, 4], confidence: 0.5}]\n"


@pytest.fixture
def lines(write: Write, tmp_path: Path) -> Lines:
    def told(text: str, settings: str | None = None, name: str = "street.png") -> list[str]:
        image, file = tmp_path / name, tmp_path / "settings.yaml"
        image.write_bytes(picture((64, 48)))
        file.write_text(settings or "", encoding="utf-8")
        return explained(str(write(text)), image, file if settings is not None else None).splitlines()

    return told


def test_a_stub_is_named_with_its_line_and_answer(lines: Lines) -> None:
    assert lines(f"{HEAD}    stubs:\n{STREET}") == [
        "model 'M':",
        "  answered by stub 1 at line 5",
        "  answer: person 0.5 at 1, 2, 3, 4",
    ]


def test_the_others_are_told_field_by_field(lines: Lines) -> None:
    stub = "      - when: {image: other.png, settings: {a: 1}}\n        predict: []\n"
    assert lines(f"{HEAD}    stubs:\n{stub}{STREET}", "a: 2")[3:] == [
        "  stub 1 at line 5 does not answer:",
        "    image: 'other.png' expected, 'street.png' sent",
        "    settings['a']: 1 expected, 2 sent",
    ]


def test_a_stub_that_would_answer_too_is_less_specific(lines: Lines) -> None:
    stub = "      - when: {}\n        predict: []\n"
    assert lines(f"{HEAD}    stubs:\n{stub}{STREET}")[3:] == [
        "  stub 1 at line 5 does not answer:",
        "    it would, and another one is more specific",
    ]


def test_where_no_stub_answers_it_is_the_predictor(lines: Lines) -> None:
    told = lines(f"{HEAD}    stubs:\n{STREET}", name="b.png")
    assert told[1] == "  answered by the predictor, synthetic (detection)"
    assert told[3:] == ["  stub 1 at line 5 does not answer:", "    image: 'street.png' expected, 'b.png' sent"]


def test_or_nobody_where_that_is_refused(lines: Lines) -> None:
    told = lines(f"{HEAD}    unmatched: refuse\n    stubs:\n{STREET}", name="b.png")
    assert told[1] == "  refused: no stub answers, and `unmatched` is refuse"


def test_a_tie_is_told_with_both(lines: Lines) -> None:
    stubs = "".join(f"      - when: {{image: '{one}'}}\n        predict: []\n" for one in ("s*", "*g"))
    told = lines(f"{HEAD}    stubs:\n{stubs}")
    assert told[1].startswith("  refused: two stubs answer call 1")
    assert len([line for line in told if "it would" in line]) == 2


def test_settings_act_on_the_answer_and_a_wrong_one_is_refused(lines: Lines) -> None:
    assert lines(f"{HEAD}    stubs:\n{STREET}", "conf_thres: 0.6")[2] == "  answer: nothing"
    assert "conf_thres is 7; send a number from 0 to 1" in lines(HEAD, "conf_thres: 7")[1]


def test_a_model_that_fails_is_told_with_its_exception(lines: Lines) -> None:
    stub = "      - when: {}\n        raises: {type: ValueError, message: broken}\n"
    assert "  answer: the model fails, ValueError: broken" in lines(f"{HEAD}    stubs:\n{stub}")


def test_faults_are_told_where_they_are_for_the_route(lines: Lines) -> None:
    faults = "    faults: [{route: 'inference_*', times: 2}, {route: get_session_info}]\n"
    told = lines(HEAD + faults)
    assert told[1] == "  status status=503 message='told to fail': the first 2 calls of 'inference_*'"
    assert not any("get_session_info" in line for line in told)


def test_every_model_is_told(lines: Lines) -> None:
    told = lines(f"{HEAD}  - {{name: N, preset: pose}}\n  - name: O\n")
    assert [line for line in told if line.startswith("model")] == ["model 'M':", "model 'N':", "model 'O':"]
    assert told[-2] == "  answered by the predictor, the default world's"


def test_a_picture_that_is_none_and_settings_that_are_none_are_told(write: Write, tmp_path: Path) -> None:
    scenario = str(write("- 1\n"))
    with pytest.raises(CannotServe, match=r"none.png cannot be read .*; name a picture"):
        explained("example:pose", tmp_path / "none.png", None)
    with pytest.raises(CannotServe, match="unsupported format"):
        explained("example:pose", Path(scenario), None)
    (tmp_path / "a.png").write_bytes(picture((8, 8)))
    with pytest.raises(CannotServe, match=r"s.yaml holds \[1\]; give settings as names with values"):
        explained("example:pose", tmp_path / "a.png", Path(scenario))


def test_a_picture_without_end_is_refused(tmp_path: Path) -> None:
    most = Limits().body_bytes
    with (tmp_path / "a.png").open("wb") as file:
        file.truncate(most + 1)
    with pytest.raises(CannotServe, match=r"^--image .*a.png is over the limit of 268,435,456 bytes; name a picture"):
        explained("example:pose", tmp_path / "a.png", None)


@pytest.mark.parametrize("name", ["nope.yaml", "example:stubs"])
def test_settings_that_are_not_there_are_told_with_their_option(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.png").write_bytes(picture((8, 8)))
    with pytest.raises(CannotServe, match=rf"^--settings {name}: cannot be read .*; name a YAML or JSON file$"):
        explained("example:pose", tmp_path / "a.png", Path(name))


def test_every_mistake_in_settings_is_told_with_their_option(lines: Lines) -> None:
    with pytest.raises(CannotServe) as raised:
        lines(HEAD, "a: .nan\nb: .inf\n")
    assert [line.startswith("--settings ") for line in str(raised.value).splitlines()] == [True, True]
