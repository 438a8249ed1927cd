"""Predictions byte for byte as they go out, in a file, so that no change of Python or of a library changes one unseen.

    python -m mock_server.tests.metamorphic.golden                    says what differs from the file
    python -m mock_server.tests.metamorphic.golden --remake LINE      writes the file anew

Whoever uses the fake has test data that depend on these. So they change by decision only: LINE is the line of
CHANGELOG.md that tells users of it, and without it nothing is written.
"""

import base64
import hashlib
import json
import sys
import zlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from modeldouble_server.model import Model, encoded
from modeldouble_server.results import bare_prediction, video_prediction
from modeldouble_server.scene import Settings, Subject

from .cases import CASES, FRAMES, PICTURE, SLOW, asked, invented_names, model_of, names_of, served

Json = dict[str, Any]
REPO = Path(__file__).parents[3]
FILE = REPO / "mock_server" / "tests" / "golden" / "predictions.json"
CHANGELOG = REPO / "CHANGELOG.md"
NAMES = (*CASES, *SLOW)
_SMALL = PICTURE._replace(width=33, height=21)
_OTHERS = tuple(Subject(hashlib.sha256(bytes([at])).hexdigest(), 150 + 40 * at, 200 - 30 * at) for at in range(4))
_LEAST_LINE = 20


def questions(name: str) -> Iterator[tuple[Subject, Settings]]:
    """What a model is asked: each subject under its defaults, and under settings that act."""
    known = {**CASES, **SLOW}[name].subjects
    for at, subject in enumerate(dict.fromkeys((PICTURE, _SMALL, *_OTHERS, *FRAMES, *known))):
        yield subject, {}
        yield subject, _acting(name, subject)[at % 5]


def _acting(name: str, subject: Subject) -> list[Json]:
    half = subject.width // 2, subject.height // 2
    corners = [[half[0] // 2, half[1] // 2], [subject.width - 2, subject.height - 2]]
    params = {"windowWidth": half[0], "windowHeight": half[1], "overlapX": half[0] // 3, "overlapY": half[1] // 3}
    return [
        {"conf_thres": 0.05, "iou_thres": 0.9},
        {"inference_mode": "sliding_window", "sliding_window_params": params},
        {"classes": list(names_of(model_of(name).meta))[::2]},
        {"rectangle": {"points": {"exterior": corners, "interior": []}}},
        {"conf_thres": 0.6, "iou_thres": 0.1, "augment": True},
    ]


def sent(model: Model, subject: Subject, given: Settings) -> bytes:
    """A prediction as it goes out."""
    query = asked(model.spec, subject, given)
    if subject.frame is None:
        return encoded(bare_prediction(model, query))
    return encoded(video_prediction(model, {}, subject.frame, query))


def unpacked(value: Any) -> Any:
    """A prediction in which each bitmap's data are the digest of its pixels, in whichever way they were compressed."""
    if isinstance(value, list):
        return [unpacked(one) for one in value]
    if not isinstance(value, dict):
        return value
    if "origin" in value and isinstance(value.get("data"), str):
        return {**value, "data": hashlib.sha256(_pixels(value["data"])).hexdigest()}
    return {key: unpacked(one) for key, one in value.items()}


def _pixels(data: str) -> bytes:
    """Head and rows of a bitmap's PNG, which has its pixels in one chunk."""
    png = zlib.decompress(base64.b64decode(data))
    length = int.from_bytes(png[33:37], "big")
    return png[16:29] + zlib.decompress(png[41 : 41 + length])


def packer() -> str:
    """What tells one compressor's output from another's: builds of Python have several."""
    ramp = bytes(at * at * 7 % 251 // 40 for at in range(20_000))
    return hashlib.sha256(zlib.compress(ramp, 6)).hexdigest()


@cache
def answers(name: str) -> list[Json]:
    """The digests of a model's predictions: of the bytes, and of what they say where they have pixels."""
    model, found = served(model_of(name)), []
    for subject, given in questions(name):
        raw = sent(model, subject, given)
        said = encoded(unpacked(json.loads(raw)))
        digests = {"wire": _digest(raw)} | ({} if said == raw else {"pixels": _digest(said)})
        found.append({"subject": list(subject), "settings": given, **digests})
    return found


def in_full(name: str) -> list[Json]:
    """Objects and tags of one of the predictions, so that a difference can be read."""
    said = unpacked(json.loads(sent(served(model_of(name)), PICTURE, {})))["annotation"]
    return [*said["objects"], *said["tags"]]


def digests() -> Json:
    """One digest for each model."""
    return {name: _digest(encoded(answers(name))) for name in NAMES}


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def kept() -> Json:
    """The file."""
    found: Json = json.loads(FILE.read_text("utf-8"))
    return found


def told(because: str) -> bool:
    """Whether users are told: wherever its lines break, it stands in the changelog."""
    return len(because) >= _LEAST_LINE and because in " ".join(CHANGELOG.read_text("utf-8").split())


def _text(because: str) -> str:
    """JSON with an object or an answer a line, so that a diff shows which ones changed."""
    models = []
    for name in NAMES:
        parts = [
            f'"{key}": [\n{_lines(found)}]' for key, found in (("in full", in_full(name)), ("answers", answers(name)))
        ]
        models.append(f"  {json.dumps(name)}: {{{', '.join(parts)}}}")
    head = f' "because": {json.dumps(because)},\n "packer": {json.dumps(packer())},\n'
    return "{\n" + head + ' "models": {\n' + ",\n".join(models) + "\n }\n}\n"


def _lines(found: list[Json]) -> str:
    return ",\n".join(f"   {encoded(one).decode()}" for one in found)


def differing() -> list[str]:
    """The models that answer otherwise than the file says."""
    told = kept()["models"] if FILE.exists() else {}
    return [name for name in NAMES if told.get(name, {}).get("answers") != answers(name)]


def main(arguments: list[str]) -> int:
    """0: the file is right, or was written."""
    if arguments == ["--digests"]:
        sys.stdout.write(json.dumps({"digests": digests(), "names": invented_names()}))
        return 0
    if arguments[:1] != ["--remake"]:
        sys.stdout.write("".join(f"{name}: answers otherwise than {FILE.name} says\n" for name in differing()))
        return min(1, len(differing()))
    because = " ".join(arguments[1:])
    if not told(because):
        sys.stdout.write("not written: users' test data change too. Add a line to CHANGELOG.md and give it here\n")
        return 1
    FILE.write_text(_text(because), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
