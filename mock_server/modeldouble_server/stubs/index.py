"""Stubs by what they are found by, so that a call looks at few of them however many there are."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Hashable, Iterator

from .asked import Asked, Slot
from .stub import Stub

Shape = tuple[Slot, ...]


class Spans:
    """Numbers of stubs by their frames.

    Spans of about the same length lie together, sorted by their start: those that meet a frame then lie side by side.
    """

    def __init__(self) -> None:
        self._by_length: dict[int, list[tuple[int, int]]] = {}

    def add(self, frames: range, number: int) -> None:
        """Note a span."""
        insort(self._by_length.setdefault(len(frames).bit_length(), []), (frames[0], number))

    def remove(self, frames: range, number: int) -> None:
        """Forget a span that is there."""
        spans = self._by_length[len(frames).bit_length()]
        del spans[bisect_left(spans, (frames[0], number))]

    def near(self, first: int, last: int) -> Iterator[int]:
        """Every stub whose frames meet those from first to last, and a few more."""
        for bits, spans in self._by_length.items():
            # A span of this length is shorter than 2**bits.
            begin = bisect_right(spans, (first - (1 << bits), -1))
            for _, number in spans[begin : bisect_left(spans, (last + 1, -1))]:
                yield number


class _Bucket:
    def __init__(self) -> None:
        self.stubs: dict[int, Stub] = {}
        self.whole: dict[int, Stub] = {}
        self.spans = Spans()

    def near(self, asked: Asked) -> Iterator[Stub]:
        yield from self.whole.values()
        if asked.video and asked.frames:
            first, last = sorted((asked.frames[0], asked.frames[-1]))
            for number in self.spans.near(first, last):
                yield self.stubs[number]


class Index:
    """Live stubs. Those with conditions on the same slots are one table, keyed by the values that they want there."""

    def __init__(self) -> None:
        self._tables: dict[Shape, dict[tuple[Hashable, ...], _Bucket]] = {}
        self._places: dict[int, _Bucket] = {}

    def set(self, stub: Stub) -> None:
        """Have the stub if it is live, and only then."""
        if stub.live and stub.number not in self._places:
            self._add(stub)
        elif not stub.live:
            self.drop(stub)

    def drop(self, stub: Stub) -> None:
        """Have the stub no longer, if it is there."""
        if stub.number not in self._places:
            return
        bucket = self._places.pop(stub.number)
        del bucket.stubs[stub.number]
        if stub.frames is None:
            del bucket.whole[stub.number]
        else:
            bucket.spans.remove(stub.frames, stub.number)

    def _add(self, stub: Stub) -> None:
        exact = [(one.slot, one.key) for one in stub.conditions if one.slot is not None]
        table = self._tables.setdefault(tuple([slot for slot, _ in exact]), {})
        bucket = table.setdefault(tuple([key for _, key in exact]), _Bucket())
        bucket.stubs[stub.number] = stub
        self._places[stub.number] = bucket
        if stub.frames is None:
            bucket.whole[stub.number] = stub
        else:
            bucket.spans.add(stub.frames, stub.number)

    def matching(self, asked: Asked) -> list[Stub]:
        """The stubs all of whose conditions hold."""
        return [stub for stub in self.candidates(asked) if stub.matches(asked)]

    def candidates(self, asked: Asked) -> list[Stub]:
        """Those that match and a few more: what is looked up holds, the other conditions may not."""
        found: list[Stub] = []
        for shape, table in self._tables.items():
            bucket = table.get(tuple([asked.value(slot) for slot in shape]))
            if bucket is not None:
                found += bucket.near(asked)
        return found
