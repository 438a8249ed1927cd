"""Faults on command: what may go wrong, in which call it does, and how it is carried out."""

from .kinds import KINDS, FaultKind, Parameter, Stage
from .orders import Fired, Orders
from .reading import MOST_CALLS, Order, read_order

__all__ = ["KINDS", "MOST_CALLS", "FaultKind", "Fired", "Order", "Orders", "Parameter", "Stage", "read_order"]
