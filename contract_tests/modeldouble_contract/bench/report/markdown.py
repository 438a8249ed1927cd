"""The page of a run, and the paragraph of the README. Both are made of the run alone: no clock, no machine."""

from collections.abc import Iterator, Sequence

from ..run import Measured, Outcome, Taken
from ..statistics import spread, values
from ..verdict import Compared, Kind, Verdict, compared, compared_null, verdicts
from ..workload import Growth, Role, Target
from .figures import figure, named, quantity, quartiles, times, unit_told
from .method import method, own_ways
from .plots import curves, pictures

BEGIN, END = "<!-- performance, made by `python -m modeldouble_contract.bench.report` -->", "<!-- /performance -->"
_QUICK = (
    "**This was a quick run**, {pairs} pairs of {seconds:g} s: its figures are rough, and so is what "
    "is said of targets.\n\n"
)


def page(outcome: Outcome, *, results: str, folder: str) -> str:
    """The whole page. `results` is the link to the JSON, `folder` leads from the page to the pictures."""
    prefix = f"{folder.rstrip('/')}/" if folder else ""
    machine = _table(("", ""), list(outcome.machine.items()))
    releases = ", ".join(f"{name} {release}" for name, release in outcome.versions.items())
    head = f"{_warning(outcome)}{_short(outcome)}\n{method(outcome, results)}"
    return f"# How fast it is\n\n{head}## The machine\n\n{machine}\nTook part: {releases}.\n" + "".join(
        f"\n{section(one, prefix)}" for one in outcome.measured
    )


def paragraph(outcome: Outcome) -> str:
    """What the README says, between its marks."""
    link = "[method, tables, growth](docs/performance.md)"
    cores = outcome.machine.get("Cores", "").partition(";")[0]
    told = f"Medians of {outcome.pairs} interleaved pairs, {cores} cores, {outcome.when[:10]}: {link}."
    return f"{BEGIN}\n{_warning(outcome)}{_short(outcome)}\n{told}\n{END}"


