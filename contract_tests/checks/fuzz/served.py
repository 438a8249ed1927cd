"""A fake on a clock that only its test moves, asked over raw sockets: not by a client that could share its mistakes."""

import json
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import Barrier
from typing import Any, NamedTuple

from modeldouble_server import Clock, Server
from modeldouble_server.default_world import DATA, IMAGES, PICTURES_PROJECT_ID, VIDEO, VIDEO_ID

from .life import TICKS, Json

_EPOCH = 1_700_000_000
_PATIENCE = 60.0
PICTURES = {number: (DATA / "world" / name).read_bytes() for number, name in IMAGES.items()}
FILM = (DATA / "world" / VIDEO).read_bytes()
PROJECT = PICTURES_PROJECT_ID


class Said(NamedTuple):
    """One answer."""

    status: int
    value: Any


class Served:
    """One server, four connections to it, and the answers that its model must give about everything that is in it."""

    def __init__(self) -> None:
        self.tick = 0
        self.server = Server(clock=Clock(lambda: self.dated(self.tick))).start()
        self._clients = [HTTPConnection(self.server.host, self.server.port, timeout=_PATIENCE) for _ in range(4)]
        self._threads = ThreadPoolExecutor(4)
        long = self.server.add_video(1300)
        self.frames = {VIDEO_ID: self._sync_frames(VIDEO_ID), long: self._sync_frames(long)}
        ids = list(PICTURES)
        self.images: dict[int, Json] = dict(zip(ids, self._sync("inference_batch_ids", batch_ids=ids), strict=True))
        said = self.form(0, "inference_batch", list(PICTURES.values()))
        self.files: dict[int, Json] = dict(zip(ids, said.value, strict=True))

    def stop(self) -> None:
        self._threads.shutdown()
        for client in self._clients:
            client.close()
        self.server.stop()

    @staticmethod
    def dated(tick: int) -> float:
        return _EPOCH + tick / TICKS

    def play(self, preparation: int, pace: int) -> None:
        """Let jobs that start from now on take so many ticks."""
        model = self.server.fake.models[self.server.session_token]
        model.spec = model.spec._replace(preparation=preparation / TICKS, pace=pace / TICKS)

    def ask(self, client: int, route: str, state: Any) -> Said:
        """A JSON request."""
        body = json.dumps({"state": state, "context": {}, "api_token": None}).encode()
        return self._send(client, route, body, "application/json")

    def job(self, client: int, route: str, uuid: str) -> Said:
        return self.ask(client, route, {"inference_request_uuid": uuid})

    def at_once(self, asked: list[tuple[str, Any]]) -> list[Said]:
        """As many requests as clients, at most, each from a thread that waits for the others."""
        barrier = Barrier(len(asked))

        def one(client: int, route: str, state: Any) -> Said:
            barrier.wait(_PATIENCE)
            return self.ask(client, route, state)

        sent = [self._threads.submit(one, client, *what) for client, what in enumerate(asked)]
        return [each.result(_PATIENCE) for each in sent]

    def form(self, client: int, route: str, files: list[bytes]) -> Said:
        """A form of files, all of the same name, and a state that asks for nothing."""
        head = '--XX\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n'
        parts = b"".join(head.encode() + content + b"\r\n" for content in files)
        return self._send(client, route, parts + b"--XX--\r\n", "multipart/form-data; boundary=XX")

    def _send(self, client: int, route: str, body: bytes, kind: str) -> Said:
        connection = self._clients[client]
        path = f"/net/{self.server.session_token}/{route}"
        connection.request("POST", path, body, {"Content-Type": kind})
        answer = connection.getresponse()
        return Said(answer.status, json.loads(answer.read()))

    def _sync(self, route: str, **state: Any) -> Any:
        said = self.ask(0, route, state)
        assert said.status == 200, said
        return said.value

    def _sync_frames(self, video: int) -> list[Json]:
        self.play(0, 0)
        found: list[Json] = self._sync("inference_video_id", videoId=video)["ann"]
        assert [one["frame_index"] for one in found] == list(range(len(found)))
        return found
