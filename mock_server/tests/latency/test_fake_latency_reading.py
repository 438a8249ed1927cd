"""The one reader: what a document may say, and what is said of those that are wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modeldouble_server.latency.reading import FIELDS, TIMES, read_latency
from modeldouble_server.latency.recorded import MARK
from modeldouble_server.latency.times import Lognormal
from modeldouble_server.scenario.build import build
from modeldouble_server.scenario.check import schema_text
from modeldouble_server.scenario.place import BadScenario

CARD = {
    "date": "2026-11-23", "hardware": "one T4", "fitted": 400, "held_out": 200, "error": {"p50": {"percent": -2.96}},
}  # fmt: skip
MEASURED = "measured 2026-11-23 on one T4, n=400, p50 off by 3 %"


def lines(folder: Path, *answers: tuple[str, int, Any]) -> None:
    told = [{"route": route, "status": status, "seconds": {"first": first}} for route, status, first in answers]
    (folder / "exchanges.jsonl").write_text("\n".join(map(json.dumps, told)))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("soon", "latency is 'soon'; give seconds, a number from 0 to 600"),
        (True, "latency is True; give seconds"),
        (None, "latency is None; give seconds"),
        (-1, "latency is -1; give seconds"),
        (float("nan"), "latency is nan; give seconds"),
        ({}, "latency has nothing; give seconds, or a field of a document"),
        ({"fixd": 1}, "latency.'fixd' is unknown; did you mean 'fixed'?"),
        ({1: 1}, "latency.1 is unknown; known are fixed, min"),
        ({"fixed": 1, "quantiles": [1, 2]}, "latency has fixed and quantiles; give one of them"),
        ({"fixed": 601}, "latency.fixed is 601; give seconds, a number from 0 to 600"),
        ({"min": 2, "max": 1}, "latency.min is 2, over max, which is 1; swap them"),
        ({"min": 2}, "latency.max is missing; add it"),
        ({"max": 2}, "latency.min is missing; add it"),
        ({"uniform": 3}, "latency.uniform is 3; give a mapping of min and max"),
        ({"uniform": {"min": 0, "max": 1, "mid": 2}}, "latency.uniform.'mid' is unknown; did you mean 'min'?"),
        ({"lognormal": {"p50": 0.2, "p99": 0.1}}, "latency.lognormal.p50 is 0.2, over p99, which is 0.1; swap them"),
        ({"lognormal": {"p50": 0, "p99": 0.1}}, "latency.lognormal.p50 is 0; give at least a nanosecond, or fixed"),
        ({"quantiles": [1]}, "latency.quantiles is [1]; give a list of 2 to 1001 numbers"),
        ({"quantiles": [1] * 1002}, "latency.quantiles is [1, 1"),
        ({"quantiles": [1, "x"]}, "latency.quantiles[1] is 'x'; give seconds"),
        ({"quantiles": [1, 3, 2]}, "latency.quantiles[2] is 2, less than the one before; sort them"),
        ({"fixed": 1, "workers": 0}, "latency.workers is 0; give a whole number from 1 to 1000"),
        ({"fixed": 1, "workers": True}, "latency.workers is True; give a whole number"),
        ({"fixed": 1, "idle_after": 5}, "latency.idle_after is 5 without a cold_start; give one too"),
        ({"recording": "rec"}, "latency.recording is 'rec'; no file is read here: give the document that is in it"),
        ({"profile": "../x"}, "latency.profile is '../x'; no file is read here"),
        ({"profile": "x", "per_image": 1}, "latency.per_image stands beside profile; change a copy of the profile"),
        ({"fixed": 1, "card": 3}, "latency.card is 3; give the card that `modeldouble profile` wrote, or none"),
        ({"fixed": 1, "card": {}}, "latency.card.date is missing; measure again, or take the card out"),
        ({"fixed": 1, "card": {**CARD, "hardware": "a\nb"}}, "latency.card.hardware is 'a\\nb'; give one line of at"),
        ({"fixed": 1, "card": {**CARD, "fitted": "many"}}, "latency.card.fitted is 'many'; give the number"),
        ({"fixed": 1, "card": {**CARD, "error": 3}}, "latency.card.error.p50.percent is None; give the number"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_by_field_value_and_remedy(value: Any, said: str) -> None:
    with pytest.raises(ValueError, match=r"^latency") as caught:
        read_latency(value, None)
    assert str(caught.value).startswith(said)


def test_a_latency_without_a_card_is_synthetic_and_one_with_a_card_says_what_it_says() -> None:
    assert read_latency({"fixed": 1}, None).label == read_latency(0.1, None).label == "synthetic"
    assert read_latency({"fixed": 1, "card": CARD}, None).label == MEASURED


def test_the_document_is_kept_as_it_was_given() -> None:
    given = {"lognormal": {"p50": 0.03, "p99": 0.12}, "workers": 2}
    latency = read_latency(given, None)
    assert (latency.document, latency.terms.times, latency.terms.workers) == (given, Lognormal(0.03, 0.12), 2)


def test_a_profile_is_read_from_the_folder_with_what_stands_beside_it(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(f"{MARK}\nquantiles: [1, 2]\nper_image: 0.5\ncard: {json.dumps(CARD)}\n")
    assert read_latency({"profile": "p.yaml"}, tmp_path).label == MEASURED
    found = read_latency({"profile": "p.yaml", "workers": 3, "cold_start": 4}, tmp_path)
    assert (found.terms.workers, found.terms.cold_start, found.terms.per_image) == (3, 4, 0.5)
    assert found.label == f"{MEASURED}, workers and cold_start as told"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [", "is no YAML: "),
        ("", "holds {}; name a file that `modeldouble profile` wrote"),
        ("- 1", "holds [1]; name a file that"),
        ("profile: p.yaml", "names another file; give one that"),
        ("fixed: -1", "latency.fixed is -1; give seconds"),
        ("fixed: !!python/name:os.system x", "is no YAML: tags such as"),
        (f"fixed: 1{' ' * 2_100_000}", "is over the limit of"),
    ],
)
def test_a_file_that_is_no_profile_is_told_by_name(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "p.yaml").write_text(text)
    with pytest.raises(ValueError, match=r"latency\.profile .*p\.yaml") as caught:
        read_latency({"profile": "p.yaml"}, tmp_path)
    assert said in str(caught.value)


def test_a_profile_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"cannot be read \(No such file or directory\); name a file of `modeldou"):
        read_latency({"profile": "nope.yaml"}, tmp_path)


def test_a_recording_s_times_are_those_of_single_pictures_that_were_answered(tmp_path: Path) -> None:
    lines(tmp_path, ("inference_image", 200, 3), ("inference_image_id", 200, 1), ("/inference_image_url", 200, 2),
          ("inference_image", 500, 90), ("inference_batch", 200, 91), ("inference_image", 200, "x"))  # fmt: skip
    with (tmp_path / "exchanges.jsonl").open("a") as file:
        file.write('\n{"route": "inference_im')
    times = read_latency({"recording": "."}, tmp_path).terms.times
    assert [times.at(part) for part in (0, 0.5, 1)] == [1, 2, 3]


def test_a_long_recording_is_a_bounded_list_of_quantiles(tmp_path: Path) -> None:
    lines(tmp_path, *(("inference_image", 200, at / 100) for at in range(5001)))
    latency = read_latency({"recording": str(tmp_path)}, Path())
    assert len(latency.terms.times.seconds) == 1001  # type: ignore[attr-defined]
    assert latency.terms.times.at(0.99) == pytest.approx(49.5)


def test_a_recording_without_times_or_none_at_all_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"is no recording \(No such file or directory: exchanges\.jsonl\); name a"):
        read_latency({"recording": "."}, tmp_path)
    lines(tmp_path, ("inference_batch", 200, 1))
    with pytest.raises(ValueError, match="has no answer to a single picture; record inference_image"):
        read_latency({"recording": "."}, tmp_path)


def test_a_single_time_is_a_distribution_too(tmp_path: Path) -> None:
    lines(tmp_path, ("inference_image", 200, 0.25))
    assert read_latency({"recording": "."}, tmp_path).terms.times.at(0.7) == 0.25


def test_the_schema_of_scenarios_says_the_same_as_the_reader_s_table() -> None:
    told = json.loads(schema_text())["$defs"]["latency"]["properties"]
    assert {name: one["description"] for name, one in told.items()} == {name: one.says for name, one in FIELDS.items()}
    assert set(TIMES) < set(FIELDS)


@pytest.mark.parametrize("name", [one for one in FIELDS if one not in ("recording", "profile", "card", "min", "max")])
def test_the_examples_of_the_table_are_right(name: str) -> None:
    beside = {"fixed": 1, "cold_start": 1} if name not in TIMES else {}
    assert read_latency({**beside, name: FIELDS[name].example}, None).label == "synthetic"


Build = Callable[[str], Any]


@pytest.fixture
def scenario(tmp_path: Path) -> Build:
    def built(latency: str) -> Any:
        file = tmp_path / "s.yaml"
        file.write_text(f"seed: 5\nmodels:\n  - preset: detection\n    latency: {latency}\n")
        return build(file).models[0].spec.latency

    return built


def test_a_scenario_s_latency_is_read_by_it_with_files_beside_the_scenario(scenario: Build, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text("fixed: 2")
    assert scenario("{profile: p.yaml, workers: 1}").due([1], 0, 1, "a") == 2
    assert scenario("{lognormal: {p50: 0.1, p99: 0.2}, cold_start: 3}").due([1], 0, 1, "a") > 3


def test_a_scenario_s_seed_changes_the_times(scenario: Build) -> None:
    one = scenario("{uniform: {min: 1, max: 2}}")
    assert one.service([1], 1, "a") == one.keyed(5, 0).service([1], 1, "a") != one.keyed(6, 0).service([1], 1, "a")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{min: 2, max: 1}", "s.yaml:4: models[0].latency: latency.min is 2, over max, which is 1; swap them"),
        ("{fixed: 1, workers: 0}", "s.yaml:4: models[0].latency.workers: is 0; give a number of at least 1, such as 2"),
        ("{lognormal: {p50: 1}}", "s.yaml:4: models[0].latency: latency.lognormal.p99 is missing; add it"),
        ("{profile: none.yaml}", "s.yaml:4: models[0].latency: latency.profile "),
        ("{lognorm: 1}", "s.yaml:4: models[0].latency.lognorm: key 'lognorm' is unknown; did you mean 'lognormal'?"),
    ],
)
def test_what_is_wrong_in_a_scenario_has_its_line(scenario: Build, tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(BadScenario) as caught:
        scenario(text)
    assert str(caught.value).replace(f"{tmp_path}/", "").startswith(said)
