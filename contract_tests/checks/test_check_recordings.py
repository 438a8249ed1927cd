"""What real apps were recorded to answer, against the truth: documented, or a deviation that is listed."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modeldouble_contract.truth import Deviation, Release, load

from .recordings import MOST_BYTES, RECORDINGS, Exchange, content, exchanges, files

FILES = files()
TRUTH = load()
NO_OPERATION = {404, 405, 307}
"""What is answered at an address, or to a method, that the protocol does not have."""


SECRETS = (r"127\.0\.0\.1", r"localhost", r"/tmp/", r"/home/", r"/root/", r"site-packages", r"\b[0-9A-Za-z]{128}\b")
"""What recordings do not hold: addresses, folders, tokens. Jobs are numbered and times are no times, so that recording
again gives the same."""


def request(exchange: Exchange) -> Any:
    return exchange.request.get("json")


def state(exchange: Exchange) -> Any:
    sent = request(exchange)
    return sent.get("state") if isinstance(sent, dict) else None


def _no_state(exchange: Exchange) -> bool:
    return not isinstance(state(exchange), dict)


def _no_token(exchange: Exchange) -> bool:
    sent = request(exchange)
    return isinstance(sent, dict) and sent.get("api_token") != "TOKEN"


def _gone(exchange: Exchange) -> bool:
    return exchange.step in ("an unknown uuid", "after clear", "expired")


def _any(exchange: Exchange) -> bool:
    return True


CAUSES: dict[str, Callable[[Exchange], bool]] = {
    "json.malformed": lambda one: one.step == "malformed JSON",
    "json.array-body": lambda one: isinstance(request(one), list),
    "json.token-length": _no_token,
    "json.state-missing": _no_state,
    "job.state-missing": _no_state,
    "job.unknown-uuid": _gone,
    "job.clear-unknown": _gone,
    "job.gone-at-once": _gone,
}
"""What in the request brings a deviation about, where more than route and status can be told."""


def explains(deviation: Deviation, exchange: Exchange) -> bool:
    """The deviation is one of that release, and its facts are those of the answer."""
    if not deviation.holds_in(Release.parse(exchange.release)):
        return False
    if not CAUSES.get(deviation.id, _any)(exchange):
        return False
    return all(_fact(name, value, exchange) for name, value in deviation.got.items())


def _fact(name: str, value: Any, exchange: Exchange) -> bool:
    body = exchange.response.get("json")
    if name == "status":
        return bool(exchange.status == value)
    if name == "content_type":
        return bool(exchange.content_type == value)
    if name == "body":
        return isinstance(body, str) if value == "string" else bool(body == value)
    if name == "missing":
        return isinstance(body, dict) and value not in body
    return isinstance(body, dict) and name in body and bool(body[name] == value)


def _key(exchange: Exchange) -> str:
    return exchange.route if exchange.method == "POST" else f"{exchange.method} {exchange.route}"


def unexplained(exchange: Exchange) -> list[str]:
    """Problems of an answer that no listed deviation explains."""
    try:
        operation = TRUTH.operations[_key(exchange)]
    except KeyError:
        return [] if exchange.status in NO_OPERATION else [f"{exchange}: no such operation"]
    release = Release.parse(exchange.release)
    problems = operation.problems(exchange.status, exchange.content_type, exchange.body, release)
    if any(explains(TRUTH.deviations[one], exchange) for one in operation.deviations):
        return []
    return [f"{exchange}: {problem.where}: {problem.expected}, got {problem.got}" for problem in problems]


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_what_was_answered_is_documented_or_a_listed_deviation(file: Path) -> None:
    recorded = exchanges(file)
    assert recorded
    assert [line for one in recorded for line in unexplained(one)] == []


def test_an_undocumented_answer_is_found() -> None:
    good = next(one for one in exchanges(RECORDINGS / "6.74.51" / "detection.jsonl") if one.route == "get_session_info")
    assert unexplained(good) == []
    assert unexplained(good._replace(response={"status": 200, "content_type": "application/json", "json": []}))
    assert unexplained(good._replace(response={**good.response, "status": 418}))
    assert unexplained(good._replace(response={"status": 500, "content_type": "text/plain", "text": "Internal"}))
    assert unexplained(good._replace(route="no_such_route"))


def test_a_deviation_of_another_release_or_another_cause_explains_nothing() -> None:
    short = next(one for one in exchanges(RECORDINGS / "6.73.100" / "detection.jsonl") if one.step == "a short token")
    deviation = TRUTH.deviations["json.token-length"]
    assert explains(deviation, short)
    assert not explains(deviation, short._replace(release="6.74.51"))
    assert not explains(deviation, short._replace(request={"json": {"api_token": "TOKEN"}}))
    assert not explains(deviation, short._replace(response={**short.response, "status": 400}))


def test_recordings_are_of_several_releases_and_of_every_route_of_the_newest() -> None:
    releases = {file.parent.name for file in FILES}
    assert {name.rpartition(".")[0] for name in releases} >= {"6.69", "6.73", "6.74"}
    newest = {(one.method, one.route) for file in FILES if file.parent.name == "6.74.51" for one in exchanges(file)}
    missing = {one.key for one in TRUTH.operations.values() if (one.method, one.route) not in newest}
    # The first needs a model zoo, the second answers nobody, the third is the fake's: real apps since 2025 lack it.
    assert missing == {"deploy_from_api", "tracking_by_detection", "GET openapi.json"}


@pytest.mark.parametrize("task", ["detection", "instance_segmentation", "semantic_segmentation", "pose"])
def test_every_task_was_seen_to_find_something(task: str) -> None:
    recorded = [one for file in FILES for one in exchanges(file) if one.task == task and one.release == "6.74.51"]
    found = [one for one in recorded if one.route == "inference_image" and one.status == 200]
    assert found
    assert all(one.response["json"]["annotation"]["objects"] for one in found if one.step == "one picture")


def test_recordings_are_small_and_each_file_that_was_sent_is_there() -> None:
    kept = [file for file in RECORDINGS.rglob("*") if file.suffix == ".jsonl" or file.parent.name == "blobs"]
    assert 0 < sum(file.stat().st_size for file in kept) < MOST_BYTES
    sent = {part["sha256"] for file in FILES for one in exchanges(file) for part in one.form if "sha256" in part}
    assert all(content(sha256) is not None for sha256 in sent)
    assert {file.name for file in kept if file.parent.name == "blobs"} <= sent


@pytest.mark.parametrize("secret", SECRETS)
def test_nothing_of_a_machine_or_a_secret_was_written_down(secret: str) -> None:
    found = [str(file) for file in FILES if re.search(secret, file.read_text(encoding="utf-8"))]
    assert found == []
