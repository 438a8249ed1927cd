"""The streams that a run is told on, which may be closed, or full, before it ends."""

import io
import os
from contextlib import suppress
from typing import TextIO


class Output:
    """Lines to a stream; None is one that was closed from the start.

    Once a stream refuses a line, whatever follows is lost. The run itself goes on.
    """

    def __init__(self, stream: TextIO | None) -> None:
        self.lost = "it is closed" if stream is None else ""
        """Why lines were lost; empty if none was."""
        self.stream: TextIO = io.StringIO() if stream is None else stream

    def say(self, text: str) -> None:
        """A line, in which a terminal that cannot show a character gets its escape."""
        if self.lost:
            return
        try:
            encoding = self.stream.encoding or "utf-8"
            self.stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
            self.stream.flush()
        except (OSError, ValueError) as error:
            self.lost = getattr(error, "strerror", None) or str(error)
            with suppress(OSError, ValueError):
                _give_up(self.stream)

    @property
    def terminal(self) -> bool:
        """A person reads it."""
        return not self.lost and self.stream.isatty()


def _give_up(stream: TextIO) -> None:
    """Let the rest go nowhere: it would be written once more when Python ends, which makes a status of its own."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, stream.fileno())
    finally:
        os.close(nowhere)
