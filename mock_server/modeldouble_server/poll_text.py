"""The answer to a poll as it goes on the wire: as the encoder would write it, put together of parts that it wrote.

Every client asks again and again how far its job is, and of the answer hardly anything changes.
"""

import re
from collections.abc import Callable
from operator import itemgetter

from . import jobs
from .model import encoded
from .wire import STAGES, JobView, failure, has_result, polled, progress, was_stopped

_BOOLS = (b"false", b"true")
_MARK = re.compile(rb'"<(\d+)>"')

# What stands for the values is their number, which tells where each goes: some go to more than one place.
_MARKED = encoded(polled(*(f"<{number}>" for number in range(11))))
_POLL = _MARK.sub(b"%b", _MARKED)
_places: Callable[[tuple[bytes, ...]], tuple[bytes, ...]] = itemgetter(*map(int, _MARK.findall(_MARKED)))

_NONE = jobs.Job("", 0, 0.0, 0.0, 0.0, {}, 0.0)
_STAGES = {one: encoded(stage) for one, stage in STAGES.items()}
_PROGRESS = {
    one: _MARK.sub(b"%d", encoded(progress(JobView(_NONE, one, 0, 0, False)) | {"current": "<0>", "total": "<1>"}))
    for one in STAGES
}


def poll_text(view: JobView, pending: bytes) -> bytes:
    """As `wire.poll`, encoded; so is `pending`."""
    job, state, exception = view.job, view.state, failure(view)
    uuid, over, started = job.uuid, view.over, b"%a" % job.started
    # Nothing here takes longer than the text of a float, and both are the same until something was handed out.
    alike = job.touched == job.started and type(job.touched) is type(job.started)
    values = (
        b'"%b"' % uuid.encode() if uuid.isascii() and uuid.isalnum() else encoded(uuid), _STAGES[state],
        _PROGRESS[state] % (view.inferred, job.total), pending, _BOOLS[has_result(view)],
        b"null" if exception is None else encoded(exception), _BOOLS[not over], _BOOLS[over],
        _BOOLS[was_stopped(job)], started, started if alike else b"%a" % job.touched,
    )  # fmt: skip
    return _POLL % _places(values)
