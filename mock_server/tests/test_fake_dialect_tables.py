"""The tables of the dialects: whole, used, and resolved by release."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import modeldouble_server
from modeldouble_server import CannotServe, jobs, wire
from modeldouble_server.dialect import SUPERSET, TRAITS, Dialect, read_dialect
from modeldouble_server.dialect.reference import reference
from modeldouble_server.dialect.release import ALIASES, NEWEST, OLDEST, Release, Span, read_release, span
from modeldouble_server.dialect.shapes import KEYS, PARAMETERS, ROUTES
from modeldouble_server.jobs import Job
from modeldouble_server.meta import boxes
from modeldouble_server.project_meta import project_meta
from modeldouble_server.serving import routes
from modeldouble_server.wire import JobView

PACKAGE = Path(modeldouble_server.__file__).parent
SOURCES = {path: path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
CODE = "\n".join(text for path, text in SOURCES.items() if "dialect" not in path.parts)


def spans() -> Iterator[Span]:
    yield from (trait.span for trait in TRAITS.values())
    yield from ROUTES.values()
    yield from PARAMETERS.values()
    yield from (one for keys in KEYS.values() for held in keys.values() for one in held)


def test_every_span_has_an_end_after_its_beginning_and_lies_among_the_known_releases() -> None:
    for one in spans():
        first, last = one.since or OLDEST, one.until or NEWEST
        assert OLDEST <= first <= NEWEST, one
        assert first < last <= NEWEST, one


def test_no_two_tables_have_a_trait_of_the_same_name() -> None:
    tables = [path for path in SOURCES if path.parent.name == "dialect" and path.name in
              ("errors.py", "habits.py", "service.py")]  # fmt: skip
    names = [name for path in tables for name in re.findall(r'^    "([a-z0-9-]+)": trait\(', SOURCES[path], re.M)]
    assert sorted(names) == sorted(TRAITS)


def test_every_trait_that_the_code_names_is_in_the_tables() -> None:
    named = set(re.findall(r'\.(?:has|note|copies)\(\s*"([a-z0-9-]+)"', CODE))
    assert len(named) > 30
    assert named <= set(TRAITS)


def test_no_trait_is_without_effect() -> None:
    named = set(re.findall(r'\.(?:has|note)\(\s*"([a-z0-9-]+)"', "\n".join(SOURCES.values())))
    assert [name for name, trait in TRAITS.items() if not trait.said and name not in named] == []


def test_every_kind_of_refusal_that_the_tables_name_is_raised_somewhere() -> None:
    kinds = {said.kind for trait in TRAITS.values() for said in trait.said}
    assert [kind for kind in kinds if f'"{kind}"' not in CODE] == []


def test_every_route_that_the_tables_name_is_one_of_the_fakes() -> None:
    named = {route for trait in TRAITS.values() for said in trait.said for route in said.routes} | set(ROUTES)
    assert named <= set(routes.ROUTES) | routes.LACKING


def test_every_parameter_of_the_tables_is_one_that_the_fake_reads() -> None:
    aliases = {
        name
        for found in (
            wire.VIDEO_ID, wire.IMAGE_ID, wire.IMAGE_IDS, wire.PROJECT_ID, wire.START, wire.COUNT, wire.DIRECTION,
        )
        for name in found
    }  # fmt: skip
    assert set(PARAMETERS) <= aliases


def test_every_key_of_the_tables_is_one_that_the_fake_sends() -> None:
    view = JobView(Job("ab", 1, 0.0, 0.0, 1.0, {}, 0.0), jobs.State.RUNNING, 0, 0, False)
    meta = project_meta(boxes({"car": "#000000"}))
    sent = {
        "poll": wire.poll(view, 0), "status": wire.status(view), "progress": wire.progress(view),
        "meta": meta, "class": meta["classes"][0], "tag": meta["tags"][0], "prediction": wire.prediction({}),
        "prediction of a project": wire.prediction({}), "prediction of ids": wire.prediction({}),
    }  # fmt: skip
    assert {answer: set(KEYS[answer]) - set(value) for answer, value in sent.items()} == {one: set() for one in sent}


@pytest.mark.parametrize(
    ("name", "last_without", "first_with"),
    [
        ("progress-reset", "6.73.357", "6.73.358"), ("range-clipped", "6.73.97", "6.73.98"),
        ("batch-size-read", "6.73.185", "6.73.186"), ("batch-size-counted", "6.73.185", "6.73.186"),
        ("batch-size-asked", "6.73.357", "6.73.358"), ("ids-by-one-name", "6.73.172", "6.73.173"),
        ("ids-state-first", "6.73.172", "6.73.173"), ("video-state-first", "6.73.185", "6.73.186"),
        ("batch-size-not-null", "6.73.185", "6.73.186"), ("project-type-in-job", "6.73.357", "6.73.358"),
        ("result-holds-final", "6.73.357", "6.73.358"), ("file-unread", "6.73.357", "6.73.358"),
        ("crash-is-text", "6.72.189", "6.72.190"), ("exception-is-text", "6.73.72", "6.73.73"),
        ("range-ignored", "6.73.72", "6.73.73"), ("count-needed", "6.72.111", "6.72.112"),
        ("sync-video-broken", "6.72.111", "6.72.112"), ("session-only-in-production", "6.69.56", "6.69.57"),
    ],
)  # fmt: skip
def test_a_trait_begins_with_its_first_release(name: str, last_without: str, first_with: str) -> None:
    assert not read_dialect(last_without).has(name)
    assert read_dialect(first_with).has(name)


@pytest.mark.parametrize(
    ("name", "last_with", "first_without"),
    [
        ("clear-deletes", "6.73.357", "6.73.358"), ("count-one-short", "6.72.111", "6.72.112"),
        ("token-of-128", "6.73.218", "6.73.219"), ("empty-ids-fail", "6.73.121", "6.73.122"),
        ("ids-differ", "6.73.121", "6.73.122"), ("extension-known", "6.73.121", "6.73.122"),
        ("body-checked-first", "6.69.65", "6.69.66"), ("traceback-lost", "6.74.41", "6.74.42"),
        ("range-ignored", "6.73.97", "6.73.98"), ("count-needed", "6.73.97", "6.73.98"),
        ("sync-video-broken", "6.73.44", "6.73.45"), ("file-unread", "6.73.371", "6.73.372"),
        ("project-looked-up-first", "6.73.357", "6.73.358"), ("batch-size-not-null", "6.73.211", "6.73.212"),
        ("result-holds-final", "6.73.444", "6.73.445"), ("batch-unlimited", "6.73.185", "6.73.186"),
        ("batch-size-counted", "6.73.357", "6.73.358"), ("ids-by-one-name", "6.73.357", "6.73.358"),
        ("ids-state-first", "6.73.357", "6.73.358"), ("video-state-first", "6.73.357", "6.73.358"),
    ],
)  # fmt: skip
def test_a_trait_ends_before_its_last_release(name: str, last_with: str, first_without: str) -> None:
    assert read_dialect(last_with).has(name)
    assert not read_dialect(first_without).has(name)


@pytest.mark.parametrize(
    ("answer", "key", "last_without", "first_with"),
    [
        ("info", "batch_inference_support", "6.73.185", "6.73.186"), ("info", "max_batch_size", "6.73.185", "6.73.186"),
        ("meta", "projectSettings", "6.72.229", "6.72.230"), ("class", "description", "6.73.1", "6.73.2"),
        ("tag", "target_type", "6.73.259", "6.73.260"), ("poll", "exception", "6.73.72", "6.73.73"),
        ("poll", "paused", "6.73.474", "6.73.475"), ("status", "paused", "6.73.474", "6.73.475"),
        ("prediction of ids", "image_name", "6.73.172", "6.73.173"),
        ("prediction of ids", "source", "6.73.357", "6.73.358"),
    ],
)  # fmt: skip
def test_a_key_comes_with_its_first_release(answer: str, key: str, last_without: str, first_with: str) -> None:
    assert key not in read_dialect(last_without).shaped(answer, {key: 1})
    assert key in read_dialect(first_with).shaped(answer, {key: 1})


@pytest.mark.parametrize(
    ("name", "last_without", "first_with"),
    [("direction", "6.73.106", "6.73.107"), ("video_id", "6.73.360", "6.73.361")],
)
def test_a_parameter_is_read_from_its_first_release_on(name: str, last_without: str, first_with: str) -> None:
    assert name in read_dialect(last_without).unread
    assert name not in read_dialect(first_with).unread


@pytest.mark.parametrize(("release", "there"), [("6.73.444", True), ("6.73.445", False), ("6.73.446", True)])
def test_a_key_may_go_and_come_back(release: str, there: bool) -> None:
    assert ("result" in read_dialect(release).shaped("poll", {"result": 1, "is_inferring": 1})) is there


def test_a_key_that_no_release_sends_is_sent_by_none() -> None:
    assert all("image_name" not in Dialect(one).shaped("prediction", {"image_name": 1}) for one in ALIASES.values())


def test_a_route_is_there_from_its_first_release_on() -> None:
    assert not read_dialect("6.69.52").serves("clear_inference_request")
    assert read_dialect("6.69.53").serves("clear_inference_request")
    assert read_dialect("6.69.47").serves("get_session_info")


def test_the_default_dialect_has_no_trait_and_every_key_and_route() -> None:
    assert read_dialect(None) is SUPERSET
    assert not any(SUPERSET.has(name) for name in TRAITS)
    assert all(SUPERSET.serves(route) for route in ROUTES)
    value = {"image_name": 1}
    assert SUPERSET.shaped("prediction", value) is value
    assert SUPERSET.unread == frozenset()


@pytest.mark.parametrize(("year", "release"), [("2023", "6.69.57"), ("2024", "6.73.100"), ("2026", "6.74.51")])
def test_a_year_stands_for_a_release(year: str, release: str) -> None:
    assert str(read_release(year)) == release


@pytest.mark.parametrize("text", ["6.69.47", "6.73.9999", "v6.74.51", "6.74.50"])
def test_any_release_of_the_known_ones_is_taken(text: str) -> None:
    assert OLDEST <= read_release(text) <= NEWEST


@pytest.mark.parametrize("text", ["", "newest", "6.74", "6.74.51.1", "2025", "6.74.٥١", "x" * 500])
def test_what_is_no_release_is_refused_in_one_line_with_the_remedy(text: str) -> None:
    with pytest.raises(CannotServe, match=r"is no release; use one such as 6\.74\.51") as caught:
        read_dialect(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 250


def test_a_release_before_the_protocol_is_refused() -> None:
    with pytest.raises(CannotServe, match=r"6\.69\.46 is older than 6\.69\.47"):
        read_dialect("6.69.46")


def test_a_release_after_the_newest_is_answered_as_the_newest_with_a_warning(caplog: pytest.LogCaptureFixture) -> None:
    later, newest = read_dialect("6.75.1"), read_dialect(str(NEWEST))
    assert [record.levelno for record in caplog.records] == [logging.WARNING]
    assert "6.75.1 is later than 6.74.51" in caplog.text
    assert [later.has(name) for name in TRAITS] == [newest.has(name) for name in TRAITS]


@pytest.mark.parametrize(
    ("mode", "release", "told"), [("test", "6.74.51", "mode 'test' is none"), ("production", None, "name its release")]
)
def test_a_mode_that_cannot_be_is_refused(mode: str, release: str | None, told: str) -> None:
    with pytest.raises(CannotServe, match=told):
        read_dialect(release, mode)


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (span(), "all"),
        (span("6.70.1"), "6.70.1 and later"),
        (span(None, "6.70.1"), "before 6.70.1"),
        (span("6.70.1", "6.71.2"), "6.70.1 to before 6.71.2"),
    ],
)
def test_a_span_reads_as_a_person_says_it(one: Span, text: str) -> None:
    assert str(one) == text


def test_releases_are_compared_as_numbers() -> None:
    assert read_release("6.73.99") < read_release("6.73.100") == Release(6, 73, 100)


def test_the_page_of_the_documentation_is_made_from_the_tables() -> None:
    page = Path(__file__).parents[2] / "docs" / "dialects.md"
    assert page.read_text(encoding="utf-8") == reference()


def test_no_code_asks_for_a_release_where_a_trait_can_be_asked_for() -> None:
    asked = re.findall(r"dialect\.release\b(?! is (?:not )?None)(?!\})", CODE)
    assert asked == []
