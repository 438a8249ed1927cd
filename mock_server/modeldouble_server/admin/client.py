"""The client of the admin API: its methods are the routes."""

from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, cast
from urllib.parse import quote

from .http import Http
from .told import (
    Asked,
    Clock,
    Entry,
    Faults,
    Jobs,
    Latency,
    Look,
    Media,
    Miss,
    ModelDetails,
    ModelLine,
    Order,
    ServerDetails,
    Stub,
)

_UNSAID: Any = object()
_LASTING = ("not_deployed", "cold_start")
"""Faults that are states of the app, and last until they are taken back."""


class Admin:
    """The admin API of the fake at `url`. `token` is its MODELDOUBLE_ADMIN_TOKEN, if it has one; `timeout` in seconds.

    All methods raise AdminError if the server refuses, and Unreachable if it does not answer. Not for several threads
    at once.
    """

    def __init__(self, url: str, token: str | None = None, timeout: float = 10) -> None:
        self._http = Http(url, token, timeout)

    def models(self) -> "list[Model]":
        """The models, the operator's and those of tests, in the order in which they were served."""
        return [Model(self._http, one) for one in self._http.send("GET", "models")["models"]]

    def model(self, model_id: int = 1) -> "Model":
        """A model by its number; that of the server's default model is 1."""
        return Model(self._http, self._http.send("GET", f"models/{_number(model_id)}"))

    def add_model(self, preset: str = "detection", **options: Any) -> "Model":
        """Serve one more, in a world of its own. Options: name, classes, settings, seed, pace, preparation,
        max_batch_size, latency."""
        return Model(self._http, self._http.send("POST", "models", {"preset": preset, **options}))

    def server(self) -> ServerDetails:
        """Limits, seed, dialect and counts of the server."""
        return cast("ServerDetails", self._http.send("GET", "server"))

    def journal(
        self, *, route: str | None = None, status: int | None = None, since: int = 0, most: int = 100
    ) -> list[Entry]:  # fmt: skip
        """The newest requests that were no model's, oldest first: to the platform, and under unknown tokens."""
        query = {"route": route, "status": status, "since": since, "most": most}
        return cast("list[Entry]", self._http.send("GET", "journal", query=query)["entries"])

    def clear_journal(self) -> None:
        """Forget them."""
        self._http.send("DELETE", "journal")

    def metrics(self) -> str:
        """What Prometheus would be told, in its text format."""
        return self._http.text("metrics")

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document of the admin API."""
        return cast("dict[str, Any]", self._http.send("GET", "openapi.json"))

    def close(self) -> None:
        """End the connections."""
        self._http.close()

    def __enter__(self) -> "Admin":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Admin({self._http.url!r})"


class Model:
    """One model of the fake. `id` is its number, `name` what it calls itself."""

    def __init__(self, http: Http, line: ModelLine) -> None:
        self._http = http
        self.id, self.name = line["id"], line["name"]

    def details(self) -> ModelDetails:
        """All about it, with what opens it: `session_url`, and `api_token` of a model that is not the operator's."""
        return cast("ModelDetails", self._send("GET", ""))

    @property
    def session_url(self) -> str:
        """What a client takes as `session_url`."""
        return self.details()["session_url"]

    def reset(self) -> None:
        """Let it be as it was when it was served: no stubs, faults, jobs, journal of later; its pictures stay."""
        self._send("POST", "/reset")

    def delete(self) -> None:
        """Take it away. Those of the operator stay: AdminError 409."""
        self._send("DELETE", "")

    def fail(
        self, fault: int | str = 503, *, times: int | None = _UNSAID, calls: int | Iterable[int] | None = None,
        **options: Any,
    ) -> int:  # fmt: skip
        """Let calls go wrong from now on, and give the order's number; the next one if nothing is said of how often.

        `fault` is a status of 400 to 599 or a name of docs/faults.md; options are its parameters and route,
        probability, seed, after, lasting.
        """
        given: dict[str, Any] = {"fault": fault} if isinstance(fault, str) else {"status": fault}
        if calls is not None:
            given["calls"] = calls if isinstance(calls, int) else list(calls)
        if times is not _UNSAID:
            given["times"] = times
        elif not (given.keys() | options.keys()) & {"calls", "probability"} and fault not in _LASTING:
            given["times"] = 1
        return self.order({**given, **options})["number"]

    def order(self, document: Mapping[str, Any]) -> Order:
        """Let calls go wrong as a document says, in the form of a scenario's `faults`."""
        return cast("Order", self._send("POST", "/faults", dict(document)))

    def faults(self) -> Faults:
        """What was ordered, and how often it went wrong."""
        return cast("Faults", self._send("GET", "/faults"))

    def remove_fault(self, number: int) -> None:
        """Take one order back."""
        self._send("DELETE", f"/faults/{_number(number)}")

    def clear_faults(self) -> None:
        """Take all orders back."""
        self._send("DELETE", "/faults")

    def add_stub(self, document: Mapping[str, Any]) -> Stub:
        """Say what it answers, in the form of a scenario's `stubs`; content is {"sha256": ...} or {"base64": ...}."""
        return cast("Stub", self._send("POST", "/stubs", dict(document)))

    def stubs(self) -> list[Stub]:
        """The stubs, oldest first."""
        return cast("list[Stub]", self._send("GET", "/stubs")["stubs"])

    def remove_stub(self, number: int) -> None:
        """Take one stub away."""
        self._send("DELETE", f"/stubs/{_number(number)}")

    def clear_stubs(self) -> None:
        """Take all stubs away."""
        self._send("DELETE", "/stubs")

    def clock(self) -> Clock:
        """What time it is for the model."""
        return cast("Clock", self._send("GET", "/clock"))

    def advance(self, seconds: float) -> Clock:
        """Let time pass for the model alone."""
        return cast("Clock", self._send("POST", "/clock", {"advance": seconds}))

    def latency(self) -> Latency:
        """How long pictures take, and whether that was measured."""
        return cast("Latency", self._send("GET", "/latency"))

    def set_latency(self, document: Mapping[str, Any] | None) -> Latency:
        """Let pictures take as long as a document of docs/latency.md says; None: no time."""
        if document is None:
            return cast("Latency", self._send("DELETE", "/latency"))
        return cast("Latency", self._send("PUT", "/latency", dict(document)))

    def journal(
        self, *, route: str | None = None, status: int | None = None, fault: bool | None = None,
        job: str | None = None, since: int = 0, most: int = 100,
    ) -> list[Entry]:  # fmt: skip
        """The newest requests that are as the arguments say, oldest first; `route` may have * for any text."""
        query = {"route": route, "status": status, "fault": fault, "job": job, "since": since, "most": most}
        return cast("list[Entry]", self._send("GET", "/journal", query=query)["entries"])

    def clear_journal(self) -> None:
        """Forget them."""
        self._send("DELETE", "/journal")

    def received(self, *, since: int = 0, most: int = 100) -> list[Asked]:
        """The newest pictures and videos that it was asked about, oldest first."""
        return cast("list[Asked]", self._send("GET", "/received", query={"since": since, "most": most})["calls"])

    def misses(self, most: int = 100) -> list[Miss]:
        """The first questions that no stub answered, or two."""
        return cast("list[Miss]", self._send("GET", "/misses", query={"most": most})["misses"])

    def unused(self, most: int = 100) -> list[str]:
        """A line for each of the first stubs that never answered."""
        return cast("list[str]", self._send("GET", "/unused", query={"most": most})["unused"])

    def curl(self, number: int) -> str:
        """A shell command that asks what the entry of that number in the journal asked."""
        return cast("str", self._send("GET", f"/journal/{_number(number)}/curl")["curl"])

    def jobs(self, most: int = 100) -> Jobs:
        """The newest jobs, newest first, and how many are in each state."""
        return cast("Jobs", self._send("GET", "/jobs", query={"most": most}))

    def stop_job(self, uuid: str) -> None:
        """Let a job infer nothing more; what was inferred stays to be popped. AdminError 404: it is not known."""
        self._send("POST", f"/jobs/{quote(uuid, safe='')}/stop")

    def media(self) -> Media:
        """The first pictures and videos of its world."""
        return cast("Media", self._send("GET", "/media"))

    def look(
        self, picture: bytes | None = None, *, name: str = "picture", image_id: int | None = None,
        video_id: int | None = None, start: int = 0, count: int = 1, settings: Mapping[str, Any] | None = None,
    ) -> Look:  # fmt: skip
        """What it would answer of one of these: a picture's bytes, an image of its world, or frames of a video.

        It is no call: no journal, stub, fault or count notices it.
        """
        asked: dict[str, Any] = {"settings": dict(settings or {})}
        if picture is not None:
            path = f"models/{self.id}/pictures"
            asked["picture"] = self._http.upload(path, picture, {"name": name})
        if image_id is not None:
            asked["image_id"] = image_id
        if video_id is not None:
            asked |= {"video_id": video_id, "start": start, "count": count}
        return cast("Look", self._send("POST", "/looks", asked))

    def _send(self, method: str, path: str, body: Any = None, query: Mapping[str, Any] | None = None) -> Any:
        return self._http.send(method, f"models/{self.id}{path}", body, query)

    def __repr__(self) -> str:
        return f"Model({self.id}, {self.name!r})"


def _number(value: int) -> int:
    # A text could be a path of its own.
    if type(value) is not int or value < 1:
        raise ValueError(f"number is {value!r}; give a whole number of at least 1")
    return value
