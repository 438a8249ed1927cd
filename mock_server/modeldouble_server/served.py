"""The face of one served model for a test: what it answers, how it fails, what it was asked."""

import asyncio
import os
import warnings
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from .clock import Clock
from .default_world import TASK_ID
from .faults import MOST_CALLS, Orders, read_order
from .journal import Entry
from .model import Model
from .model_options import seconds
from .own_world import FRAMES, SIZE, OwnWorld
from .picture_file import Folder, drawn
from .pixels import decoded_digest
from .received import Call
from .refusal import shown
from .stubs import Exactly, When
from .stubs.asked import IMAGE_PIXELS, Asked
from .stubs.conditions import Condition, Content, Predicate, whole
from .tenancy import Tenant
from .unused import UnusedStub
from .verification import calls_told, conditions_of, holds, judged, judged_in_order, several, wanted

if TYPE_CHECKING:
    from modeldouble import Session

    from .server import Server

_ONCE: Any = object()
"""Nothing was said of how often: once, or as `calls`, `probability` and the fault's own nature say."""


class ServedModel:
    """A model with tokens, a world, a clock, stubs and a record of calls of its own: `Server.add_model` gives it.

    `with` and `async with` close it at the end, and raise an AssertionError for calls that no stub answered. Usable
    from any thread.
    """

    def __init__(self, server: "Server", tenant: Tenant) -> None:
        self._server = server
        self._tenant = tenant
        self._world = OwnWorld(server, tenant.model.world)
        self._folder = Folder()
        self._sessions: list[Session] = []
        self._digests: dict[str, str] = {}
        self._model.received.keeps_contents = True

    @property
    def session_url(self) -> str:
        """What a client takes as `session_url`."""
        return f"{self._server.server_address}/net/{self._tenant.session_token}"

    @property
    def server_address(self) -> str:
        """What a platform client takes as SERVER_ADDRESS."""
        return self._server.server_address

    @property
    def api_token(self) -> str:
        """What a platform client takes as API_TOKEN: it opens this model's world and no other."""
        return self._tenant.api_token

    @property
    def task_id(self) -> int:
        """The model's task on the platform."""
        return TASK_ID

    @property
    def clock(self) -> Clock:
        """The model's clock: `clock.advance(60)` lets a minute pass for its jobs."""
        return self._model.clock

    def session(self, **options: Any) -> "Session":
        """Our client, connected to the model; options are those of `modeldouble.Session`."""
        from modeldouble import Session

        self._sessions.append(Session(session_url=self.session_url, **options))
        return self._sessions[-1]

    def picture(self, name: str = "picture.jpg", size: tuple[int, int] = SIZE) -> Path:
        """The path of a drawn picture in a temporary folder; `size` is (width, height) in pixels.

        What it shows depends on name and size alone, its format on the name's suffix.
        """
        return self._folder.put(name, drawn(name, size))

    def add_image(
        self, content: "os.PathLike[str] | bytes", name: str | None = None, image_id: int | None = None
    ) -> int:
        """Put a picture into the model's world and give its id. ValueError: no picture, or an id that is taken."""
        return self._world.add_image(content, name, image_id)

    def add_video(
        self, frames: int = FRAMES, size: tuple[int, int] = SIZE, fps: float = 25.0, video_id: int | None = None
    ) -> int:
        """Put a video without bytes into the model's world and give its id: it can be inferred, not downloaded."""
        return self._world.add_video(frames, size, fps, video_id)

    def when(
        self, *, image: Content | None = None, image_id: int | None = None, url: str | None = None,
        video: Content | None = None, video_id: int | None = None, frames: int | range | None = None,
        route: str | None = None, settings: "Mapping[str, Any] | Exactly | Predicate | None" = None,
        call: int | range | None = None,
    ) -> When:  # fmt: skip
        """Conditions for an answer, as `Stubs.when` explains them: `when(image=path).predict("person", box=...)`.

        An `image_id` or `video_id` that the model's world does not have is put into it: the picture with the content
        or the name that `image` gives, or else a drawn one. A class that the model's meta lacks joins it.
        """
        given = self._model.stubs.when(
            image=image, image_id=image_id, url=url, video=video, video_id=video_id, frames=frames, route=route,
            settings=settings, call=call,
        )  # fmt: skip
        if image_id is not None:
            self._world.need_image(whole("image_id", image_id, 1), image)
        if video_id is not None:
            self._world.need_video(whole("video_id", video_id, 1), frames)
        return given

    def fail(
        self, fault: int | str = 503, *, times: int | None = _ONCE, route: str | None = None,
        calls: int | Iterable[int] | None = None, probability: float | None = None, seed: int = 0, after: bool = False,
        lasting: float | None = None, **parameters: Any,
    ) -> int:  # fmt: skip
        """Let calls go wrong from now on: the next `times` (None: all) of those that `route` fits, those that `calls`
        numbers from 1, or each with `probability`. Gives the order's number, for `faults.remove`.

        `fault` is an HTTP status of 400 to 599, or a name such as "reset" or "stalls", with its `parameters`: all are
        in docs/faults.md. `route` is a name such as "inference_image", with * for any part of it, or several, with
        commas between. `lasting` ends it after so many seconds of the model's clock. ValueError names what cannot be
        ordered.
        """
        given: dict[str, Any] = {"fault": fault} if isinstance(fault, str) else {"status": fault}
        if times is not _ONCE:
            given["times"] = times
        listed = list(islice(calls, MOST_CALLS + 1)) if isinstance(calls, Iterable) else calls
        chosen = {"route": route, "calls": listed, "probability": probability, "lasting": lasting}
        given |= {name: value for name, value in chosen.items() if value is not None}
        return self._model.faults.add(read_order({**given, "seed": seed, "after": after, **parameters}, 1))

    @property
    def faults(self) -> Orders:
        """What was ordered to go wrong."""
        return self._model.faults

    def journal(self, **chosen: Any) -> list[Entry]:
        """The newest requests, oldest first, whatever became of them; arguments are those of `Journal.entries`."""
        return self._model.journal.entries(**chosen)

    def pace(self, frame: float, preparation: float = 0.0) -> None:
        """Let jobs take `frame` seconds for a frame from now on, after `preparation` seconds."""
        begin = seconds("preparation", preparation)
        self._model.spec = self._model.spec._replace(pace=seconds("frame", frame), preparation=begin)

    def received(self, **conditions: Any) -> list[Call]:
        """The calls that are as the conditions say, which are those of `when`; oldest first, the newest 10,000."""
        found = conditions_of(conditions)
        return [call for call, asked in self._asked(found) if holds(found, asked)]

    def assert_received(
        self, *, times: int | None = None, at_least: int | None = None, at_most: int | None = None, **conditions: Any
    ) -> None:
        """AssertionError unless `times` calls, or at least one, were as the conditions say, which are those of `when`.

        A picture of a batch is a call, so is a video. The error tells the nearest calls field by field.
        """
        found, expected = conditions_of(conditions), wanted(times, at_least, at_most)
        __tracebackhide__ = True
        text = judged(found, [asked for _, asked in self._asked(found)], expected)
        if text is not None:
            raise AssertionError(text)

    def assert_received_in_order(self, *expected: Mapping[str, Any]) -> None:
        """AssertionError unless calls came one after the other that are as these conditions say, with any between."""
        found = [conditions_of(dict(one)) for one in expected]
        calls = [asked for _, asked in self._asked([one for conditions in found for one in conditions])]
        __tracebackhide__ = True
        text = judged_in_order(found, calls)
        if text is not None:
            raise AssertionError(text)

    def history(self, most: int = 20) -> list[str]:
        """The newest calls, a line each."""
        return calls_told([asked for _, asked in self._model.received.asked()], most)

    @property
    def misses(self) -> list[str]:
        """What was asked that no stub answers, or two do, with the nearest stubs."""
        return [one.text for one in self._model.stubs.misses]

    @property
    def unused(self) -> list[str]:
        """A line for each stub that never answered."""
        return self._model.stubs.unused()

    @property
    def deviations(self) -> dict[str, str]:
        """What real servers would have answered otherwise, by kind."""
        return self._model.noticer.texts

    def check(self, unused: str = "warn") -> None:
        """AssertionError for calls that no stub answered; UnusedStub for stubs that answered none.

        `unused` is "warn", "error" (an AssertionError too) or "ignore".
        """
        if unused not in ("warn", "error", "ignore"):
            raise ValueError(f"unused is {shown(unused)}; give 'warn', 'error' or 'ignore'")
        self._check(unused)

    def _check(self, unused: str) -> None:
        __tracebackhide__ = True
        text = self.unmet(unused)
        if text:
            raise AssertionError(text)
        if unused == "warn" and self.unused:
            warnings.warn(several(self.unused), UnusedStub, stacklevel=3)

    def unmet(self, unused: str = "warn") -> str:
        """The first calls that no stub answered, and with "error" stubs that answered none; empty if all is well."""
        return several(self.misses + (self.unused if unused == "error" else []))

    def reset(self) -> None:
        """Be as at first: no stubs, failures, calls, jobs, deviations; clock and pace as they were. Pictures stay."""
        self._world.call(self._model.reset())

    def close(self) -> None:
        """Remove the model, its world and its pictures; closing twice is closing once."""
        for session in self._sessions:
            session.close()
        self._sessions.clear()
        self._folder.remove()
        self._server.remove(self._tenant)

    def __enter__(self) -> "ServedModel":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._check("warn")
        finally:
            self.close()

    async def __aenter__(self) -> "ServedModel":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self._check("warn")
        finally:
            await asyncio.to_thread(self.close)

    @property
    def _model(self) -> Model:
        return self._tenant.model

    def _asked(self, conditions: Sequence[Condition]) -> list[tuple[Call, Asked]]:
        calls = self._model.received.asked()
        if not any(one.slot == IMAGE_PIXELS for one in conditions):
            return calls
        return [(call, asked if asked.video else self._decoded(asked)) for call, asked in calls]

    def _decoded(self, asked: Asked) -> Asked:
        """The call with the digest of its picture's pixels, which is taken only where an array is looked for."""
        sha256 = asked.query.subject.sha256
        if sha256 not in self._digests:
            content = self._model.received.content(sha256) or self._world.read(sha256)
            self._digests[sha256] = "" if content is None else decoded_digest(content)
        origin = asked.query.origin._replace(pixels=self._digests[sha256] or None)
        return Asked(asked.query._replace(origin=origin), asked.call)
