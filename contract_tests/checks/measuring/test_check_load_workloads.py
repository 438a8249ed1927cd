"""The workloads in which servers are asked: whole, and asked what they say."""

import io
import json
import sys
from itertools import count
from pathlib import Path

import pytest
from PIL import Image

from modeldouble_contract.bench.load.callers import Callers, Wanted
from modeldouble_contract.bench.load.closed import gather
from modeldouble_contract.bench.load.wire import MARK, Request, form_request, json_request
from modeldouble_contract.bench.program import running
from modeldouble_contract.bench.registry import defects
from modeldouble_contract.bench.shared import SUBJECTS
from modeldouble_contract.bench.subjects.mockoon import environment
from modeldouble_contract.bench.workload import Missing, Place, Reading, Role, Workload
from modeldouble_contract.bench.workloads import inference_image, matching, polls, session_info


class Nobody:
    """No peer is installed."""

    def python(self, name: str) -> Path:
        raise Missing(name)

    def program(self, name: str) -> Path:
        raise Missing(name)


def read(workload: Workload, place: Place, role: Role, case: int = 0) -> Reading:
    """One reading of the first entry in this role."""
    entry = next(one for one in workload.entries if one.role is role)
    with entry.open(place) as measure:
        return measure(workload.cases[case])


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, None, None, Nobody(), seconds=0.05)


@pytest.mark.parametrize("module", [session_info, inference_image, matching, polls])
def test_a_workload_is_whole(module: object) -> None:
    assert defects(module.WORKLOAD) == []  # type: ignore[attr-defined]


READ = [(session_info.WORKLOAD, Role.LIMIT), (matching.WORKLOAD, Role.OURS), (polls.WORKLOAD, Role.OURS)]


@pytest.mark.parametrize(("workload", "role"), READ, ids=["limit", "matching", "polls"])
def test_ours_and_the_limit_are_read(workload: Workload, role: Role, place: Place) -> None:
    found = read(workload, place, role)
    assert found.value > 0
    assert {"cpu_us", "load_share"} <= found.more.keys()


def test_a_peer_that_is_not_there_says_so(place: Place) -> None:
    with pytest.raises(Missing, match="supervisely"):
        read(session_info.WORKLOAD, place, Role.PEER)


@pytest.mark.parametrize("size", [4_000, 100_000, 1_000_000])
def test_a_picture_is_a_jpeg_of_its_size_whatever_its_mark(size: int) -> None:
    content = inference_image.picture(size)
    assert abs(len(content) - size) < size * 0.05 + 1500
    Image.open(io.BytesIO(content.replace(MARK, b"1234567890123456"))).load()
    assert content.count(MARK) == 1


def test_a_picture_is_the_same_again_only_where_it_is_said() -> None:
    marks = {case.name: inference_image.ROW.requests("", case, [])[0].mark for case in inference_image.CASES[::3]}
    assert [mark is None for mark in marks.values()] == [False, True]


def test_all_stubs_are_asked_for() -> None:
    names = [matching.ROW.requests("", case, []) for case in matching.CASES]
    assert [len(one) for one in names] == [10, 100, 1_000, 1_000]
    assert b'filename="9990.jpg"' in names[-1][-1].content


def bare(folder: Path, form: bool, request: Request) -> list[bytes]:
    """What the bare handler answers."""
    (folder / "body").write_bytes(b"[1]")
    options = {"prefix": "/net/a", "route": "x", "body": str(folder / "body"), "form": form}
    with running([sys.executable, SUBJECTS / "bare.py", json.dumps(options)], folder) as program:
        assert program.ready["path"] == "/net/a"
        callers = Callers(program.ready["port"], [request], Wanted(), count(1))
        try:
            return gather(callers, 1, 2)
        finally:
            callers.close()


def test_the_bare_handler_reads_json(tmp_path: Path) -> None:
    assert bare(tmp_path, False, json_request("/net/a/x", {})) == [b"[1]"] * 2


def test_the_bare_handler_reads_forms(tmp_path: Path) -> None:
    assert bare(tmp_path, True, form_request("/net/a/x", "a.jpg", MARK * 50_000)) == [b"[1]"] * 2


def test_mockoon_is_told_one_route_and_its_answer() -> None:
    told = environment(8001, "/get_session_info", '{"a": "{{b}}"}')
    (route,) = told["routes"]
    assert (told["port"], route["method"], route["endpoint"]) == (8001, "post", "get_session_info")
    assert [(one["body"], one["disableTemplating"]) for one in route["responses"]] == [('{"a": "{{b}}"}', True)]
    assert told["rootChildren"] == [{"type": "route", "uuid": route["uuid"]}]
