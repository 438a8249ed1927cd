"""The fake, as a test or an operator starts it. `ours_server.py OPTIONS`, JSON, everything optional:

`limits` (names and values), `pace` (seconds per frame of jobs), `frames` (of a video that is put into the world),
`objects` (one stub answers everything with so many), `names` (so many stubs, each for one file name), `latency`
(seconds that the model is told to take for a picture, to see whether the benchmark sees them).

Nothing but `limits`: it is the default model, in its default world. Else it is one of its own.
"""

import json
import sys
from typing import Any

import modeldouble_server

_CLASSES = ("person", "car", "dog", "cat", "bicycle")


def objects(count: int) -> list[Any]:
    """So many boxes, all different."""
    return [
        modeldouble_server.seen(
            _CLASSES[at % len(_CLASSES)], box=(10 + at, 20 + at, 110 + 2 * at, 220 + at), confidence=0.95 - at / 100
        )
        for at in range(count)
    ]


def prepared(server: Any, options: dict[str, Any]) -> Any:
    """A model of its own, as the options say."""
    model = server.add_model(pace=options.get("pace"), latency=options.get("latency"))
    if options.get("objects"):
        model.when().predict(*objects(options["objects"]))
    for at in range(options.get("names", 0)):
        model.when(image=f"{at}.jpg").predict(*objects(1))
    return model


def main() -> None:
    """Serve until stdin ends."""
    options = json.loads(sys.argv[1])
    limits = modeldouble_server.Limits(**options.get("limits", {}))
    with modeldouble_server.serve(limits=limits) as server:
        model = prepared(server, options) if options.keys() - {"limits"} else None
        url = server.session_url if model is None else model.session_url
        ready = {"port": server.port, "path": url.removeprefix(server.server_address)}
        if model is not None and options.get("frames"):
            ready["video"] = model.add_video(options["frames"])
        print(json.dumps({"ready": ready}), flush=True)  # noqa: T201
        sys.stdin.read()


if __name__ == "__main__":
    main()
