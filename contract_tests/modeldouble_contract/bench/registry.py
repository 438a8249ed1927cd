"""Finds the workloads: each module of `workloads` has one, `WORKLOAD`."""

from collections.abc import Sequence
from importlib import import_module
from pkgutil import iter_modules

from . import workloads
from .workload import Role, Workload


class Unknown(Exception):
    """A name that no workload has."""


def found() -> list[Workload]:
    """All of them, by their numbers."""
    modules = [import_module(f"{workloads.__name__}.{one.name}") for one in iter_modules(workloads.__path__)]
    every: list[Workload] = [module.WORKLOAD for module in modules if hasattr(module, "WORKLOAD")]
    return sorted(every, key=lambda one: one.number)


def chosen(names: Sequence[str], among: Sequence[Workload]) -> list[Workload]:
    """Those that are named, by name or number, in the order of their numbers; all, if none is. Raises `Unknown`."""
    known = {key: one for one in among for key in (one.name, str(one.number))}
    for name in names:
        if name not in known:
            raise Unknown(f"no workload is called {name!r}; there are {', '.join(one.name for one in among)}")
    wanted = {known[name].name for name in names}
    return [one for one in among if not names or one.name in wanted]


def defects(workload: Workload) -> list[str]:
    """What is wrong with a workload's description."""
    cases, entries = {one.name for one in workload.cases}, {one.name for one in workload.entries}
    named = [one.cases for part in (workload.entries, workload.targets, workload.growths) for one in part]
    against = {one.against for one in workload.targets if one.against is not None}
    rules = {
        "one entry is ours": sum(one.role is Role.OURS for one in workload.entries) == 1,
        "entries have names of their own": len(entries) == len(workload.entries),
        "cases have names of their own": len(cases) == len(workload.cases) > 0,
        "only cases that there are are named": all(one is None or one <= cases for one in named),
        "targets are against entries that there are": against <= entries,
        "a target has one bound": all((one.at_least is None) != (one.at_most is None) for one in workload.targets),
        "a growth has one bound": all((one.ratio is None) != (one.difference is None) for one in workload.growths),
    }
    return [rule for rule, kept in rules.items() if not kept]