def spliced(text: str, outcome: Outcome) -> str:
    """A README with the paragraph in the place of the one that it has; ValueError if it has no marks."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the README has no place for the paragraph: a line {BEGIN} and a line {END}")
    return f"{before}{paragraph(outcome)}{after}"


def section(measured: Measured, prefix: str = "") -> str:
    """One workload: its table, growth, slopes and pictures."""
    workload = measured.workload
    parts = [f"## {workload.number}. {workload.title}\n"]
    parts += [f"{note}\n" for note in (*workload.notes, *own_ways(workload))]
    if measured.failed:
        return "\n".join([*parts, f"**It could not be measured:** {measured.failed}\n"])
    parts += [f"**Absent:** {one.name}: {one.absent}\n" for one in measured.taken if one.absent]
    judged = verdicts(measured)
    names = tuple(dict.fromkeys(name for one in measured.taken for name in _measures(one)))
    heads = (
        "case",
        "who",
        "median",
        "quartiles",
        "n",
        *map(_head, names),
        "ours / it",
        "95 %",
        "target",
    )
    parts.append(_table(heads, list(_rows(measured, judged, names))))
    parts.append(_list([*_judged(measured, judged), *_slopes(measured)]))
    if workload.bound and any(one.kind is not Kind.MET for one in judged):
        parts.append(f"**What the bound is:** {workload.bound}\n")
    for picture in pictures(measured):
        parts.append(f"![{picture.text}]({prefix}{picture.name})\n")
    return "\n".join(parts)


def _warning(outcome: Outcome) -> str:
    return _QUICK.format(pairs=outcome.pairs, seconds=outcome.seconds) if outcome.quick else ""


def _short(outcome: Outcome) -> str:
    heads = ("modeldouble is so many times as fast as", "the limit", "peers", "targets")
    return _table(heads, [_line(one) for one in outcome.measured])


def _line(measured: Measured) -> Sequence[str]:
    judged = [] if measured.failed else verdicts(measured)
    told = _counted(judged)
    cells = [", ".join(_speeds(measured, role)) for role in (Role.LIMIT, Role.PEER)]
    return (measured.workload.title, *cells, "failed" if measured.failed else told)


def _speeds(measured: Measured, role: Role) -> Iterator[str]:
    for other in measured.taken:
        if other.role is not role:
            continue
        found = [compared(measured, other, case.name) for case in measured.workload.cases]
        there = [one.ratio for one in found if one is not None and one.ratio > 0]
        speeds = there if measured.workload.more_is_better else [1 / one for one in there]
        yield f"{other.name} {times(speeds)}" if speeds else f"{other.name} (absent)"


def _rows(measured: Measured, judged: Sequence[Verdict], names: Sequence[str]) -> Iterator[Sequence[str]]:
    for case in measured.workload.cases:
        label = case.name
        for one in measured.taken:
            if case.name not in one.readings:
                continue
            ratio = None if one.role is Role.OURS else compared(measured, one, case.name)
            against = None if one.role is Role.OURS else one.name
            told = [_named(it) for it in judged if it.case == case.name and it.against == against]
            yield _row(measured, label, one, case.name, names, ratio, ", ".join(told))
            label = ""
        first = measured.limit
        if first is not None and case.name in measured.null:
            again = Taken(f"{first.name}, again", Role.LIMIT, measured.null)
            null = compared_null(measured, case.name)
            yield _row(measured, label, again, case.name, names, null, "null comparison")


def _row(
    measured: Measured, label: str, one: Taken, case: str, names: Sequence[str], ratio: Compared | None, told: str
) -> Sequence[str]:
    unit, readings = measured.workload.unit, one.readings[case]
    found = spread(values(readings))
    assert found is not None  # nobody has a case without a reading
    more = [spread(values(readings, name)) for name in names]
    return (
        label,
        f"**{one.name}**" if one.role is Role.OURS else one.name,
        quantity(found.median, unit),
        quartiles(found.low, found.high, unit, found.median),
        str(found.number),
        *("" if it is None else figure(it.median) for it in more),
        "" if ratio is None else figure(ratio.ratio),
        "" if ratio is None or ratio.interval is None else " to ".join(map(figure, ratio.interval)),
        told,
    )


def _named(verdict: Verdict) -> str:
    """What is said in a cell, where several measures are judged in a row."""
    return f"{named(verdict.measure)[0]}: {verdict.told}" if verdict.measure else verdict.told


def _counted(judged: Sequence[Verdict]) -> str:
    """How many of each kind."""
    kinds = [one.kind for one in judged]
    names = {**{kind: kind.value for kind in Kind}, Kind.NOISE: f"missed {Kind.NOISE.value}"}
    unsure = sum(not one.is_sure for one in judged if one.kind is Kind.MET)
    if unsure:
        names[Kind.MET] += f" ({unsure} not surely)"
    return ", ".join(f"{kinds.count(kind)} {names[kind]}" for kind in Kind if kind in kinds)


def _judged(measured: Measured, judged: Sequence[Verdict]) -> Iterator[str]:
    """A line for each target and growth, with what was found in all of its cases."""
    bounds: list[Target | Growth] = [*measured.workload.targets, *measured.workload.growths]
    for bound in bounds:
        same = [one for one in judged if one.text == bound.text]
        if same:
            told = same[0].told if len({one.told for one in same}) == 1 else _counted(same)
            yield f"{bound.text}: **{told}**{_span(measured, bound, same)}"


def _span(measured: Measured, bound: Target | Growth, same: Sequence[Verdict]) -> str:
    """The least and the greatest of what was found, and of what it is."""
    found = [one.found for one in same if one.kind is not Kind.UNKNOWN]
    if not found:
        return ""
    figures = " to ".join(dict.fromkeys(map(figure, (min(found), max(found)))))
    if isinstance(bound, Target) and bound.against is not None:
        return f" (ours / it {figures})"
    if isinstance(bound, Growth) and bound.ratio is not None:
        return f" (greatest / least {figures})"
    unit = named(bound.measure)[1] if bound.measure else unit_told(measured.workload.unit)
    return f" ({figures} {unit})".replace(" )", ")")


def _slopes(measured: Measured) -> Iterator[str]:
    told = ", ".join(f"{one.name} {one.slope:.2f}" for one in curves(measured) if one.slope is not None)
    if measured.workload.axis and told:
        yield f"slopes over {measured.workload.axis}: {told}"


def _list(lines: Sequence[str]) -> str:
    return "".join(f"- {line}\n" for line in lines)


def _measures(one: Taken) -> Iterator[str]:
    for readings in one.readings.values():
        for reading in readings:
            yield from reading.more


def _head(measure: str) -> str:
    name, unit = named(measure)
    return f"{name}, {unit}" if unit else name


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "".join(f"| {' | '.join(_cell(cell) for cell in row)} |\n" for row in (heads, ["---"] * len(heads), *rows))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
