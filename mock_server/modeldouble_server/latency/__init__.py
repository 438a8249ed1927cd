"""How long a model takes: times, a queue, and profiles that were measured."""

from .latency import Latency
from .reading import read_latency
from .waiting import wait

__all__ = ["Latency", "read_latency", "wait"]
