"""Whether a Redis will do as a store: looked at once, before anything is written."""

import logging
import re
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ...refusal import CannotServe
from .. import StoreDown

if TYPE_CHECKING:
    from .link import Link

_LOG = logging.getLogger(__name__)
_LEAST = 6
_APART = 1.0
"""Seconds that clocks may differ."""


async def check(link: "Link", clock: Callable[[], float] = time.time) -> None:
    """Refuse, by a CannotServe, a Redis that is away, too old, forgetful, a replica, a cluster, or of another time."""
    asked = clock()
    try:
        info = await link.ask("INFO")
    except StoreDown as trouble:
        if "permit" not in trouble.problem:
            raise CannotServe(str(trouble)) from trouble
        info = {}
    objection = objects(info) or wrong_time(info, asked, clock())
    if objection is not None:
        raise CannotServe(f"Redis at {link.address} {objection}")
    if "maxmemory_policy" not in info:
        _LOG.warning(
            "Redis at %s does not tell its maxmemory-policy; make sure that it is noeviction, or it drops live jobs",
            link.address,
        )
    if not info.get("aof_enabled", 1) and await _takes_snapshots(link):
        _LOG.warning(
            "Redis at %s keeps snapshots alone: if it is killed, it comes back as of the last one, and nobody notices;"
            " CONFIG SET appendonly yes keeps all, CONFIG SET save '' nothing, which is noticed",
            link.address,
        )


async def _takes_snapshots(link: "Link") -> bool:
    try:
        return bool([*await link.ask("CONFIG", "GET", "save"), b""][1])
    except StoreDown:
        # Not every user may ask.
        return False


def wrong_time(info: Mapping[str, Any], asked: float, answered: float) -> str | None:
    """What speaks against the clock of a Redis that told so between these two moments of ours, epoch seconds.

    Jobs that one server starts go by the clocks of all others: each is compared with that of the Redis.
    """
    if "server_time_usec" not in info:
        return None
    told = int(info["server_time_usec"]) / 1e6
    ahead = max(told - answered, 0.0) or min(told - asked, 0.0)
    if abs(ahead) <= _APART:
        return None
    side = "ahead of" if ahead > 0 else "behind"
    return f"has a clock that is {abs(ahead):.1f} s {side} this machine's; let both keep the time by NTP"


def objects(info: Mapping[str, Any]) -> str | None:
    """What speaks against a Redis that tells this of itself (INFO), and the remedy."""
    version, policy = str(info.get("redis_version", "")), info.get("maxmemory_policy", "noeviction")
    major = re.match(r"[0-9]+", version)
    if major is not None and int(major[0]) < _LEAST:
        return f"is version {version}; it must be {_LEAST} or newer"
    if info.get("cluster_enabled"):
        return "is part of a cluster, which is not supported; name a Redis that stands alone"
    if info.get("role", "master") != "master":
        return "is a replica, which takes no writes; name its primary"
    if policy != "noeviction":
        return f"has maxmemory-policy {policy}, by which it drops live jobs; CONFIG SET maxmemory-policy noeviction"
    return None
