"""Curves of growth as SVG, the same bytes for the same run and release of matplotlib; readable on any background."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..run import Measured, Taken
from ..statistics import Spread, slope, spread, values
from ..workload import Role
from .figures import figure, named, unit_told

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_INK, _PAPER, _RULE = "#222222", "#ffffff", "#dddddd"
# After Okabe and Ito, whose colours people with any colour vision tell apart; darker, as names are written in them.
_OURS, _LIMIT = "#0072b2", "#222222"
_PEERS = ("#d55e00", "#009e73", "#a8477f", "#8a6800", "#2b8cbe")
_DASHES = {Role.OURS: "-", Role.LIMIT: "--", Role.PEER: "-"}
_MARKERS = "os^Dv<>PX"
_DECADE, _FEW_DECADES = 10.0, 1e3
_SIZE = (7.6, 4.2)
_LABEL_HEIGHT = 0.052
"""Of a label, as a share of the height of the axes."""
_STYLE: Any = {
    "svg.hashsalt": "modeldouble", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10,
    "text.color": _INK, "axes.labelcolor": _INK, "xtick.color": _INK, "ytick.color": _INK, "axes.edgecolor": _INK,
    "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True, "grid.color": _RULE,
    "figure.facecolor": _PAPER, "savefig.facecolor": _PAPER, "axes.facecolor": _PAPER,
}  # fmt: skip


class Picture(NamedTuple):
    """A file of a workload's picture, what it shows in words, and the measure that is drawn."""

    name: str
    text: str
    measure: str


class Curve(NamedTuple):
    """An entry's medians and quartiles by size."""

    entry: Taken
    kind: str
    """The cases' `curve`; empty where all cases are of one kind."""
    points: Sequence[tuple[float, Spread]]

    @property
    def name(self) -> str:
        """Whose it is, and of which kind of cases."""
        return f"{self.entry.name}, {self.kind}" if self.kind else self.entry.name

    @property
    def slope(self) -> float | None:
        """Of its medians."""
        return slope([(size, one.median) for size, one in self.points])

    @property
    def label(self) -> str:
        """Name and slope."""
        return self.name if self.slope is None else f"{self.name} ({self.slope:+.2f})"


def pictures(measured: Measured) -> list[Picture]:
    """What is drawn of a workload that grows: its value, and each measure that a growth is asked of."""
    workload = measured.workload
    if measured.failed or not workload.axis:
        return []
    names = dict.fromkeys(["", *(one.measure for one in workload.growths)])
    return [
        Picture(
            f"{workload.name}{f'-{name}' if name else ''}.svg".replace("_", "-"),
            f"{workload.title}: {_quantity(measured, name)} by {workload.axis}", name,
        )
        for name in names if curves(measured, name)
    ]  # fmt: skip


def curves(measured: Measured, measure: str = "") -> list[Curve]:
    """Those who were measured in at least two sizes."""
    found = []
    for one in measured.taken:
        for kind in dict.fromkeys(case.curve for case in measured.workload.cases):
            cases = [case for case in measured.workload.cases if case.curve == kind and case.name in one.readings]
            middles = [(case.size, spread(values(one.readings[case.name], measure))) for case in cases]
            points = sorted((size, middle) for size, middle in middles if middle is not None)
            if len({size for size, _ in points}) > 1:
                found.append(Curve(one, kind, points))
    return found


def draw(measured: Measured, folder: Path) -> list[Path]:
    """Write the pictures of a workload into a folder."""
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    drawn = []
    for picture in pictures(measured):
        with matplotlib.rc_context(_STYLE):
            figure_ = Figure(figsize=_SIZE, layout="constrained")
            FigureCanvasSVG(figure_)
            _draw(figure_.add_subplot(), measured, picture)
            # Neither date nor release: the file changes with the figures only.
            figure_.savefig(folder / picture.name, format="svg", metadata={"Date": None, "Creator": None})
        drawn.append(folder / picture.name)
    return drawn


