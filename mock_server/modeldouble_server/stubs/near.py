"""What a call that no stub answers is told: the nearest stubs, field by field."""

from collections.abc import Mapping, Sequence
from typing import Any

from ..refusal import shown
from .asked import IMAGE_CONTENT, IMAGE_PIXELS, SETTINGS, VIDEO_CONTENT, Asked, canonical
from .conditions import EXACT, Condition
from .contest import Tie
from .stub import Stub

_SHOWN, _LOOKED_AT, _COMPARED = 3, 1000, 200
_NUMBERED = ("image_id", "url", "video_id")


def unmatched(asked: Asked, stubs: Sequence[Stub]) -> str:
    """The text for a call that none of the stubs answers; looks at the newest thousand."""
    ranked = sorted((-closeness(stub.conditions, asked), stub.number, stub) for stub in stubs[-_LOOKED_AT:])
    lines = [f"no stub answers {sentence(asked)}"]
    for _, _, stub in ranked[:_SHOWN]:
        lines += [f"  near: {stub!r}", *[f"    {line}" for line in _lines(stub, asked)]]
    if len(stubs) > _SHOWN:
        lines.append(f"  and {len(stubs) - _SHOWN} more")
    return "\n".join(lines)


def tied(asked: Asked, tie: Tie) -> str:
    """The text for a call that two stubs answer equally well."""
    frame = f" at frame {tie.frame}" if asked.video else ""
    return "\n".join([
        f"two stubs answer {sentence(asked)} equally well{frame}",
        *[f"  {stub!r}" for stub in tie.stubs],
        "  give one of them a condition more, or say once() or times(n) and then",
    ])  # fmt: skip


def sentence(asked: Asked) -> str:
    """A call in one line."""
    origin, subject = asked.query.origin, asked.query.subject
    kind = "video" if asked.video else "image"
    parts = [f"call {asked.call}", origin.route, f"{kind}={origin.name!r}" if origin.name is not None else ""]
    parts += [f"{name}={getattr(origin, name)!r}" for name in _NUMBERED if getattr(origin, name) is not None]
    parts += [f"frames={asked.frames!r}"] if asked.video else []
    parts += [f"content {subject.sha256[:12]}", f"settings={shown(dict(asked.query.sent))}"]
    return ", ".join(filter(None, parts))


def _lines(stub: Stub, asked: Asked) -> list[str]:
    """How the call differs from what the stub expects, or that it is used up."""
    differing = [one for one in stub.conditions if not one.holds(asked)]
    if not differing:
        return [f"all as expected, but used up: {stub.used} of {stub.used} times"]
    return [line for one in differing for line in differences(one, asked)]


def differences(one: Condition, asked: Asked) -> list[str]:
    """Lines that say what a condition expects and what was sent instead; the condition does not hold."""
    if one.argument == SETTINGS:
        return _by_predicate(one, asked) if callable(one.wanted) else _by_name(one, asked.query.sent)
    expected = one.wanted if one.slot in (IMAGE_CONTENT, VIDEO_CONTENT, IMAGE_PIXELS) else one.shown
    return [f"{one.argument}: {expected} expected, {_sent(one, asked)} sent"]


def _by_name(one: Condition, sent: Mapping[str, Any]) -> list[str]:
    lines = []
    for name, value in one.wanted.items():
        if name not in sent:
            lines.append(f"settings[{name!r}]: {shown(value)} expected, not sent")
        elif not _same(sent[name], value):
            lines.append(f"settings[{name!r}]: {shown(value)} expected, {shown(sent[name])} sent")
    more = [name for name in sent if name not in one.wanted] if one.exactness == EXACT else []
    return lines + [f"settings[{name!r}]: not expected, {shown(sent[name])} sent" for name in more[:_SHOWN]]


def _same(one: Any, other: Any) -> bool:
    return canonical(one) == canonical(other)


def _by_predicate(one: Condition, asked: Asked) -> list[str]:
    in_force = shown(dict(asked.query.settings))
    try:
        one.wanted(asked.query.settings)
    except Exception as error:  # noqa: BLE001 - a test's own code, and this is where its failure is told
        return [f"settings: {one.shown} raised {type(error).__name__}: {shown(str(error))} for {in_force}"]
    return [f"settings: {one.shown} is false for {in_force}"]


def _sent(one: Condition, asked: Asked) -> str:
    """What the call has where the condition looks."""
    origin, subject = asked.query.origin, asked.query.subject
    if one.argument in ("image", "video", "frames") and (one.argument == "image") == asked.video:
        return "a video" if asked.video else "a picture"
    if one.argument in ("image", "video"):
        if one.slot in (IMAGE_CONTENT, VIDEO_CONTENT):
            return f"content {subject.sha256[:12]}"
        if one.slot == IMAGE_PIXELS:
            return "unknown pixels" if origin.pixels is None else f"the pixels {origin.pixels[:12]}"
        return "no name" if origin.name is None else repr(origin.name)
    value = {"frames": asked.frames, "call": asked.call}.get(one.argument)
    value = getattr(origin, one.argument, None) if value is None else value
    return "none" if value is None else repr(value)


def closeness(conditions: Sequence[Condition], asked: Asked) -> float:
    """From 0 to 1, where every condition holds."""
    if not conditions:
        return 1.0
    return sum(1.0 if one.holds(asked) else _likeness(one, asked) for one in conditions) / len(conditions)


def _likeness(one: Condition, asked: Asked) -> float:
    """From 0 to below 1: how much that does not hold looks like what was sent."""
    if one.argument == SETTINGS and isinstance(one.wanted, Mapping):
        sent = asked.query.sent
        return (
            0.9
            * sum(name in sent and _same(sent[name], value) for name, value in one.wanted.items())
            / (len(one.wanted) + 1)
        )
    if not isinstance(one.wanted, str) or one.slot in (IMAGE_CONTENT, VIDEO_CONTENT, IMAGE_PIXELS):
        return 0.0
    # Loaded on the first miss, as a server starts without.
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, one.wanted[-_COMPARED:], _sent(one, asked).strip("'")[-_COMPARED:], autojunk=False)
    # The first is quick, and never less than the ratio.
    return 0.99 * matcher.ratio() if matcher.quick_ratio() > 0.5 else 0.0
