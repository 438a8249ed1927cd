"""Recorded predictions by what they are of and under which settings, and what is nearest to one that is not there."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ..redaction import Secrets
from ..refusal import Refused, shown
from ..scene import Query, Settings
from ..settings import resolve
from ..stubs import Raised

FILE, URL, IMAGE, PROJECT_IMAGE, VIDEO, VIDEO_FILE = (
    "file", "url", "image id", "image id in a project", "video id", "video file",
)  # fmt: skip
_PLACES = Secrets()
_PROJECT_ROUTE = "inference_project_id_async"


class Key(NamedTuple):
    """What a prediction is of. The same content by id and by file are two: their predictions say different things."""

    kind: str
    name: str | int
    """The sha256 of a file, a URL, or an id."""
    frame: int | None = None

    @property
    def whole(self) -> "Key":
        """The video that a frame is of."""
        return self._replace(frame=None)

    def __str__(self) -> str:
        name = f"{self.name[:12]}..." if isinstance(self.name, str) and self.kind != URL else shown(self.name)
        return f"{self.kind} {name}{'' if self.frame is None else f', frame {self.frame}'}"


class Failed(NamedTuple):
    """The model raised."""

    type: str
    message: str


class NotRecorded(Refused):
    """The recording has no answer: a 400, which no client repeats."""

    def __init__(self, text: str) -> None:
        super().__init__(400, text)


Prediction = Mapping[str, Any]
Found = Prediction | Failed


def keys(query: Query) -> Iterator[Key]:
    """What a query is about: a picture, or each frame that a video is asked for."""
    origin, subject = query.origin, query.subject
    if origin.video_id is not None or subject.frame is not None or origin.frames is not None:
        kind, name = (VIDEO_FILE, subject.sha256) if origin.video_id is None else (VIDEO, origin.video_id)
        frames: Iterable[int] = (origin.frames or ()) if subject.frame is None else (subject.frame,)
        yield from (Key(kind, name, frame) for frame in frames)
    elif origin.image_id is not None:
        yield Key(PROJECT_IMAGE if origin.route == _PROJECT_ROUTE else IMAGE, origin.image_id)
    elif origin.url is not None:
        # As it is in the recording.
        yield Key(URL, _PLACES.cut(origin.url))
    else:
        yield Key(FILE, subject.sha256)


def in_force(given: Mapping[str, Any], defaults: Settings) -> Settings:
    """The settings under which a recorded app answered, as the fake resolves them when it is asked."""
    try:
        return resolve(given, defaults)
    except Refused:
        # The app took what the fake does not.
        return {**defaults, **given}


def canonical(settings: Settings) -> str:
    """Settings as a text that is the same for equal settings."""
    return json.dumps(_plain(dict(settings)), sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list) else value


class Index:
    """Predictions by key and settings. Of several of the same the last stands, and a failure only if there is none."""

    def __init__(self) -> None:
        self._found: dict[Key, dict[str, Found]] = {}
        self._frames: dict[Key, dict[int, None]] = {}

    def __len__(self) -> int:
        return sum(len(one) for one in self._found.values())

    def add(self, key: Key, settings: Settings, found: Found) -> None:
        """Put a prediction, or a failure, in."""
        under = self._found.setdefault(key, {})
        if isinstance(found, Failed):
            under.setdefault(canonical(settings), found)
        else:
            under[canonical(settings)] = found
        if key.frame is not None:
            self._frames.setdefault(key.whole, {})[key.frame] = None

    def find(self, key: Key, settings: Settings) -> Found | None:
        """The prediction, or None."""
        text = canonical(settings)
        found = self._found.get(key, {}).get(text)
        if found is None and key.kind in (IMAGE, PROJECT_IMAGE):
            return self._other(key, text)
        return found

    def _other(self, key: Key, text: str) -> Found | None:
        """An image of a project says its name twice; else it is as that of an id."""
        other = key._replace(kind=IMAGE if key.kind == PROJECT_IMAGE else PROJECT_IMAGE)
        found = self._found.get(other, {}).get(text)
        if found is None or isinstance(found, Failed):
            return found
        if key.kind == IMAGE:
            return {name: value for name, value in found.items() if name != "image_name"}
        return {**found, "image_name": found["name"]} if "name" in found else found

    def answer(self, query: Query) -> Prediction | None:
        """The prediction that a query asks for, or None; a recorded failure is raised again."""
        for key in keys(query):
            found = self.find(key, query.settings)
            if isinstance(found, Failed):
                raise Raised(found.type, found.message)
            return found
        return None

    def missing(self, query: Query) -> Key | None:
        """The first of what a query asks for that is not there."""
        return next((key for key in keys(query) if self.find(key, query.settings) is None), None)

    def nearest(self, key: Key, settings: Settings) -> str:
        """Why there is no answer, and what there is instead."""
        under = self._found.get(key)
        if under is not None:
            recorded = json.loads(min(under, key=lambda one: (_distance(json.loads(one), settings), one)))
            return f"{key} was recorded with {_difference(recorded, settings)}"
        frames = self._frames.get(key.whole)
        if frames is not None:
            return f"{key} was not recorded; of this video there are frames {_ranges(sorted(frames))}"
        known = sorted({str(one.whole) for one in self._found if one.kind == key.kind})
        more = f" and {len(known) - 5} more" if len(known) > 5 else ""
        return f"{key} was never recorded; recorded are {', '.join(known[:5]) or f'none of kind {key.kind}'}{more}"


def _distance(recorded: Settings, asked: Settings) -> int:
    return len(_differing(recorded, asked))


def _differing(recorded: Settings, asked: Settings) -> list[str]:
    plain = _plain(dict(asked))
    nothing = object()
    return sorted(
        name for name in {**recorded, **plain} if recorded.get(name, nothing) != plain.get(name, nothing)
    )  # fmt: skip


def _difference(recorded: Settings, asked: Settings) -> str:
    told = []
    for name in _differing(recorded, asked)[:5]:
        was = shown(recorded[name]) if name in recorded else "not set"
        now = shown(asked[name]) if name in asked else "not set"
        told.append(f"{name} {was}, asked is {now}")
    return "; ".join(told)


def _ranges(frames: list[int]) -> str:
    found: list[list[int]] = []
    for frame in frames:
        if found and found[-1][1] == frame - 1:
            found[-1][1] = frame
        else:
            found.append([frame, frame])
    told = [str(one) if one == other else f"{one} to {other}" for one, other in found]
    return ", ".join(told[:5]) + (" ..." if len(told) > 5 else "")
