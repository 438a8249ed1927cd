"""Lies that remember: what they tell from one request to the next, without a socket."""

import json
from typing import Any

import pytest

from .mutants.catalogue import BY_NAME
from .mutants.lie import Teller
from .mutants.traffic import Asked, Form, Part, told

POP, START, STOP, PROGRESS = (
    "pop_inference_results",
    "inference_video_async",
    "stop_inference",
    "get_inference_progress",
)


def asked(route: str, uuid: str = "a") -> Asked:
    body = json.dumps({"state": {"inference_request_uuid": uuid}}).encode()
    return Asked("POST", f"/net/t/{route}", (("Content-Type", "application/json"),), body)


def poll(results: list[int], current: int = 2, **more: Any) -> dict[str, Any]:
    return {"pending_results": results, "progress": {"current": current, "total": 9}, "finished": False, **more}


def popped(teller: Teller, results: list[int], uuid: str = "a", **more: Any) -> Any:
    return teller.answered(asked(POP, uuid), told(poll(results, **more))).json["pending_results"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("popped-twice", [[1], [1, 2, 3], [2, 3]]),
        ("pop-never-empties", [[1], [1, 2, 3], [1, 2, 3]]),
        ("first-pop-lost", [[], [2, 3], []]),
        ("one-frame-dropped", [[1], [3], []]),
        ("one-frame-doubled", [[1], [2, 2, 3], []]),
        ("first-two-swapped", [[], [2, 1, 3], []]),
        ("pop-reversed", [[1], [3, 2], []]),
        ("all-lost", [[], [], []]),
        ("over-before-all-came", [[1], [], []]),
    ],
)
def test_results_of_three_pops(name: str, expected: list[list[int]]) -> None:
    teller = BY_NAME[name].teller()
    assert [popped(teller, results) for results in ([1], [2, 3], [])] == expected


def test_results_come_again_only_after_the_end() -> None:
    teller = BY_NAME["pop-again-after-the-end"].teller()
    given = [popped(teller, results, finished=not results) for results in ([1], [2], [], [])]
    assert given == [[1], [2], [], [2]]


def test_progress_goes_back_once_it_moved_in_each_job() -> None:
    teller = BY_NAME["progress-back-in-polls"].teller()
    for uuid in "ab":
        polls = [teller.answered(asked(PROGRESS, uuid), told(poll([], current))).json for current in (0, 0, 1, 2, 3)]
        assert [one["progress"]["current"] for one in polls] == [0, 0, 1, 0, 0]


def test_every_second_job_shares_the_uuid_of_the_one_before() -> None:
    teller = BY_NAME["jobs-share-a-uuid"].teller()
    starts = [teller.answered(asked(START), told({"inference_request_uuid": uuid})).json for uuid in "abcd"]
    assert [one["inference_request_uuid"] for one in starts] == ["a", "a", "c", "c"]


def test_pops_of_two_jobs_are_exchanged() -> None:
    teller = BY_NAME["results-of-the-other-job"].teller()
    for uuid in "ab":
        teller.answered(asked(START), told({"inference_request_uuid": uuid}))
    for uuid, other in ("ab", "ba"):
        assert teller.asked(asked(POP, uuid)).body == asked(POP, other).body
    assert teller.asked(asked(PROGRESS, "a")) == asked(PROGRESS, "a")


def test_a_result_strays_into_the_other_job() -> None:
    teller = BY_NAME["results-mixed"].teller()
    assert [popped(teller, [1, 2], "a"), popped(teller, [7], "b"), popped(teller, [3], "a")] == [[1], [7, 2], [3]]


def test_a_stop_that_is_only_told_is_never_forwarded_and_polls_confirm_it() -> None:
    teller = BY_NAME["stop-ignored-but-told"].teller()
    before = teller.answered(asked(PROGRESS), told(poll([]))).json
    stop = teller.asked(asked(STOP))
    after = teller.answered(asked(PROGRESS), told(poll([]))).json
    assert not isinstance(stop, Asked)
    assert stop.json["success"] is True
    assert ("stopped" in before, after["stopped"], after["cancel_inference"]) == (False, True, True)


def test_a_clear_of_one_job_makes_another_unknown() -> None:
    teller = BY_NAME["clear-clears-all"].teller()
    popped(teller, [], "a")
    popped(teller, [], "b")
    teller.asked(asked("clear_inference_request", "a"))
    gone = teller.asked(asked(POP, "b"))
    assert not isinstance(gone, Asked)
    assert gone.status == 404


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("batch-forwarded-backwards", [b"3", b"2", b"2", b"1"]),
        ("batch-only-the-first", [b"1"]),
        ("batch-equal-names-last", [b"2", b"2", b"2", b"3"]),
        ("batch-equal-names-one", [b"2", b"2", b"3"]),
        ("batch-equal-files-one", [b"1", b"2", b"3"]),
    ],
)
def test_other_files_are_forwarded(name: str, expected: list[bytes]) -> None:
    sent = [("same", b"1"), ("same", b"2"), ("b", b"2"), ("c", b"3")]
    parts = tuple(
        Part(f'Content-Disposition: form-data; name="files"; filename="{of}"'.encode(), one) for of, one in sent
    )
    headers = (("Content-Type", "multipart/form-data; boundary=x"),)
    found = BY_NAME[name].teller().asked(Asked("POST", "/inference_batch", headers, Form(b"--x", parts).written()))
    assert isinstance(found, Asked)
    assert found.form is not None
    assert [part.content for part in found.form.files] == expected


def test_settings_stick() -> None:
    teller = BY_NAME["settings-stick"].teller()
    states = []
    sent: tuple[dict[str, Any], ...] = ({"conf": 1}, {}, {"classes": []})
    for settings in sent:
        request = Asked("POST", "/x", (), json.dumps({"state": {"settings": settings}}).encode())
        found = teller.asked(request)
        assert isinstance(found, Asked)
        states.append(found.state)
    assert states == [{"settings": one} for one in ({"conf": 1}, {"conf": 1}, {"conf": 1, "classes": []})]
