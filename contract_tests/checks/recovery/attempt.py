"""One call by one client, in a process of its own, since some never end.

`python attempt.py CLIENT ACTION ADDRESS TOKEN TASK ID` prints a JSON line: the frames that came, by the left side of
their first object, and what was raised.
"""

import contextlib
import io
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

DEADLINE = 3.0
"""Seconds that our client is given for a call; the official one has no such option."""
Frames = Callable[[], Iterator[Any]]


def ours(address: str, token: str, task: int, action: str, what: int) -> Iterator[int]:
    """The objects' left sides, by our client."""
    import modeldouble

    api = modeldouble.Api(address, token)
    session = modeldouble.Session(api, task_id=task, deadline=DEADLINE)
    if action == "picture":
        yield _left(session.inference_image_id(what))
    else:
        for frame in session.inference_video_id_async(what, frames_count=action_frames(action)):
            yield _left(frame)


def official(address: str, token: str, task: int, action: str, what: int) -> Iterator[int]:
    """The same by the official client."""
    from importlib import import_module

    # Where it is not installed, nobody can say what types it has.
    sly: Any = import_module("supervisely")

    session = sly.nn.inference.Session(sly.Api(address, token), task_id=task)
    if action == "picture":
        yield session.inference_image_id(what).labels[0].geometry.left
    else:
        for frame in session.inference_video_id_async(what, frames_count=action_frames(action)):
            yield frame.labels[0].geometry.left


def action_frames(action: str) -> int:
    """The number of frames of `job:200`."""
    return int(action.partition(":")[2])


def _left(prediction: Any) -> int:
    left: int = prediction["annotation"]["objects"][0]["points"]["exterior"][0][0]
    return left


def outcome(frames: Iterator[int]) -> dict[str, Any]:
    """What came, and how it ended."""
    found: list[int] = []
    raised: dict[str, Any] = {}
    try:
        for one in frames:
            found.append(one)
    except BaseException as error:  # noqa: BLE001 - whatever a client raises is what came of it
        raised = {"error": type(error).__name__, "text": str(error)[:300], "missing": getattr(error, "missing", None)}
    return {"frames": found, **raised}


if __name__ == "__main__":
    client, action, address, token, task, what = sys.argv[1:]
    with contextlib.redirect_stdout(io.StringIO()):
        ended = outcome({"ours": ours, "official": official}[client](address, token, int(task), action, int(what)))
    sys.stdout.write(json.dumps(ended) + "\n")
