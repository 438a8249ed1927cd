"""A server that misbehaves on request, jobs in the dialects of three releases, and a transport without a network.

Written from the protocol alone: nothing here comes from the fake server of this repository.
"""

from __future__ import annotations

import json
import socketserver
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler
from typing import Any, BinaryIO, NamedTuple

import pytest

from modeldouble.answers import Answer
from modeldouble.errors import AnswerLost
from modeldouble.session import Session
from modeldouble.transport import HttpTransport
from modeldouble.wire import Ask

Json = dict[str, Any]

CAR: Json = {"title": "car", "shape": "rectangle", "color": "#00FF00"}
META: Json = {"classes": [CAR], "tags": [{"name": "confidence", "value_type": "any_number"}]}


def prediction(frame: int | None = None, title: str = "car") -> Json:
    points = {"exterior": [[1, 2], [3, 4]], "interior": []}
    tags = [{"name": "confidence", "value": 0.5}]
    box = {"classTitle": title, "tags": tags, "points": points, "geometryType": "rectangle", "shape": "rectangle"}
    annotation = {"description": "", "size": {"height": 8, "width": 9}, "tags": [], "objects": [box]}
    made: Json = {"annotation": {**annotation, "customBigData": {}}, "data": {}}
    return made if frame is None else {**made, "frame_index": frame}


class Reply(NamedTuple):
    """One answer. `way` is "whole", "lost" (done, not answered), "silent", "trickle", or "cut" (in mid-body)."""

    value: Any = None
    status: int = 200
    headers: Mapping[str, str] = {}
    way: str = "whole"

    @property
    def body(self) -> bytes:
        return self.value if isinstance(self.value, bytes) else json.dumps(self.value).encode()


class Received(NamedTuple):
    route: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Json:
        return dict(json.loads(self.body))

    @property
    def state(self) -> Json:
        return dict(self.json["state"])


Plan = Reply | Callable[[Received], Reply]


class Script:
    """What is answered on each route: the planned replies in turn, the last one for ever."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self._lock = threading.Lock()
        self._plans: dict[str, list[Plan]] = {}
        self.on("get_session_info", Reply({"app_name": "Rough", "task type": "object detection", "session_id": 7}))
        self.on("get_custom_inference_settings", Reply({"settings": {"conf_thres": 0.25, "iou_thres": 0.45}}))
        self.on("get_output_classes_and_tags", Reply(META))

    def on(self, route: str, *plans: Plan) -> None:
        self._plans[route] = list(plans)

    def routes(self) -> list[str]:
        """The routes asked for after the connection was checked."""
        return [one.route for one in list(self.received) if one.route != "get_session_info"]

    def last(self, route: str) -> Received:
        return [one for one in self.received if one.route == route][-1]

    def play(self, request: Received) -> Reply:
        with self._lock:
            self.received.append(request)
            plans = self._plans.get(request.route)
            if not plans:
                return Reply({"detail": "Not Found"}, 404)
            plan = plans.pop(0) if len(plans) > 1 else plans[0]
            return plan if isinstance(plan, Reply) else plan(request)


class JobPlay:
    """A job of `frames`, handed out `per_pop` at a time, in the words of a dialect: "2023", "newest" or "superset"."""

    def __init__(self, script: Script, dialect: str = "superset", frames: int = 5, per_pop: int = 2) -> None:
        self.dialect, self.per_pop, self.looks = dialect, per_pop, 0
        self.uuids: list[str] = []
        self.left: dict[str, list[Json]] = {}
        self.frames = [prediction(None if dialect == "2023" else index) for index in range(frames)]
        self.stopped, self.cleared = set[str](), set[str]()
        self.extra: Json = {}
        script.on("inference_video_id_async", self.start)
        script.on("get_inference_progress", self.progress)
        script.on("pop_inference_results", self.pop)
        script.on("stop_inference", self.stop)
        script.on("clear_inference_request", self.clear)

    def start(self, request: Received) -> Reply:
        uuid = f"{len(self.uuids):032x}"
        self.uuids.append(uuid)
        self.left[uuid] = list(self.frames)
        return Reply({"inference_request_uuid": uuid})

    def progress(self, request: Received) -> Reply:
        return self._look(request, taken=None)

    def pop(self, request: Received) -> Reply:
        left = self.left.get(request.state["inference_request_uuid"], [])
        taken, left[:] = left[: self.per_pop], left[self.per_pop :]
        return self._look(request, taken)

    def stop(self, request: Received) -> Reply:
        self.stopped.add(request.state["inference_request_uuid"])
        return Reply({"message": "Inference will be stopped.", "success": True})

    def clear(self, request: Received) -> Reply:
        self.cleared.add(request.state["inference_request_uuid"])
        return Reply({"success": True})

    def _look(self, request: Received, taken: list[Json] | None) -> Reply:
        uuid = request.state["inference_request_uuid"]
        if uuid not in self.left:
            return Reply({"detail": "unknown job"}, 404)
        self.looks += 1
        total, left = len(self.frames), len(self.left[uuid])
        # A job of 2023 is over when its worker is, whether its results were fetched or not.
        over = self.looks > 3 if self.dialect == "2023" else left == 0
        answer: Json = {"progress": {"current": total - left, "total": total}, "is_inferring": not over}
        if self.dialect == "2023":
            answer["result"] = {"ann": self.frames} if over else None
            answer["pending_results"] = taken or []
        else:
            stage = "Finished" if over else "Running inference..."
            shown = {"status": stage, "current": total - left, "total": total, "is_size": False}
            reset = self.dialect == "newest" and over and taken is None
            answer = {"stage": stage, "finished": over, "is_inferring": not over, "result": over, "exception": None}
            answer["progress"] = {"current": 0, "total": 1} if reset else shown
            answer["preparing_progress"] = shown
            answer["pending_results"] = left if taken is None else taken
        return Reply({**answer, "cancel_inference": uuid in self.stopped, **self.extra})


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent about clients that hung up: many tests make them do so."""


