"""Bytes of request bodies under way, over all requests: each is bounded, and a hundred of them must be as well."""

from ..refusal import Busy, Refused


class Uploading:
    """A counter of bytes that callers may make the server hold until they are answered."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.held = 0
        """Bytes now."""

    def move(self, before: int, after: int) -> None:
        """Let one request hold `after` bytes instead of `before`; over the limit it is a 429, or a 413 if even an idle
        server would refuse it."""
        if after > self.most:
            raise Refused(413, f"body of {after:,} bytes, over the limit of {self.most:,} for all; send less at once")
        if after > before and self.held - before + after > self.most:
            held = self.held - before
            text = f"uploads under way hold {held:,} of {self.most:,} bytes, and this one has {after:,}; ask again soon"
            raise Busy(429, text)
        self.held += after - before
