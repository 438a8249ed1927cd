"""What the server counts for Prometheus: plain numbers while requests are answered, its text when it is scraped.

`prometheus_client` is loaded by the first scrape: a server that nobody scrapes pays for a few additions per request.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from .refusal import Refused

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry, Metric

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
TENANT, PLATFORM, UNKNOWN, OTHER = "tenant", "platform", "unknown", "other"
"""Models of tests, whose number has no bound; what is no model; and whatever is beyond the bounds."""
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)
"""Upper ends in seconds."""
_MOST_NAMES, _NAME_MOST = 200, 100


class Gauges(NamedTuple):
    """What is so at the moment of a scrape."""

    models: int
    jobs: Mapping[tuple[str, str], int]
    """By label of the model and state."""
    journal_bytes: int
    journal_entries: int
    uploading_bytes: int | None = None
    connections: int | None = None


class Metrics:
    """The counts of one server. To be used on its loop only."""

    def __init__(self) -> None:
        self._requests: dict[tuple[str, str, int], int] = {}
        self._durations: dict[str, tuple[list[int], list[float]]] = {}
        self._faults: dict[tuple[str, str], int] = {}
        self._names: set[str] = set()
        self._labels: dict[str, str] = {}
        self._registry: CollectorRegistry | None = None
        self._gauges = Gauges(0, {}, 0, 0)

    @property
    def requests(self) -> int:
        """How many there were."""
        return sum(self._requests.values())

    def label(self, name: str) -> str:
        """The label of an operator's model: its name, for the first two hundred."""
        known = self._labels.get(name)
        if known is not None:
            return known
        short = name[:_NAME_MOST]
        if short not in self._names and len(self._names) >= _MOST_NAMES:
            return OTHER
        self._names.add(short)
        told = f"{short} (model)" if short in (TENANT, PLATFORM, UNKNOWN, OTHER) else short
        if name == short:
            self._labels[name] = told
        return told

    def count(self, model: str, route: str, status: int, seconds: float, fault: str | None = None) -> None:
        """Note a request that was answered. The labels must be bounded."""
        key = (model, route, status)
        self._requests[key] = self._requests.get(key, 0) + 1
        found = self._durations.get(route)
        if found is None:
            found = self._durations[route] = ([0] * (len(BUCKETS) + 1), [0.0])
        found[0][bisect_left(BUCKETS, seconds)] += 1
        found[1][0] += seconds
        if fault is not None:
            self._faults[model, fault] = self._faults.get((model, fault), 0) + 1

    def text(self, gauges: Gauges) -> bytes:
        """All of it in Prometheus' text format. Without prometheus_client it is a 501."""
        try:
            from prometheus_client import generate_latest
        except ModuleNotFoundError as error:
            raise Refused(501, "metrics need prometheus-client; pip install 'modeldouble[server]'") from error

        self._gauges = gauges
        if self._registry is None:
            self._registry = self._registered()
        return generate_latest(self._registry)

    def _registered(self) -> "CollectorRegistry":
        from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector

        # Its own, as the global one belongs to the program that the server is embedded in.
        registry = CollectorRegistry()
        registry.register(_Counts(self))
        PlatformCollector(registry=registry)
        ProcessCollector(registry=registry)
        return registry

    def collect(self) -> "Iterator[Metric]":
        """The metrics, as the library takes them."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

        requests = CounterMetricFamily(
            "modeldouble_requests", "Requests that were answered; status 0: without an answer, as a fault said.",
            labels=["model", "route", "status"],
        )  # fmt: skip
        _add(requests, (((*key[:2], str(key[2])), value) for key, value in self._requests.items()))
        yield requests
        durations = HistogramMetricFamily(
            "modeldouble_request_duration_seconds", "From a request's head to its answer.", labels=["route"]
        )
        for route, (counts, [seconds]) in self._durations.items():
            durations.add_metric([route], list(_cumulated(counts)), seconds)
        yield durations
        faults = CounterMetricFamily(
            "modeldouble_faults_fired", "Faults that calls met.", labels=["model", "fault"]
        )  # fmt: skip
        _add(faults, self._faults.items())
        yield faults
        jobs = GaugeMetricFamily("modeldouble_jobs", "Jobs that are known, by state.", labels=["model", "state"])
        _add(jobs, self._gauges.jobs.items())
        yield jobs
        for name, text, value in self._plain():
            yield GaugeMetricFamily(f"modeldouble_{name}", text, value=value)

    def _plain(self) -> Iterator[tuple[str, str, int]]:
        gauges = self._gauges
        yield "models", "Models that are served.", gauges.models
        yield "journal_bytes", "Bytes of all journals, as their limit counts them.", gauges.journal_bytes
        yield "journal_entries", "Requests that are in the journals.", gauges.journal_entries
        if gauges.uploading_bytes is not None:
            yield "uploading_bytes", "Bytes of bodies of requests under way.", gauges.uploading_bytes
        if gauges.connections is not None:
            yield "connections", "Connections that are served.", gauges.connections


class _Counts:
    """Without `describe`: the library would collect once at the start to learn the names."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def describe(self) -> "Iterable[Metric]":
        """Nothing: no two collectors of this registry share a name."""
        return ()

    def collect(self) -> "Iterator[Metric]":
        """The metrics of now."""
        return self._metrics.collect()


def _add(family: Any, samples: "Iterable[tuple[tuple[str, ...], int]]") -> None:
    for labels, value in samples:
        family.add_metric(list(labels), value)


def _cumulated(counts: Iterable[int]) -> Iterator[tuple[str, float]]:
    total = 0
    for end, count in zip((*map(str, BUCKETS), "+Inf"), counts, strict=True):
        total += count
        yield end, total
