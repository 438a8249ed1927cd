"""A running fake, administered from any process: its models, stubs, faults, clocks and journals.

with Admin("http://127.0.0.1:27209") as admin:
    admin.models()[0].fail("reset", calls=3)

Errors: AdminError, of which Unreachable is the case that nobody answered.
"""

from .client import Admin, Model
from .errors import AdminError, Unreachable
from .told import (
    Asked,
    Clock,
    Counts,
    Entry,
    Faults,
    Job,
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

__all__ = [
    "Admin", "AdminError", "Asked", "Clock", "Counts", "Entry", "Faults", "Job", "Jobs", "Latency", "Look", "Media",
    "Miss", "Model", "ModelDetails", "ModelLine", "Order", "ServerDetails", "Stub", "Unreachable",
]  # fmt: skip
