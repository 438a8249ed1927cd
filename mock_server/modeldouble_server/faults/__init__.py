"""Faults on command: what may go wrong, in which call it does, and how it is carried out."""

from .kinds import KINDS, FaultKind, Parameter, Stage
from .orders import Fired, Orders
from .reading import Order, read_order

__all__ = ["KINDS", "FaultKind", "Fired", "Order", "Orders", "Parameter", "Stage", "read_order"]
