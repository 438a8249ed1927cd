"""Which release a target is like, as its routes show: asked with GET, which runs nothing on a serving app."""

from collections.abc import Collection

from .target import NEVER, Target
from .truth import Operation, Release, Truth

_OPTIONAL = frozenset(("openapi.json",))
"""A serving app may leave these out."""


def routes_of(truth: Truth, target: Target) -> frozenset[str]:
    """Routes of the truth that the target has; a serving app answers GET of a POST route with 405, else with 404."""
    found = {operation.route for operation in truth.operations.values() if operation.route not in NEVER}
    return frozenset(route for route in sorted(found) if target.send("GET", route).status != 404)


def least_release(truth: Truth, routes: Collection[str]) -> Release:
    """The oldest release that has all these routes."""
    found = (operation.since for operation in truth.operations.values() if operation.route in routes)
    return max(found, default=truth.first)


def missing(truth: Truth, routes: Collection[str], release: Release) -> list[Operation]:
    """Operations that a target of this release has, and this one lacks."""
    return [
        operation
        for operation in truth.operations.values()
        if operation.route not in {*routes, *NEVER, *_OPTIONAL} and operation.holds_in(release)
    ]