def apart(heights: Sequence[float], gap: float) -> list[float]:
    """Heights moved up as little as is needed to be `gap` apart, in their order; those at the top move down instead."""
    moved: list[float] = []
    for height in heights:
        moved.append(max(height, moved[-1] + gap) if moved else height)
    ceiling = max(1.0, gap * (len(moved) - 1))
    for at in reversed(range(len(moved))):
        moved[at] = min(moved[at], ceiling)
        ceiling = moved[at] - gap
    return moved


def _draw(axes: "Axes", measured: Measured, picture: Picture) -> None:
    found = curves(measured, picture.measure)
    ends = []
    for curve, colour, marker in zip(found, _colours(found), _MARKERS * len(found), strict=False):
        role = curve.entry.role
        sizes = [size for size, _ in curve.points]
        axes.plot(
            sizes, [one.median for _, one in curve.points], _DASHES[role], color=colour, marker=marker, markersize=5,
            linewidth=2.6 if role is Role.OURS else 1.4, zorder=3 if role is Role.OURS else 2,
        )  # fmt: skip
        low, high = [one.low for _, one in curve.points], [one.high for _, one in curve.points]
        axes.fill_between(sizes, low, high, color=colour, alpha=0.15, linewidth=0)
        ends.append((curve, colour))
    _scale(axes, found)
    axes.set_xlabel(f"{measured.workload.axis}   (in brackets: slope; 0 is flat, 1 grows in proportion)")
    axes.set_ylabel(_quantity(measured, picture.measure))
    axes.set_title(measured.workload.title, loc="left", fontsize=11, fontweight="bold")
    _labels(axes, ends)


def _colours(found: Sequence[Curve]) -> list[str]:
    """A colour for each entry, or for each kind of cases where there are several."""
    kinds = list(dict.fromkeys(curve.kind for curve in found))
    if len(kinds) > 1:
        wheel = [_OURS, *_PEERS]
        return [wheel[kinds.index(curve.kind) % len(wheel)] for curve in found]
    peers = [curve.entry.name for curve in found if curve.entry.role is Role.PEER]
    return [
        {Role.OURS: _OURS, Role.LIMIT: _LIMIT}.get(curve.entry.role)
        or _PEERS[peers.index(curve.entry.name) % len(_PEERS)]
        for curve in found
    ]


def _scale(axes: "Axes", found: Sequence[Curve]) -> None:
    sizes = [size for curve in found for size, _ in curve.points]
    heights = [one.median for curve in found for _, one in curve.points]
    if min(sizes) > 0 and max(sizes) >= _DECADE * min(sizes):
        axes.set_xscale("log")
    if min(heights) > 0 and max(heights) >= _DECADE * min(heights):
        axes.set_yscale("log", subs=[])
        _log_ticks(axes)
    elif min(heights) >= 0:
        axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(lambda value, _: figure(value))
    axes.set_xticks(sorted(set(sizes)), [figure(size) for size in sorted(set(sizes))])
    axes.xaxis.minorticks_off()


def _log_ticks(axes: "Axes") -> None:
    """Figures as they are written elsewhere, at 1, 2 and 5 of each decade if there are few decades."""
    from matplotlib.ticker import LogLocator, NullFormatter

    low, high = axes.get_ylim()
    axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < _FEW_DECADES * low else (1,)))
    axes.yaxis.set_minor_formatter(NullFormatter())


def _labels(axes: "Axes", ends: Sequence[tuple[Curve, str]]) -> None:
    """Names at the right ends of their lines, in their colours, apart from each other."""
    to_axes = axes.transData + axes.transAxes.inverted()
    placed = sorted(
        ((float(to_axes.transform((size, one.median))[1]), curve, colour) for curve, colour in ends
         for size, one in curve.points[-1:]),
        key=lambda end: end[0],
    )  # fmt: skip
    for height, (_, curve, colour) in zip(apart([end[0] for end in placed], _LABEL_HEIGHT), placed, strict=True):
        weight: Any = "bold" if curve.entry.role is Role.OURS else "normal"
        axes.text(
            1.02, height, curve.label, transform=axes.transAxes, color=colour, va="center", fontweight=weight,
            fontsize=9,
        )  # fmt: skip


def _quantity(measured: Measured, measure: str) -> str:
    name, unit = named(measure) if measure else ("", unit_told(measured.workload.unit))
    return ", ".join(filter(None, (name, unit)))
