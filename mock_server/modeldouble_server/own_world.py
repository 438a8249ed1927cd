"""The pictures and videos of a served model's own world, put in by a test."""

import os
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from .picture_file import drawn
from .refusal import Refused, shown
from .stubs.conditions import Content, whole
from .world import World

if TYPE_CHECKING:
    from .server import Server

T = TypeVar("T")
SIZE = (640, 480)
FRAMES = 10


class OwnWorld:
    """Changes a world from any thread. What it refuses is a ValueError."""

    def __init__(self, server: "Server", world: World) -> None:
        self._server = server
        self._world = world

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine where the server runs."""
        try:
            return self._server.call(work)
        except Refused as refused:
            raise ValueError(refused.text) from refused

    def add_image(self, content: "os.PathLike[str] | bytes", name: str | None, image_id: int | None) -> int:
        """Add a picture; without a name it has that of its file."""
        if not isinstance(content, (bytes, os.PathLike)):
            raise TypeError(f"content is {shown(content)}; give a Path or bytes")
        data = content if isinstance(content, bytes) else Path(content).read_bytes()
        named = name or ("image.png" if isinstance(content, bytes) else Path(content).name)
        chosen = None if image_id is None else whole("image_id", image_id, 1)
        return self.call(self._server.fake.add_image(self._world, data, named, chosen))

    def add_video(self, frames: int, size: tuple[int, int], fps: float, video_id: int | None) -> int:
        """Add the description of a video."""
        if len(size) != 2 or min(size) < 1 or not fps > 0:
            raise ValueError(f"size is {size!r}, fps {fps!r}; give positive numbers")
        length = whole("frames", frames)
        chosen = None if video_id is None else whole("video_id", video_id, 1)
        return self.call(self._server.fake.add_video(self._world, length, size, fps, chosen))

    def read(self, sha256: str) -> bytes | None:
        """A content of the world's."""
        return self.call(self._world.blobs.read(sha256))

    def need_image(self, image_id: int, image: Content | None) -> None:
        """Add a picture unless it is there: with the content or the name that a condition wants, or a drawn one."""
        if self.call(self._world.get("image", image_id)) is not None:
            return
        if isinstance(image, (bytes, os.PathLike)):
            self.add_image(image, None, image_id)
            return
        named = isinstance(image, str) and not set(image) & set("*?")
        own = f"{image_id}.jpg"
        self.add_image(drawn(own, SIZE), str(image) if named else own, image_id)

    def need_video(self, video_id: int, frames: int | range | None) -> None:
        """Add a video that has the frames, unless it is there."""
        if self.call(self._world.get("video", video_id)) is None:
            last = max(frames[0], frames[-1]) if isinstance(frames, range) else frames or 0
            self.add_video(max(FRAMES, last + 1), SIZE, 25.0, video_id)
