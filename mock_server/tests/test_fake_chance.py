"""Randomness of our own. The golden numbers must never change: users' expectations hold them."""

import hashlib
import json
import os
import subprocess
import sys
from itertools import islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server.predict.chance import Chance, _numbers

GOLDEN_UNITS = [
    "0x1.8c726c5918d59p-1",
    "0x1.735c41359ef19p-1",
    "0x1.85c4975e92fe0p-3",
    "0x1.0065743d3c61fp-1",
    "0x1.662e56cbc1ecep-2",
    "0x1.7e0f9403fb845p-1",
]
GOLDEN_ANSWERS = {
    "detection": "22f0024d523e3ebf",
    "instance_segmentation": "739110dedb3f5559",
    "semantic_segmentation": "b56e8cdd17b3e104",
    "pose": "8ce2e7cbf7a1b3b0",
    "classification": "bc57e8fc52984950",
}
_SCRIPT = """
import hashlib, json
from modeldouble_server.coco import NAMES
from modeldouble_server.predict.chance import Chance
from modeldouble_server.predict.synthetic import TASKS, Synthetic
from modeldouble_server.scene import Query, Subject
chance = Chance(7, "golden", chr(233))
def digest(task):
    model = Synthetic((*NAMES, "sky", "road", "lawn"), 3, task=task)
    asked = [Subject(f"{at:064x}", 640, 480, frame) for at in range(8) for frame in (None, 0, 45, 10**6)]
    return hashlib.sha256(repr([model.predict(Query(one)) for one in asked]).encode()).hexdigest()[:16]
print(json.dumps([[chance.unit().hex() for _ in range(6)], {task: digest(task) for task in TASKS}]))
"""


@pytest.mark.parametrize("hash_seed", ["0", "1", "12345"])
def test_another_process_gives_the_golden_numbers_whatever_its_hash_seed(hash_seed: str) -> None:
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    done = subprocess.run([sys.executable, "-c", _SCRIPT], env=environment, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [GOLDEN_UNITS, GOLDEN_ANSWERS]


def test_numbers_are_those_that_its_docstring_describes() -> None:
    seed = hashlib.sha256("7\x1fgolden\x1fé".encode()).digest()
    digests = b"".join(hashlib.sha256(seed + count.to_bytes(8, "big")).digest() for count in range(2))
    expected = [(int.from_bytes(digests[at : at + 8], "big") >> 11) / 2**53 for at in range(0, 64, 8)]
    chance = Chance(7, "golden", "é")
    assert [chance.unit() for _ in range(8)] == expected


def test_golden_wholes_betweens_and_choices() -> None:
    whole, other = Chance("whole"), Chance("b")
    assert [whole.whole(-3, 9) for _ in range(12)] == [8, 7, 9, 8, -1, 3, 3, 4, 4, 2, 2, 6]
    assert [other.between(-2.0, 5.0) for _ in range(3)] == [
        -1.1965024450276216,
        3.4338153166495715,
        0.17959442158775918,
    ]
    assert "".join(other.choice("abcdefg") for _ in range(7)) == "eddfacb"


def test_equal_keys_give_equal_streams_and_others_do_not() -> None:
    assert [Chance("a", 1).unit() for _ in range(3)] == [Chance("a", 1).unit() for _ in range(3)]
    assert len({Chance(*key).unit() for key in (("a", 1), ("a", 2), ("a1",), (1, "a"), ("a", 1, ""))}) == 5


def test_a_stream_never_repeats_itself() -> None:
    assert len(set(islice(_numbers(b"key"), 10_000))) == 10_000


def test_units_are_spread_evenly() -> None:
    chance = Chance("spread")
    tenths = [int(chance.unit() * 10) for _ in range(10_000)]
    assert all(850 < tenths.count(tenth) < 1150 for tenth in range(10))


def test_both_ends_of_a_range_are_drawn() -> None:
    chance = Chance("ends")
    assert {chance.whole(2, 4) for _ in range(200)} == {2, 3, 4}
    assert {chance.choice("xyz") for _ in range(200)} == {"x", "y", "z"}


@settings(deadline=None)
@given(st.text(), st.integers(-1000, 1000), st.integers(0, 1000))
def test_everything_drawn_is_within_its_bounds(key: str, low: int, width: int) -> None:
    chance = Chance(key.encode("utf-8", "replace"))
    for _ in range(5):
        assert 0.0 <= chance.unit() < 1.0
        assert low <= chance.whole(low, low + width) <= low + width
        assert low <= chance.between(low, low + width) <= low + width


def test_the_largest_number_is_still_below_one() -> None:
    largest = (2**64 - 1) >> 11 << 11
    assert largest * (1.0 / 2**64) < 1.0
    assert all(number == number >> 11 << 11 for number in islice(_numbers(b"key"), 100))
