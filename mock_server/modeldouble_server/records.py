"""A job as the store holds it: bytes, of which those that were read lately are known."""

import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import Any

from . import jobs

_END = b"\n"
"""Of a record's head, behind which is what the job remembers: of that most polls need nothing."""
_KNOWN = 2048
_KNOWN_BYTES = 2048
"""A longer record is read anew each time, so that what is known takes some megabytes at the most."""


class Kept(Mapping[str, Any]):
    """What a job remembers, as `text` in JSON. It is read when something of it is asked for."""

    __slots__ = ("_read", "text")

    def __init__(self, text: bytes) -> None:
        self.text = text
        self._read: dict[str, Any] | None = None

    def _all(self) -> dict[str, Any]:
        read: dict[str, Any] = json.loads(self.text) if self._read is None else self._read
        self._read = read
        return read

    def __getitem__(self, name: str) -> Any:
        return self._all()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


class Records:
    """Reads records, the same one once. What the store answers decides, so that nothing is ever out of date."""

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, jobs.Course] = OrderedDict()

    def __len__(self) -> int:
        """How many are known."""
        return len(self._known)

    def read(self, raw: bytes) -> jobs.Course:
        """The course of the job whose record this is."""
        found = self._known.get(raw)
        if found is None:
            found = jobs.course(decode(raw))
            # What a record of an earlier version remembers is a dict, and no two readers may share it.
            if len(raw) > _KNOWN_BYTES or not isinstance(found.job.work, Kept):
                return found
            self._known[raw] = found
            if len(self._known) > _KNOWN:
                self._known.popitem(last=False)
        work = found.job.work
        # What a model does to settings that it was given must not come to the next one that asks.
        return _apart(found, work) if type(work) is Kept else found


_WORK = jobs.Job._fields.index("work")


def _apart(course: jobs.Course, work: Kept) -> jobs.Course:
    # As `_replace`, in a third of its time: each poll comes here.
    job = course.job
    apart = tuple.__new__(jobs.Job, (*job[:_WORK], Kept(work.text), *job[_WORK + 1 :]))
    return tuple.__new__(jobs.Course, (apart, *course[1:]))


_HEAD = tuple(name for name in jobs.Job._fields if name != "work")


def encode(job: jobs.Job) -> bytes:
    """The record of a job."""
    head = {name: value for name in _HEAD if (value := getattr(job, name)) is not None}
    work = job.work.text if isinstance(job.work, Kept) else _json(job.work)
    return _json(head) + _END + work


def _json(value: Any) -> bytes:
    # In ASCII, and without the line break that ends the head.
    return json.dumps(value, separators=(",", ":")).encode()


def decode(raw: bytes) -> jobs.Job:
    """The job of a record."""
    head, _, work = raw.partition(_END)
    fields = json.loads(head)
    if "failure" in fields:
        fields["failure"] = jobs.Failure(*fields["failure"])
    if "trouble" in fields:
        fields["trouble"] = jobs.Trouble(*fields["trouble"])
    # A record of an earlier version has its work within.
    return jobs.Job(**fields, work=Kept(work)) if work else jobs.Job(**fields)
