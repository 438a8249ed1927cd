"""A caller of a model that is all stubs: it numbers its calls as a served model does."""

from collections.abc import Callable, Sequence
from itertools import count

import pytest

from modeldouble_server.scene import Answer, Detection, Origin, Query, Settings, Subject
from modeldouble_server.stubs import Stubs


class Synthetic:
    """Who answers while there is no stub."""

    def predict(self, query: Query) -> Answer:
        return Answer((Detection("synthetic", (0, 0, query.subject.width - 1, 0), 0.5),))


def query_of(
    name: str | None = None, sha256: str = "ab" * 32, sent: Settings | None = None, settings: Settings | None = None,
    route: str = "inference_image", image_id: int | None = None, url: str | None = None, pixels: str | None = None,
    video_id: int | None = None, frames: range | None = None,
) -> Query:  # fmt: skip
    origin = Origin(route, name, image_id, url, video_id, frames, pixels)
    return Query(Subject(sha256, 64, 48), settings or {}, sent or {}, origin)


@pytest.fixture
def stubs() -> Stubs:
    return Stubs(Synthetic())


@pytest.fixture
def query() -> Callable[..., Query]:
    """Make a query of a picture, or of a video's frames."""
    return query_of


@pytest.fixture
def ask(stubs: Stubs) -> Callable[..., Answer]:
    """Ask of a picture: `ask("street.jpg", sent={...})`; `call=` overrides the number of the call."""
    calls = count(1)

    def asking(*args: object, call: int | None = None, **given: object) -> Answer:
        made: Callable[..., Query] = query_of
        asked = made(*args, **given)
        return stubs.predict(asked._replace(turns=stubs.take(asked, call or next(calls))))

    return asking


@pytest.fixture
def see(ask: Callable[..., Answer]) -> Callable[..., list[str]]:
    """As `ask`, for the names of the classes."""
    return lambda *args, **given: [one.class_name for one in ask(*args, **given).objects]


@pytest.fixture
def watch(stubs: Stubs) -> Callable[..., Sequence[str]]:
    """Run a video job over frames: the class that is seen on each, "" where nothing is."""

    def watching(frames: range, name: str = "clip.mp4", **given: object) -> list[str]:
        made: Callable[..., Query] = query_of
        asked = made(name, frames=frames, route="inference_video_id_async", **given)
        asked = asked._replace(turns=stubs.take(asked, 1))
        seen = [stubs.predict(asked._replace(subject=asked.subject._replace(frame=frame))) for frame in frames]
        return [answer.objects[0].class_name if answer.objects else "" for answer in seen]

    return watching
