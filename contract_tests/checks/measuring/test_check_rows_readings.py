"""What programs tell becomes readings; what is shared is begun once."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from modeldouble_contract.bench.shared import Shared
from modeldouble_contract.bench.workload import Case, Missing, Place, Reading, Role, Workload
from modeldouble_contract.bench.workloads import client_overhead, importing, in_flight, jobs, masks, streaming


class NoPeers:
    """Nothing is installed."""

    def python(self, name: str) -> Path:
        """None."""
        raise Missing(f"no {name}")

    program = python


def place(folder: Path) -> Place:
    """Any core, and a moment's time."""
    return Place(folder, None, None, NoPeers(), 0.02)


def test_a_job_is_late_by_what_it_took_beyond_the_models_own_time() -> None:
    kind = jobs.KINDS["10 frames of 20 ms"]
    value, more = jobs.reading(kind, {"seconds": 0.250, "first": 0.031, "cpu": 0.005})
    assert value == pytest.approx(250)
    assert more["first_ms"] == pytest.approx(31)
    assert more["first_late_ms"] == pytest.approx(11)
    assert more["beyond_ms"] == pytest.approx(30)
    assert more["cpu_ms"] == pytest.approx(5)


def test_the_scenario_of_jobs_has_their_videos_and_paces() -> None:
    read = yaml.safe_load(jobs.SCENARIO)
    videos = read["platform"]["projects"][0]["datasets"][0]["videos"]
    paces = {one["session_token"]: one["pace"] for one in read["models"]}
    assert [(one["video_id"], one["frames"]) for one in videos] == [(k.video, k.frames) for k in jobs.KINDS.values()]
    assert paces == {kind.token: kind.pace for kind in jobs.KINDS.values()}


def test_a_stream_is_read_per_frame_and_memory_as_growth() -> None:
    case = streaming.CASES[1]
    told = {
        "seconds": 0.2,
        "cpu": 0.05,
        "server_cpu": 0.1,
        "before": [50_000_000, 90_000_000],
        "most": [53_000_000, 90_500_000],
    }
    value, more = streaming.reading(case, told)
    assert value == pytest.approx(200)
    assert (more["client_grown_mb"], more["server_grown_mb"]) == pytest.approx((3, 0.5))
    assert (more["whole_s"], more["cpu_us"], more["server_cpu_us"]) == pytest.approx((0.2, 50, 100))


def test_the_scenario_of_streams_has_a_video_for_each_case() -> None:
    read = yaml.safe_load(streaming.scenario())
    videos = read["platform"]["projects"][0]["datasets"][0]["videos"]
    assert {one["video_id"]: one["frames"] for one in videos} == {
        streaming.VIDEOS[case.name]: case.size for case in streaming.CASES
    }
    assert read["models"][0]["pace"] == 0


def test_the_quickest_number_in_flight_is_found_by_the_median() -> None:
    assert in_flight.best({8: [3.0, 3.0, 3.0], 32: [2.0, 2.0, 9.0], 256: [1.0, 4.0, 4.0]}) == 32


def test_what_is_shared_is_begun_once_and_ended_after_the_last(tmp_path: Path) -> None:
    seen: list[str] = []

    @contextmanager
    def begin(place: Place) -> Iterator[int]:
        seen.append("begun")
        yield len(seen)
        seen.append("ended")

    shared = Shared(begin)
    with shared(place(tmp_path)) as first:
        with shared(place(tmp_path)) as second:
            assert (first, second, seen) == (1, 1, ["begun"])
        assert seen == ["begun"]
    assert seen == ["begun", "ended"]
    with shared(place(tmp_path)) as again:
        assert again == 3


@pytest.mark.parametrize("module", [client_overhead, importing, jobs, masks], ids=lambda one: one.WORKLOAD.name)
def test_an_official_entry_is_missing_where_it_is_not_installed(module: object, tmp_path: Path) -> None:
    row: Workload = vars(module)["WORKLOAD"]
    # Of what runs before the peer is asked for, only a server needs to be there.
    peers = [one for one in row.entries if one.role is Role.PEER]
    assert peers
    for entry in peers:
        with pytest.raises(Missing, match="no supervisely"), entry.open(place(tmp_path)):
            pass


class Streamed:
    """A pair that tells how many were begun before it."""

    def __init__(self, begun: list[str]) -> None:
        begun.append("begun")
        self._number = len(begun)

    def streamed(self, case: Case) -> Reading:
        """No frame."""
        return Reading(self._number)


def test_long_streams_have_processes_of_their_own_and_short_ones_share(tmp_path: Path) -> None:
    seen: list[str] = []

    @contextmanager
    def begin() -> Iterator[Any]:
        yield Streamed(seen)
        seen.append("ended")

    with ExitStack() as stack:
        measure = streaming.reading_with(begin, stack)
        short, same, long, longer, again = (measure(streaming.CASES[at]).value for at in (0, 1, 2, 4, 0))
        assert (short, same, long, longer, again) == (1, 1, 2, 4, 1)
        assert seen == ["begun", "begun", "ended", "begun", "ended"]
    assert seen[-1] == "ended"
