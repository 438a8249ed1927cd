"""/metrics: what Prometheus is told is what was asked, in few series whoever asks."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from modeldouble_server.metrics import BUCKETS, Gauges, Metrics

if TYPE_CHECKING:
    from .conftest import Caller, Start

Series = dict[tuple[str, tuple[str, ...]], float]
EMPTY = Gauges(0, {}, 0, 0)


def read(text: str) -> Series:
    """(name, values of the labels) -> value."""
    return {
        (one.name, tuple(one.labels[name] for name in sorted(one.labels))): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def scraped(caller: Caller) -> Series:
    """What is told now."""
    answer = caller.http.get(f"{caller.server.server_address}/metrics", timeout=20)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    return read(answer.text)


def requests_told(found: Series) -> Series:
    """The counts of requests alone."""
    return {key: value for key, value in found.items() if key[0] == "modeldouble_requests_total"}


def test_requests_are_counted_by_model_route_and_status(fake: Caller) -> None:
    url = fake.ask("POST", "models", {}, 201)["session_url"]
    for _ in range(3):
        fake.infer()
    fake.infer(url=url)
    fake.post("no_such_route")
    fake.platform("users.me")
    fake.platform("no.such.method")
    fake.http.get(f"{fake.server.server_address}/net/nobody/readyz", timeout=20)
    assert requests_told(scraped(fake)) == {
        ("modeldouble_requests_total", labels): count
        for labels, count in {
            ("Serve YOLOv5", "inference_image", "200"): 3.0, ("tenant", "inference_image", "200"): 1.0,
            ("Serve YOLOv5", "other", "404"): 1.0, ("platform", "users.me", "200"): 1.0,
            ("platform", "other", "501"): 1.0, ("unknown", "other", "404"): 1.0,
        }.items()
    }  # fmt: skip


def test_the_admin_api_tells_the_same_count(fake: Caller) -> None:
    fake.infer()
    fake.platform("users.me")
    assert fake.ask("GET", "server")["counts"]["requests"] == sum(requests_told(scraped(fake)).values()) == 2


def test_durations_are_a_histogram_of_each_route(fake: Caller) -> None:
    for _ in range(4):
        fake.post("get_session_info")
    found = scraped(fake)
    name = "modeldouble_request_duration_seconds"
    buckets = [found[f"{name}_bucket", (end, "get_session_info")] for end in (*map(str, BUCKETS), "+Inf")]
    assert buckets == sorted(buckets)
    assert buckets[-1] == found[f"{name}_count", ("get_session_info",)] == 4
    assert found[f"{name}_sum", ("get_session_info",)] > 0


def test_a_duration_is_in_its_bucket_and_those_above() -> None:
    metrics = Metrics()
    for seconds in (0.001, 0.0011, 70.0):
        metrics.count("m", "r", 200, seconds)
    found = read(metrics.text(EMPTY).decode())
    name = "modeldouble_request_duration_seconds_bucket"
    assert [found[name, (end, "r")] for end in ("0.001", "0.0025", "60.0", "+Inf")] == [1, 2, 2, 3]


def test_faults_that_fired_are_counted_and_a_reset_takes_none_back(fake: Caller) -> None:
    fake.ask("POST", "models/1/faults", {"times": 2}, 201)
    for _ in range(3):
        fake.post("get_session_info")
    fake.ask("POST", "models/1/reset")
    found = scraped(fake)
    assert found["modeldouble_faults_fired_total", ("status", "Serve YOLOv5")] == 2
    assert found["modeldouble_requests_total", ("Serve YOLOv5", "get_session_info", "503")] == 2


def test_jobs_are_told_by_state(fake: Caller) -> None:
    tenants = [fake.ask("POST", "models", {}, 201)["session_url"] for _ in range(2)]
    for url in (None, *tenants):
        fake.post("inference_image_id_async", url, image_id=171250)
    fake.server.clock.advance(60)
    found = scraped(fake)
    # A tenant's world does not have the picture.
    assert (
        found["modeldouble_jobs", ("Serve YOLOv5", "finished")],
        found["modeldouble_jobs", ("tenant", "error")],
    ) == (1, 2)
    assert found["modeldouble_jobs", ("tenant", "running")] == 0


def test_models_and_journals_are_told(fake: Caller) -> None:
    fake.ask("POST", "models", {}, 201)
    fake.infer()
    fake.platform("users.me")
    found = scraped(fake)
    told = {name: found[f"modeldouble_{name}", ()] for name in ("models", "journal_entries", "connections")}
    assert told == {"models": 2, "journal_entries": 2, "connections": 1}
    held = (
        fake.server.fake.console.journal.held_bytes
        + fake.server.fake.models[fake.server.session_token].journal.held_bytes
    )
    assert found["modeldouble_journal_bytes", ()] == held > 0
    assert found["modeldouble_uploading_bytes", ()] == 0


def test_labels_are_bounded() -> None:
    metrics = Metrics()
    names = {metrics.label(f"model {at}") for at in range(500)}
    assert len(names) == 201
    assert "other" in names
    assert metrics.label("model 7") == "model 7"
    assert len(metrics.label("x" * 1000)) <= 107


def test_a_model_cannot_pass_for_something_else() -> None:
    assert [Metrics().label(name) for name in ("tenant", "platform")] == ["tenant (model)", "platform (model)"]


def test_a_name_may_have_any_characters() -> None:
    metrics = Metrics()
    metrics.count('a"\\\n', "r", 200, 0.1)
    assert read(metrics.text(EMPTY).decode())["modeldouble_requests_total", ('a"\\\n', "r", "200")] == 1


def test_two_servers_count_apart_and_leave_the_global_registry_alone(start: Start) -> None:
    from prometheus_client import REGISTRY

    one, other = start(), start()
    one.infer()
    assert sum(requests_told(scraped(one)).values()) == 1
    assert requests_told(scraped(other)) == {}
    assert not [family.name for family in REGISTRY.collect() if family.name.startswith("modeldouble")]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the library knows processes of Linux only")
def test_the_process_is_told_where_the_library_can(fake: Caller) -> None:
    found = scraped(fake)
    assert found["process_resident_memory_bytes", ()] > 1_000_000
    assert found["process_open_fds", ()] > 0


def test_only_get_is_for_metrics(fake: Caller) -> None:
    url = f"{fake.server.server_address}/metrics"
    answer = requests.post(url, timeout=20)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert requests.head(url, timeout=20).status_code == 200


def test_the_library_is_not_loaded_before_the_first_scrape() -> None:
    code = (
        "import sys, modeldouble_server\nwith modeldouble_server.serve() as server: pass\n"
        "print('prometheus_client' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "False\n"
