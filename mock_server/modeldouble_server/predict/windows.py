"""Sliding windows: where they lie, and what a model that looks through them sees.

The whole picture's objects are the truth. A window sees the parts of them that lie in it, as a model does that is given
the cut-out, so an object on a border is seen in parts and one where windows overlap is seen twice.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..refusal import Refused, shown
from ..scene import Box, Detection, Settings, Slide, Subject
from .cropping import cropped
from .overlap import survivors

NONE, BASIC, ADVANCED = "none", "basic", "advanced"
"""What a session info says of windows: not supported, all that they saw, or that after non-maximum suppression."""
SLIDING = "sliding_window"
MODE, PARAMS = "inference_mode", "sliding_window_params"
SHIFT, PADDING, RESIZE = "shift_window", "add_padding", "change_size"
STRATEGIES = (SHIFT, PADDING, RESIZE)
_DOWN, _ACROSS = ("windowHeight", "overlapY"), ("windowWidth", "overlapX")
MOST = 10_000
"""Windows of one picture. Real apps have no limit."""
_MOST_PARTS = 100_000
_MOST_IOU = 0.5
"""Real apps take this, whatever `iou_thres` is, and of whatever class two objects are."""


class Windows(NamedTuple):
    """Height and width of a window (None: the picture's), how much neighbours share, and what is done at the border."""

    height: int | None = None
    width: int | None = None
    overlap_y: int = 0
    overlap_x: int = 0
    strategy: str = SHIFT


def read(value: Any) -> Windows:
    """The setting `sliding_window_params`, checked as far as that goes without a picture; other keys are passed over.

    Raises `Refused`, status 400.
    """
    if not isinstance(value, Mapping):
        raise Refused(400, f"settings.{PARAMS} is {shown(value)}; send an object")
    strategy = value.get("borderStrategy", SHIFT)
    if strategy not in STRATEGIES:
        _refuse("borderStrategy", strategy, f"one of {', '.join(STRATEGIES)}")
    (height, overlap_y), (width, overlap_x) = _side(value, _DOWN), _side(value, _ACROSS)
    return Windows(height, width, overlap_y, overlap_x, strategy)


def wanted(settings: Settings, mode: str) -> bool:
    """Whether settings ask for windows, of a model that supports them; real apps ignore it where it does not."""
    return settings.get(MODE) == SLIDING and mode != NONE


def regions(params: Any, subject: Subject) -> list[Box]:
    """Where the windows lie on a picture, in rows from the top left. With `add_padding` they may reach beyond it.

    Raises `Refused`, status 400, where real apps fail: without parameters, with a window larger than the picture or an
    overlap that lets it not move on. More than `MOST` windows are refused too.
    """
    if params is None:
        raise Refused(400, f'settings.{PARAMS} is missing; send {{"windowHeight": 640, "windowWidth": 640}} or {{}}')
    windows = read(params)
    size = (windows.height or subject.height, windows.width or subject.width)
    rows = _starts(_DOWN, windows.strategy, subject.height, size[0], windows.overlap_y)
    columns = _starts(_ACROSS, windows.strategy, subject.width, size[1], windows.overlap_x)
    if len(rows) * len(columns) > MOST:
        many = f"{len(rows) * len(columns):,} windows"
        remedy = f"send a larger window or less overlap, for {MOST:,} at most"
        raise Refused(400, f"settings.{PARAMS} is {shown(params, 200)}, which is {many} on this picture; {remedy}")
    return [_region(windows, size, top, left, subject) for top in rows for left in columns]


def looked_through(
    found: Sequence[Detection], windows: Sequence[Box], subject: Subject, mode: str
) -> tuple[list[Detection], tuple[Slide, ...]]:
    """What a model sees through windows, and the slides that tell of it: each window's, all, and what is answered.

    In the mode "basic" all is answered, in "advanced" that after non-maximum suppression. Objects of the same window
    do not suppress each other, so a single window of the picture's size gives what the whole picture gives.

    Raises `Refused`, status 400, if so much is seen that the answer would be boundless.
    """
    slides = _slides(found, windows)
    parts = [part for slide in slides for part in slide.objects]
    window = [at for at, slide in enumerate(slides) for _ in slide.objects]
    answered = parts
    if mode == ADVANCED:
        kept = survivors(parts, _MOST_IOU, lambda one, other: window[one] != window[other])
        answered = [parts[at] for at in kept]
    # One pixel wider and higher than the picture, as real apps give it.
    whole = (0, 0, subject.width, subject.height)
    return answered, (*slides, Slide(whole, tuple(parts)), Slide(whole, tuple(answered)))


def _slides(found: Sequence[Detection], windows: Sequence[Box]) -> list[Slide]:
    slides, seen = [], 0
    for region in windows:
        slides.append(Slide(region, tuple(cropped(found, region))))
        seen += len(slides[-1].objects)
        if seen > _MOST_PARTS:
            many = f"{len(windows):,} windows show more than {_MOST_PARTS:,} parts of objects"
            raise Refused(400, f"settings.{PARAMS}: {many}; send a larger window or less overlap")
    return slides


def _side(value: Mapping[str, Any], names: tuple[str, str]) -> tuple[int | None, int]:
    """A window's size and overlap in one direction."""
    size = _whole(value, names[0], 1) if names[0] in value else None
    overlap = _whole(value, names[1], 0) if names[1] in value else 0
    if size is not None and overlap >= size:
        _refuse(names[1], overlap, f"less than the window's {size}")
    return size, overlap


def _starts(names: tuple[str, str], strategy: str, length: int, size: int, overlap: int) -> range:
    """Where windows begin along one side of the picture, before the last one is shifted."""
    if size > length:
        _refuse(names[0], size, f"the picture's {length} at most")
    step = size - overlap
    if step < 1:
        _refuse(names[1], overlap, f"less than the picture's {size}")
    return range(0, length - size + step if strategy == SHIFT else length, step)


def _region(windows: Windows, size: tuple[int, int], top: int, left: int, subject: Subject) -> Box:
    height, width = size
    if windows.strategy == SHIFT:
        top, left = min(top, subject.height - height), min(left, subject.width - width)
    if windows.strategy != RESIZE:
        return left, top, left + width - 1, top + height - 1
    # As real apps do: the part that neighbours would share is left out of the window.
    bottom, right = top + height - windows.overlap_y, left + width - windows.overlap_x
    return left, top, min(right, subject.width) - 1, min(bottom, subject.height) - 1


def _whole(value: Mapping[str, Any], name: str, least: int) -> int:
    number = value[name]
    if type(number) is not int or number < least:
        _refuse(name, number, f"a whole number of at least {least}")
    return int(number)


def _refuse(name: str, value: Any, remedy: str) -> None:
    raise Refused(400, f"settings.{PARAMS}.{name} is {shown(value)}; send {remedy}")