class RoughServer(Script):
    """A `Script` behind a real socket."""

    def __init__(self) -> None:
        super().__init__()
        self.closing, self.paths, self.peers = threading.Event(), list[str](), set[object]()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(server: RoughServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            body = self.rfile.read(length)
            if len(body) < length:
                self.close_connection = True
                return
            headers = {name.lower(): value for name, value in self.headers.items()}
            server.paths.append(self.path)
            server.peers.add(self.client_address)
            reply = server.play(Received(self.path.rpartition("/")[2], headers, body))
            if reply.way == "silent":
                server.closing.wait(30)
            self.close_connection = self.close_connection or reply.way != "whole"
            if reply.way in ("whole", "cut", "trickle"):
                self._answer(reply)

        def _answer(self, reply: Reply) -> None:
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(10**6 if reply.way == "trickle" else len(reply.body)))
            self.end_headers()
            while reply.way == "trickle" and not server.closing.wait(0.01):
                self.wfile.write(b" ")
            half = len(reply.body) // 2
            self.wfile.write(reply.body[:half] if reply.way == "cut" else reply.body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


class PaperTransport:
    """A transport without a network: answers from a `Script`, on a clock that only sleeping moves."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.now = 1000.0
        self.slept: list[float] = []
        self.sent: list[tuple[str, Ask]] = []
        self.seconds_each, self.detachments = 0.0, 0

    def send(self, url: str, ask: Ask, deadline: float) -> Answer:
        self.sent.append((url, ask))
        self.now += self.seconds_each
        reply = self.script.play(Received(ask.route, dict(ask.headers), json.dumps(ask.json).encode()))
        if reply.way != "whole":
            raise AnswerLost("lost on paper")
        return Answer(reply.status, {"content-type": "application/json", **reply.headers}, reply.body)

    def download(self, url: str, ask: Ask, deadline: float, target: BinaryIO) -> None:
        target.write(self.send(url, ask, deadline).body)

    def detached(self) -> PaperTransport:
        self.detachments += 1
        return self

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def clock(self) -> float:
        return self.now

    def close(self) -> None:
        pass


@pytest.fixture
def rough() -> Iterator[RoughServer]:
    server = RoughServer()
    yield server
    server.stop()


@pytest.fixture
def connect(rough: RoughServer) -> Iterator[Callable[..., Session]]:
    """Make sessions on the rough server; timeouts are generous, since most tests wait for none of them."""
    opened: list[HttpTransport] = []

    def make(read_timeout: float = 20.0, **arguments: Any) -> Session:
        transport = HttpTransport(5.0, read_timeout, sleep=lambda seconds: time.sleep(min(seconds, 0.01)))
        opened.append(transport)
        return Session(**{"session_url": rough.url, "transport": transport, "stall_after": 20.0, **arguments})

    yield make
    for transport in opened:
        transport.close()


@pytest.fixture
def paper() -> PaperTransport:
    return PaperTransport(Script())


@pytest.fixture
def play() -> type[JobPlay]:
    return JobPlay


@pytest.fixture
def reply() -> type[Reply]:
    return Reply


@pytest.fixture
def predict() -> Callable[..., Json]:
    return prediction
