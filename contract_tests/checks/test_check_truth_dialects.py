"""The contract and the fake's dialects say of each release the same: they are two tables, written apart."""

import pytest

from modeldouble_contract.truth import Release, load
from modeldouble_server.dialect import TRAITS, read_dialect
from modeldouble_server.dialect.release import Span
from modeldouble_server.dialect.shapes import KEYS

TRUTH = load()
SCHEMAS = {
    "info": "session_info", "meta": "project_meta", "class": "class", "tag": "tag_meta", "object": "common",
    "prediction": "prediction", "video": "video_answer", "progress": "progress", "status": "job_status",
    "poll": "job_state",
}  # fmt: skip
DEVIATIONS = {
    "json.token-length": "token-of-128", "model.text-error": "crash-is-text", "batch.no-ids": "empty-ids-fail",
    "ids.twice": "ids-differ", "video.past-the-end": "range-clipped", "video.job-past-the-end": "range-clipped",
    "video.default-count": "count-one-short", "progress.reset": "progress-reset", "batch.equal-names": "equal-names",
    "url.always-fails": "url-answered", "ids.job-of-one": "image-only-as-result",
    "job.preparing-without-status": "preparing-on-its-own", "form.bare-text": "form-settings-bare",
    "video.count-missing": "count-needed", "video.range-ignored": "range-ignored",
    "video.job-range-ignored": "range-ignored",
}  # fmt: skip
"""Of the contract -> the row of the dialects that does it."""
NO_NEED = {("poll", "result"), ("prediction", "image_name")}
"""One release forgot it, and it is a deviation; none has to send it."""


def _asked(schema: str, release: str) -> set[str]:
    return set(TRUTH.schema(schema, Release.parse(release))["required"])


@pytest.mark.parametrize(
    ("answer", "key", "span"),
    [
        (answer, key, span)
        for answer, keys in KEYS.items() if answer in SCHEMAS
        for key, spans in keys.items() if (answer, key) not in NO_NEED
        for span in spans
    ],
)  # fmt: skip
def test_a_key_is_asked_for_from_the_release_on_in_which_the_fake_sends_it(answer: str, key: str, span: Span) -> None:
    assert span.since is not None
    assert key in _asked(SCHEMAS[answer], str(span.since))
    before = span.since._replace(patch=span.since.patch - 1)
    assert key not in _asked(SCHEMAS[answer], str(before))
    assert key not in read_dialect(str(before)).shaped(answer, {key: 1})


@pytest.mark.parametrize(("deviation", "trait"), DEVIATIONS.items())
def test_a_deviation_holds_in_the_releases_of_its_trait(deviation: str, trait: str) -> None:
    span, known = TRAITS[trait].span, TRUTH.deviations[deviation]
    assert (str(known.since), str(known.until)) == (str(span.since), str(span.until))


@pytest.mark.parametrize(
    ("deviation", "last", "first_without"),
    [
        ("json.headless-api", "6.69.69", "6.69.70"), ("job.failed-unseen", "6.73.72", "6.73.73"),
        ("project.wrong-type", "6.73.357", "6.73.358"), ("json.token-length", "6.73.218", "6.73.219"),
    ],
)  # fmt: skip
def test_a_deviation_ends_with_its_last_release(deviation: str, last: str, first_without: str) -> None:
    assert TRUTH.deviations[deviation].holds_in(Release.parse(last))
    assert not TRUTH.deviations[deviation].holds_in(Release.parse(first_without))


@pytest.mark.parametrize(
    ("deviation", "last_without", "first"),
    [
        ("video.job-backward", "6.73.97", "6.73.98"), ("video.job-past-the-end-hangs", "6.73.97", "6.73.98"),
        ("project.wrong-type", "6.73.94", "6.73.95"), ("speedtest.wrong-type", "6.73.165", "6.73.166"),
    ],
)  # fmt: skip
def test_a_deviation_begins_with_its_first_release(deviation: str, last_without: str, first: str) -> None:
    assert not TRUTH.deviations[deviation].holds_in(Release.parse(last_without))
    assert TRUTH.deviations[deviation].holds_in(Release.parse(first))


def test_the_text_of_an_exception_comes_with_the_key() -> None:
    for release, asked in (("6.73.72", False), ("6.73.73", True)):
        assert ("exception" in _asked("job_state", release)) is asked
    parts = TRUTH.schema("exception", Release.parse("6.73.73"))["anyOf"]
    assert [part.get("type") for part in parts] == ["null", "string"]
