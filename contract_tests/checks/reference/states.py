"""docs/pictures/lifecycle/states.svg: the states of a job, drawn from the contract's table of them.

What every state that lives may become is drawn once, from the frame around them.
"""

from xml.sax.saxutils import escape

from modeldouble_contract.truth.lifecycle import Lifecycle

WIDE, HIGH = 140, 44
"""Of a state's box, in pixels."""
_PLACES = {
    "preparing": (360, 70), "running": (360, 180), "cancelled": (130, 300), "finished": (360, 300), "error": (590, 300),
    "cleared": (245, 440), "gone": (475, 440),
}  # fmt: skip
"""State -> middle of its box."""
_SIZE, _FRAME = (720, 490), (30, 38, 660, 304)
_INK = "#455a64"
_STYLE = (
    f"rect{{fill:#eceff1;stroke:{_INK}}}path{{fill:none;stroke:{_INK};stroke-width:1.3}}"
    "text{font:14px sans-serif;fill:#263238;text-anchor:middle}.event{font-size:13px;font-style:italic}"
)
_TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
    f'<path d="M0 0L8 4L0 8z" style="fill:{_INK};stroke:none"/></marker></defs>'
)


def drawing(life: Lifecycle) -> str:
    """The picture. A state that has no place is a KeyError."""
    shared, living = common(life), framed(life)
    arrows = [_from_frame(event, to) for event, to in shared.items()]
    for name, state in life.states.items():
        own = {event: to for event, to in state.next.items() if name not in living or event not in shared}
        arrows += [_arrow(name, to, event) for event, to in own.items()]
    left, top, wide, high = _FRAME
    frame = (
        f'<rect x="{left}" y="{top}" width="{wide}" height="{high}" rx="12" stroke-dasharray="5 4" style="fill:none"/>'
    )
    boxes = "".join(map(_box, life.states))
    return _svg(_title(life), f"{frame}{_start(life.start)}{''.join(arrows)}{boxes}")


def common(life: Lifecycle) -> dict[str, str]:
    """Event -> next state, of the transitions that more than half of the states share."""
    pairs = [pair for state in life.states.values() for pair in state.next.items()]
    return {event: to for event, to in dict.fromkeys(pairs) if pairs.count((event, to)) > len(life.states) // 2}


def framed(life: Lifecycle) -> set[str]:
    """States that have all of these, which the frame goes round."""
    return {name for name, state in life.states.items() if common(life).items() <= state.next.items()}


def _svg(title: str, inside: str) -> str:
    wide, high = _SIZE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}"'
        ' role="img">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n{_TIP}\n"
        f'<rect width="{wide}" height="{high}" style="fill:#fff;stroke:none"/>\n{inside}</svg>\n'
    )


def _title(life: Lifecycle) -> str:
    told = [f"{name} {event} {to}" for name, state in life.states.items() for event, to in state.next.items()]
    return "States of a job, as state, event, next state: " + ", ".join(told)


def _box(name: str) -> str:
    x, y = _PLACES[name]
    rect = f'<rect x="{x - WIDE // 2}" y="{y - HIGH // 2}" width="{WIDE}" height="{HIGH}" rx="8"/>'
    return f'{rect}<text x="{x}" y="{y + 5}">{escape(name)}</text>\n'


def _start(name: str) -> str:
    x, y = _PLACES[name]
    top = y - HIGH // 2
    return f'<circle cx="{x}" cy="14" r="7" fill="{_INK}"/>{_line(f"M{x} 14V{top}", "start", x + 26, 30)}'


def _from_frame(event: str, to: str) -> str:
    x, y = _PLACES[to]
    bottom = _FRAME[1] + _FRAME[3]
    return _line(f"M{x} {bottom}V{y - HIGH // 2}", event, x + 30, bottom + 42)


def _arrow(name: str, to: str, event: str) -> str:
    """Down, across, or from a side down to the other's top: further out, the further it comes."""
    (x, y), (to_x, to_y) = _PLACES[name], _PLACES[to]
    side = (to_x > x) - (to_x < x)
    if not side:
        return _line(f"M{x} {y + HIGH // 2}V{to_y - HIGH // 2}", event, x + 48, (y + to_y) // 2 + 5)
    edge = x + side * WIDE // 2
    if y == to_y:
        return _line(f"M{edge} {y}H{to_x - side * WIDE // 2}", event, (x + to_x) // 2, y - 8)
    foot = to_x + side * (40 if to_y - y > 150 else -10)
    return _line(
        f"M{edge} {y}H{foot - side * 30}Q{foot} {y} {foot} {y + 30}V{to_y - HIGH // 2}", event, edge + side * 40, y - 8
    )


def _line(path: str, event: str, x: int, y: int) -> str:
    return f'<path d="{path}" marker-end="url(#tip)"/><text class="event" x="{x}" y="{y}">{escape(event)}</text>\n'
