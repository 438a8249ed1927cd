"""What `predict` gives back, and a stub between its uses."""

import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from modeldouble_server.scene import Query
from modeldouble_server.stubs import Exactly, Stubs, Tied
from modeldouble_server.stubs.asked import canonical

See = Callable[..., list[str]]
BOX = (1, 2, 3, 4)


class Named(os.PathLike[str]):
    """A path that is no Path."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __fspath__(self) -> str:
        return str(self._path)


@pytest.mark.parametrize(
    ("conditions", "told"),
    [
        ({}, "when() (stub 1)"),
        ({"image": b"abc"}, "when(image=<3 bytes, sha256 ba7816bf8f01>) (stub 1)"),
        ({"call": 2, "image_id": 5}, "when(image_id=5, call=2) (stub 1)"),
        ({"frames": range(4, 1, -1)}, "when(frames=range(2, 5)) (stub 1)"),
        ({"settings": Exactly({"conf": 0.5})}, "when(settings=Exactly({'conf': 0.5})) (stub 1)"),
    ],
)
def test_a_stub_is_told_as_a_test_writes_it(stubs: Stubs, conditions: dict[str, Any], told: str) -> None:
    assert repr(stubs.when(**conditions).predict()) == told


def test_every_form_of_content_is_the_same_content(stubs: Stubs, see: See, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"content")
    for content in (b"content", bytearray(b"content"), memoryview(b"content"), path, Named(path)):
        stubs.when(image=content).predict(type(content).__name__, box=BOX).once()
        assert see(sha256=hashlib.sha256(b"content").hexdigest()) == [type(content).__name__]


def test_a_picture_that_comes_twice_in_a_batch_takes_two_turns(stubs: Stubs, query: Callable[..., Query]) -> None:
    stub = stubs.when(image="a.jpg").predict("first", box=BOX).then.predict("second", box=BOX)
    batch = [query(name)._replace(turns=stubs.take(query(name), call)) for call, name in enumerate(["a.jpg"] * 2, 1)]
    assert [stubs.predict(one).objects[0].class_name for one in batch] == ["first", "second"]
    assert stub.used == 2


def test_what_was_said_twice_of_the_same_conditions_is_two_stubs(stubs: Stubs, see: See) -> None:
    when = stubs.when(image="a.jpg")
    first, second = when.predict("cat", box=BOX), when.predict("dog", box=BOX)
    assert (first.number, second.number) == (1, 2)
    with pytest.raises(Tied):
        see("a.jpg")


def test_a_long_sequence_is_given_in_order(stubs: Stubs, see: See) -> None:
    stub = stubs.when().predict("class 0", box=BOX)
    for at in range(1, 500):
        stub.then.predict(f"class {at}", box=BOX)
    assert [see()[0] for _ in range(500)] == [f"class {at}" for at in range(500)]
    assert (stub.used, stub.live) == (500, True)


def test_threads_that_ask_of_other_calls_do_not_mix_them_up(stubs: Stubs, query: Callable[..., Query]) -> None:
    for at in range(4):
        stubs.when(image=f"{at}.jpg").predict(f"class {at}", box=BOX)
    wrong: list[str] = []

    def look(at: int) -> None:
        asked = query(f"{at}.jpg")
        asked = asked._replace(turns=stubs.take(asked, 1))
        names = [stubs.predict(asked).objects[0].class_name for _ in range(1000)]
        wrong.extend(name for name in names if name != f"class {at}")

    threads = [threading.Thread(target=look, args=(at,)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ([1, 2], [2, 1], False),
        ([1, 2], (1, 2), True),
        (1, 1.0, True),
        (1, True, False),
        (0, None, False),
        ("1", 1, False),
        ({"a": [1]}, {"a": {"0": 1}}, False),
        ([], {}, False),
    ],
)
def test_json_values_are_the_same_or_not(one: Any, other: Any, same: bool) -> None:
    assert (canonical(one) == canonical(other)) is same


@pytest.mark.parametrize("value", [{1: 2}, {1, 2}, object(), b"bytes"])
def test_what_is_no_json_has_no_key(value: Any) -> None:
    with pytest.raises(TypeError, match="is not JSON; give numbers, texts"):
        canonical(value)
