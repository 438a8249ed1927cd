"""What many calls are given in the same way: times in seconds, and several things."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble import Api, BadArgument, Session
from modeldouble.aio import AsyncSession
from modeldouble.arguments import seconds, several

if TYPE_CHECKING:
    from tests.conftest import PaperTransport, RoughServer

NO_SECONDS = ["5", -1, 0, math.nan, math.inf, True, 10**400, [5]]


@pytest.mark.parametrize("value", NO_SECONDS)
@pytest.mark.parametrize("field", ["deadline", "stall_after"])
@pytest.mark.parametrize("make", [Session, AsyncSession])
def test_a_time_that_bounds_nothing_is_refused_before_anything_is_asked(
    paper: PaperTransport, make: Callable[..., object], field: str, value: Any
) -> None:
    with pytest.raises(BadArgument, match="finite number over 0") as caught:
        make(session_url="http://paper", transport=paper, **{field: value})
    assert caught.value.field == field
    assert paper.sent == []


def test_a_job_is_always_given_up_some_time(paper: PaperTransport) -> None:
    with pytest.raises(BadArgument, match="stall_after = None"):
        Session(session_url="http://paper", transport=paper, stall_after=None)  # type: ignore[arg-type]


def test_the_platforms_deadline_is_a_time_too(paper: PaperTransport) -> None:
    with pytest.raises(BadArgument, match="deadline = nan"):
        Api("http://paper", "t" * 128, deadline=math.nan, transport=paper)
    assert Api("http://paper", "t" * 128, deadline=5, transport=paper).deadline == 5


def test_seconds_may_be_numbers_of_numpy() -> None:
    np = pytest.importorskip("numpy")
    assert seconds("deadline", np.float32(0.5)) == 0.5
    assert seconds("deadline", np.int64(5)) == 5
    with pytest.raises(BadArgument, match="deadline"):
        seconds("deadline", np.array([1, 2]))


@pytest.mark.parametrize("one", ["171250", 171250, b"171250", Path("street.jpg")])
def test_one_thing_is_not_taken_for_several(one: Any) -> None:
    with pytest.raises(BadArgument, match=r"give several, as a list; of one, inference_image_id$") as caught:
        several("image_ids", one, "inference_image_id")
    assert caught.value.field == "image_ids"


class Folder(os.PathLike[str]):
    def __iter__(self) -> Iterator[str]:
        return iter(["a.jpg", "b.jpg"])

    def __fspath__(self) -> str:
        return "folder"


def test_a_folder_that_lists_its_files_is_one_thing_too() -> None:
    with pytest.raises(BadArgument, match="image_paths = 'Folder': give several"):
        several("image_paths", Folder())


class Dataset:
    def __getitem__(self, position: int) -> int:
        return [5, 6][position]


@pytest.mark.parametrize("values", [[5, 6], (5, 6), range(5, 7), {5: "a", 6: "b"}, Dataset()])
def test_whatever_can_be_gone_through_is_several(values: Any) -> None:
    assert list(several("image_ids", values)) == [5, 6]
    assert list(several("image_ids", iter(values))) == [5, 6]


@pytest.mark.parametrize(
    ("call", "field", "one"),
    [
        ("inference_image_paths", "image_paths", "street.jpg"),
        ("inference_image_paths", "image_paths", Path("street.jpg")),
        ("inference_image_ids", "image_ids", "171250"),
        ("inference_image_ids", "image_ids", 171250),
        ("inference_image_ids_async", "image_ids", 171250),
        ("infer_many", "pictures", 171250),
        ("infer_many", "pictures", "street.jpg"),
    ],
)
async def test_every_call_for_many_refuses_one(rough: RoughServer, call: str, field: str, one: Any) -> None:
    with Session(session_url=rough.url) as session, pytest.raises(BadArgument, match="give several") as caught:
        getattr(session, call)(one)
    async with AsyncSession(session_url=rough.url) as waiting:
        with pytest.raises(BadArgument, match="give several") as also:
            await getattr(waiting, call)(one)
    assert (caught.value.field, str(caught.value)) == (field, str(also.value))
    assert rough.routes() == ["get_output_classes_and_tags"]


async def test_what_comes_as_it_is_done_refuses_one_too(rough: RoughServer) -> None:
    async with AsyncSession(session_url=rough.url) as session:
        with pytest.raises(BadArgument, match=r"pictures = 'street\.jpg'"):
            session.iter_many("street.jpg")


def test_a_project_has_several_datasets(rough: RoughServer) -> None:
    with Session(session_url=rough.url) as session, pytest.raises(BadArgument, match="dataset_ids = 5: give several"):
        session.inference_project_id_async(7, 5)  # type: ignore[arg-type]


def test_the_platforms_calls_for_many_refuse_one(paper: PaperTransport) -> None:
    api = Api("http://paper", "t" * 128, transport=paper)
    with pytest.raises(BadArgument, match=r"ids = '56': give several.*image\.download_np"):
        api.image.download_bytes(7, "56")  # type: ignore[arg-type]
    with pytest.raises(BadArgument, match=r"image_ids = 56: give several.*annotation\.download"):
        api.annotation.download_batch(7, 56)  # type: ignore[arg-type]
