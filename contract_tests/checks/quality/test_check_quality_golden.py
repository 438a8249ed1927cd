"""What ground_truth answers is the same to the bit in every process and release of Python."""

import hashlib
import json

from modeldouble_server.geometry import object_json
from modeldouble_server.predict.ground_truth import PROFILES, read_ground_truth
from modeldouble_server.scene import Query, Subject

from .shapes import SET, dataset

GOLDEN = {
    "weak": "5438c43f47e161a83b131bf094604b60a5a66968ccdc4f44f3da09cd555a09a5",
    "good": "9485895866e229570f83b1cf6e6d1b7ab111fbe8d977f16e25b04df8bf0d6a39",
    "excellent": "437313eff73456fb0964b5ac76560de44a3f8720b5ec2519ee8c69eb1179d1e4",
}
"""sha256 of all answers on the fixture set with seed 7."""


def digest(profile: str) -> str:
    """sha256 of the answers as annotations have them; masks by their bits, as zlib may pack them otherwise."""
    _, model = read_ground_truth(SET, PROFILES[profile], 7)
    said = []
    for image in dataset()["images"]:
        content = (SET / "images" / image["file_name"]).read_bytes()
        subject = Subject(hashlib.sha256(content).hexdigest(), image["width"], image["height"])
        for one in model.predict(Query(subject)).objects:
            shown = object_json(one)
            shown.pop("bitmap", None)
            said.append([shown, one.box, repr(one.geometry)])
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def test_answers_are_those_of_every_python() -> None:
    assert {name: digest(name) for name in PROFILES} == GOLDEN
