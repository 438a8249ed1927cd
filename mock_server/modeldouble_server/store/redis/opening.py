"""Whether a Redis will do as a store: looked at once, before anything is written."""

import logging
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ...refusal import CannotServe
from .. import StoreDown

if TYPE_CHECKING:
    from .link import Link

_LOG = logging.getLogger(__name__)
_LEAST = 6


async def check(link: "Link") -> None:
    """Refuse, by a CannotServe, a Redis that is away, too old, forgetful, a replica or a cluster."""
    try:
        info = await link.ask("INFO")
    except StoreDown as trouble:
        if "permit" not in trouble.problem:
            raise CannotServe(str(trouble)) from trouble
        info = {}
    objection = objects(info)
    if objection is not None:
        raise CannotServe(f"Redis at {link.address} {objection}")
    if "maxmemory_policy" not in info:
        _LOG.warning(
            "Redis at %s does not tell its maxmemory-policy; make sure that it is noeviction, or it drops live jobs",
            link.address,
        )


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
