"""What it costs to find the stub of a call among 10,000, beside the same among 10, for each way to say which call.

`python stubs.py [--many 10000] [--rounds 15] [--json FILE]`; few and many take turns in one process. It prints the
medians with quartiles and the ratio of the medians, and fails if one is over two. What has to be scanned, patterns that
are open on both sides and callables, is shown and not judged.
"""

import argparse
import hashlib
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from modeldouble_server.scene import Answer, Origin, Query, Subject
from modeldouble_server.stubs import Exactly, Stubs, pixels_digest

FEW, CALLS, MOST = 10, 2000, 2.0


class Kind(NamedTuple):
    """Stub and call number `at` of one way to match."""

    conditions: Callable[[int], dict[str, Any]]
    query: Callable[[int], Query]
    judged: bool = True


class Picture:
    """An array of one pixel, whose colour is a number."""

    shape, dtype = (1, 1, 3), "uint8"

    def __init__(self, number: int) -> None:
        self._number = number

    def tobytes(self) -> bytes:
        """Red, green, blue."""
        return self._number.to_bytes(3, "big")


class Nobody:
    """Never asked here."""

    def predict(self, query: Query) -> Answer:
        """Nothing."""
        return Answer()


def asked(sha256: str = "", sent: dict[str, Any] | None = None, **origin: Any) -> Query:
    """A query with this origin."""
    return Query(Subject(sha256, 640, 480), sent or {}, sent or {}, Origin(**{"route": "inference_image", **origin}))


def sha256_of(at: int) -> str:
    """Of the content that stands for number `at`."""
    return hashlib.sha256(str(at).encode()).hexdigest()


KINDS = {
    "image, name": Kind(lambda at: {"image": f"{at}.jpg"}, lambda at: asked(name=f"{at}.jpg")),
    "image, content": Kind(lambda at: {"image": str(at).encode()}, lambda at: asked(sha256_of(at))),
    "image, array": Kind(
        lambda at: {"image": Picture(at)}, lambda at: asked(pixels=pixels_digest(1, 1, Picture(at).tobytes()))
    ),
    "image_id": Kind(lambda at: {"image_id": at + 1}, lambda at: asked(image_id=at + 1)),
    "url": Kind(lambda at: {"url": f"http://a/{at}.jpg"}, lambda at: asked(url=f"http://a/{at}.jpg")),
    "video, name": Kind(lambda at: {"video": f"{at}.mp4"}, lambda at: asked(name=f"{at}.mp4", frames=range(99))),
    "video, content": Kind(lambda at: {"video": str(at).encode()}, lambda at: asked(sha256_of(at), frames=range(99))),
    "video_id": Kind(lambda at: {"video_id": at + 1}, lambda at: asked(video_id=at + 1, frames=range(99))),
    "frames, one each": Kind(
        lambda at: {"video": "a.mp4", "frames": at}, lambda at: asked(name="a.mp4", frames=range(at, at + 1))
    ),
    "frames, ranges": Kind(
        lambda at: {"frames": range(10 * at, 10 * at + 10)}, lambda at: asked(frames=range(10 * at, 10 * at + 5))
    ),
    "route": Kind(lambda at: {"route": f"route_{at}"}, lambda at: asked(route=f"route_{at}")),
    "settings": Kind(lambda at: {"settings": {"conf": at}}, lambda at: asked(sent={"conf": at, "iou": 0.5})),
    "settings, exactly": Kind(lambda at: {"settings": Exactly({"conf": at})}, lambda at: asked(sent={"conf": at})),
    "call": Kind(lambda at: {"call": at + 1}, lambda at: asked(name="a.jpg")),
    "image and settings": Kind(
        lambda at: {"image": f"{at}.jpg", "settings": {"conf": 0.5}},
        lambda at: asked(name=f"{at}.jpg", sent={"conf": 0.5}),
    ),
    "image, pattern": Kind(lambda at: {"image": f"{at:05}_*.jpg"}, lambda at: asked(name=f"{at:05}_7.jpg")),
    "url, pattern": Kind(lambda at: {"url": f"https://a/{at:05}/*"}, lambda at: asked(url=f"https://a/{at:05}/7.jpg")),
    "image, pattern open on both sides (tried one by one)": Kind(
        lambda at: {"image": f"*_{at}_*"}, lambda at: asked(name=f"a_{at}_b.jpg"), judged=False
    ),
}


def stubs_of(kind: Kind, count: int) -> Stubs:
    """So many stubs of a kind."""
    stubs = Stubs(Nobody())
    for at in range(count):
        stubs.when(**kind.conditions(at)).predict("cat", box=(1, 2, 3, 4))
    return stubs


def seconds(kind: Kind, stubs: Stubs, count: int) -> float:
    """Of one `take`, over calls that are spread over all the stubs; every one must be answered by its own."""
    calls = CALLS if kind.judged else 20
    places = [at * 7919 % count for at in range(calls)]
    queries = [kind.query(at) for at in places]
    begin = time.perf_counter()
    taken = [stubs.take(query, at + 1) for query, at in zip(queries, places, strict=True)]
    spent = time.perf_counter() - begin
    if [turns[0].stub for turns in taken] != [at + 1 for at in places]:
        raise RuntimeError("a call was answered by another stub than its own")
    return spent / calls


def measured(kind: Kind, many: int, rounds: int) -> dict[int, list[float]]:
    """Seconds of each round with few and with many, which take turns."""
    sides = {count: stubs_of(kind, count) for count in (FEW, many)}
    for count, stubs in sides.items():
        seconds(kind, stubs, count)
    runs: dict[int, list[float]] = {count: [] for count in sides}
    for _ in range(rounds):
        for count, stubs in sides.items():
            runs[count].append(seconds(kind, stubs, count))
    return runs


def main() -> int:
    """Run, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--many", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--json")
    options = parser.parse_args()
    machine = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    print(f"{options.rounds} interleaved rounds of {CALLS:,} calls, {time.strftime('%Y-%m-%d')}, {machine}\n")  # noqa: T201
    print(f"| stubs on distinct | {FEW}, µs | {options.many:,}, µs | ratio |\n|---|---|---|---|")  # noqa: T201
    runs = {name: measured(kind, options.many, options.rounds) for name, kind in KINDS.items()}
    ratios = {}
    for name, sides in runs.items():
        few, many = (statistics.median(one) for one in sides.values())
        ratios[name] = many / few
        print(f"| {name} | {' | '.join(map(_spread, sides.values()))} | {many / few:.2f} |")  # noqa: T201
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"machine": machine, "runs": runs}, file)
    return 0 if all(ratio <= MOST for name, ratio in ratios.items() if KINDS[name].judged) else 1


def _spread(values: list[float]) -> str:
    low, middle, high = (1_000_000 * at for at in statistics.quantiles(values, n=4))
    return f"{middle:.1f} ({low:.1f} to {high:.1f})"


if __name__ == "__main__":
    sys.exit(main())
