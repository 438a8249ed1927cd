"""Requests of which something never reaches the model."""

from dataclasses import replace
from typing import Any

from ..lie import IDS, OBJECTS, VIDEO, Forwarded, Lie, Teller
from ..traffic import Answer, Asked
from . import places
from .places import Json

START = ("startFrameIndex", "start_frame_index", "start_frame")
COUNT = ("framesCount", "frames_count", "num_frames")
DIRECTION = ("framesDirection", "direction")
THRESHOLDS = ("conf", "confidence", "confidence_threshold", "confidence_thresh", "conf_thres")
INFERRING = (*places.FILES, *places.IMAGE_ID, *places.BATCH_IDS, *places.VIDEO_ID, *places.STARTS)
VIDEOS = (*places.VIDEO_STARTS, *places.VIDEO_ID)


def _without(names: tuple[str, ...]) -> Any:
    return lambda state: {key: value for key, value in state.items() if key not in names}


def _settings(change: Any) -> Any:
    def changed(state: Json) -> Json:
        given = state.get("settings")
        return {**state, "settings": change(given)} if isinstance(given, dict) else state

    return changed


def _add(names: tuple[str, ...], by: int, least: int = 0) -> Any:
    def changed(state: Json) -> Json:
        numbers = {key: max(least, value + by) for key, value in state.items() if key in names and type(value) is int}
        return {**state, **numbers}

    return changed


def _only_the_job(state: Json) -> Json:
    """What a server that reads no state beyond the essential would see."""
    return {key: value for key, value in state.items() if key in ("videoId", "image_id", "batch_ids", "images_ids")}


def _ids(change: Any) -> Any:
    return lambda state: {**state, **{key: change(state[key]) for key in ("batch_ids", "images_ids") if key in state}}


class _SettingsOfBefore(Teller):
    """Each inference gets the settings of the one before."""

    def __init__(self) -> None:
        self._before: Any = {}

    def asked(self, asked: Asked) -> Asked | Answer:
        state = asked.state
        if state is None or not isinstance(state.get("settings"), dict):
            return asked
        before, self._before = self._before, state["settings"]
        return asked if before == state["settings"] else asked.with_state({**state, "settings": before})


class _SettingsStick(Teller):
    """Settings that were ever sent hold for all later requests."""

    def __init__(self) -> None:
        self._known: Json = {}

    def asked(self, asked: Asked) -> Asked | Answer:
        state = asked.state
        if state is None or not isinstance(state.get("settings"), dict):
            return asked
        self._known |= state["settings"]
        return asked if self._known == state["settings"] else asked.with_state({**state, "settings": self._known})


def _lie(name: str, what: str, routes: tuple[str, ...], change: Any, *needs: str) -> Lie:
    return Lie(name, what, routes, lambda: Forwarded(change), needs)


LIES = (
    _lie("offset-ignored", "the first frame is not forwarded", VIDEOS, _without(START), VIDEO),
    _lie("offset-one-more", "one frame more is skipped", VIDEOS, _add(START, 1), VIDEO),
    _lie("count-ignored", "the number of frames is not forwarded", VIDEOS, _without(COUNT), VIDEO),
    _lie("count-one-less", "one frame less is asked for", VIDEOS, _add(COUNT, -1), VIDEO),
    _lie("count-one-more", "one frame more is asked for", VIDEOS, _add(COUNT, 1), VIDEO),
    _lie("direction-ignored", "the direction is not forwarded", VIDEOS, _without(DIRECTION), VIDEO),
    _lie("range-ignored", "neither first frame nor number is forwarded", VIDEOS, _without((*START, *COUNT)), VIDEO),
    _lie("state-ignored", "all but the ids is dropped", INFERRING, _only_the_job),
    _lie("settings-dropped", "no settings are forwarded", INFERRING, _without(("settings",))),
    _lie("settings-emptied", "empty settings are forwarded", INFERRING, _settings(lambda given: {}), OBJECTS),
    _lie("settings-dropped-for-files", "files come without settings", places.FILES, _settings(lambda given: {}),
        OBJECTS),
    _lie("settings-dropped-for-batches", "batches come without settings", places.BATCH, _settings(lambda given: {}),
        OBJECTS),
    _lie("settings-dropped-for-videos", "videos come without settings", VIDEOS, _settings(lambda given: {}), OBJECTS,
        VIDEO),
    # A model may have reasons of its own, so that thresholds act is a SHOULD.
    replace(
        _lie("threshold-ignored", "thresholds are not forwarded", INFERRING, _settings(_without(THRESHOLDS)), OBJECTS),
        should=True,
    ),
    _lie("classes-ignored", "the filter of classes is not forwarded", INFERRING, _settings(_without(("classes",))),
        OBJECTS),
    _lie("region-ignored", "the region of interest is not forwarded", INFERRING, _without(("rectangle",)), OBJECTS),
    Lie("settings-of-before", "settings act one request late", INFERRING, _SettingsOfBefore, (OBJECTS,)),
    Lie("settings-stick", "settings hold for later requests too", INFERRING, _SettingsStick, (OBJECTS,)),
    _lie("ids-reversed", "ids are forwarded in reverse", places.BATCH_IDS, _ids(lambda ids: ids[::-1]), IDS),
    _lie("ids-sorted", "ids are forwarded in order of size", places.BATCH_IDS, _ids(lambda ids: sorted(ids)), IDS),
    _lie("ids-once", "equal ids are forwarded once", places.BATCH_IDS, _ids(lambda ids: list(dict.fromkeys(ids))), IDS),
    _lie("ids-only-the-first", "only the first id is forwarded", places.BATCH_IDS, _ids(lambda ids: ids[:1]), IDS),
)  # fmt: skip
