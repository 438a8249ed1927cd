"""Many pictures at a time: in order, bounded, an error for each, and cancelled together."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble import BadArgument, BadImage, ModelDoubleError, Prediction, Refused
from modeldouble.aio import AsyncSession
from modeldouble.aio.many import infer_many, iter_many

if TYPE_CHECKING:
    from tests.aio.conftest import AsyncPaper
    from tests.conftest import Json, Received, Reply, RoughServer

    Connect = Callable[..., Awaitable[AsyncSession]]


class Model:
    """Infers numbers: later ones sooner, the negative ones not at all."""

    def __init__(self) -> None:
        self.seen: list[int] = []
        self.under_way = self.most = self.cancelled = 0

    async def infer(self, number: int) -> Prediction:
        self.seen.append(number)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            for _ in range(20 - number % 20):
                await asyncio.sleep(0)
            if number < 0:
                raise Refused(400, f"no {number}", "inference_image")
            return Prediction({"annotation": {}, "number": number})
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.under_way -= 1


@pytest.fixture
def model() -> Model:
    return Model()


async def test_the_order_is_kept_whatever_comes_first(model: Model) -> None:
    told: list[tuple[int, int]] = []
    found = await infer_many(model.infer, list(range(100)), 8, "raise", lambda *progress: told.append(progress))
    assert [one["number"] for one in found] == list(range(100))
    assert told == [(done, 100) for done in range(1, 101)]


@pytest.mark.parametrize(("concurrency", "most"), [(1, 1), (8, 8), (1000, 30)])
async def test_so_many_are_under_way_and_no_more(model: Model, concurrency: int, most: int) -> None:
    await infer_many(model.infer, list(range(30)), concurrency, "raise", None)
    assert model.most == most


async def test_none_are_none(model: Model) -> None:
    assert await infer_many(model.infer, [], 8, "raise", None) == []


async def test_errors_stand_in_the_place_of_their_pictures(model: Model) -> None:
    found = await infer_many(model.infer, [1, -2, 3, -4], 2, "return", None)
    assert [type(one) for one in found] == [Prediction, Refused, Prediction, Refused]
    assert str(found[1]).startswith("picture 1 (int): ")
    assert "no -4" in str(found[3])


async def test_the_first_error_ends_all_and_names_its_picture(model: Model) -> None:
    pictures = [0, 0, -19, *[0] * 1000]
    with pytest.raises(Refused, match="picture 2"):
        await infer_many(model.infer, pictures, 4, "raise", None)
    assert len(model.seen) < 20
    assert (model.under_way, model.cancelled > 0) == (0, True)


async def test_a_cancelled_bulk_leaves_nothing_behind(model: Model) -> None:
    task = asyncio.ensure_future(infer_many(model.infer, [0] * 1000, 4, "raise", None))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (model.under_way, model.cancelled) == (0, 4)


async def test_a_progress_callback_that_raises_ends_all(model: Model) -> None:
    def enough(done: int, total: int) -> None:
        raise KeyError("enough")

    with pytest.raises(KeyError, match="enough"):
        await infer_many(model.infer, [0] * 1000, 4, "raise", enough)
    assert model.under_way == 0


async def test_they_are_yielded_as_they_come(model: Model) -> None:
    positions = [position async for position, _ in iter_many(model.infer, [0, 10, 19], 3, "raise")]
    assert positions == [2, 1, 0]


async def test_endless_pictures_are_taken_as_they_are_needed(model: Model) -> None:
    taken = 0

    def endless() -> Iterator[int]:
        nonlocal taken
        while True:
            taken += 1
            yield taken

    coming = iter_many(model.infer, endless(), 4, "raise")
    for _ in range(10):
        await anext(coming)
    for _ in range(500):
        await asyncio.sleep(0)
    await coming.aclose()
    # Ten were handed out; four more may wait to be, and four be under way.
    assert taken <= 18
    assert model.under_way == 0


async def test_a_loop_that_is_left_cancels_the_rest(model: Model) -> None:
    async for _ in iter_many(model.infer, [0] * 1000, 4, "raise"):
        break
    gc.collect()
    for _ in range(5):
        await asyncio.sleep(0)
    assert model.under_way == 0
    assert len(model.seen) < 20


async def test_what_the_callers_own_iterator_raises_comes_out(model: Model) -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        _ = [one async for one in iter_many(model.infer, broken(), 4, "return")]


async def test_an_iterator_is_emptied_first_only_to_be_counted(model: Model) -> None:
    told: list[tuple[int, int]] = []
    found = await infer_many(model.infer, iter(range(5)), 2, "raise", lambda *progress: told.append(progress))
    assert ([one["number"] for one in found], told[-1]) == ([0, 1, 2, 3, 4], (5, 5))


@pytest.mark.parametrize("one", ["a.jpg", b"\xff\xd8\xff", Path("a.jpg")])
def test_one_picture_is_not_many(model: Model, one: Any) -> None:
    with pytest.raises(BadArgument, match="inference_image"):
        iter_many(model.infer, one, 8, "raise")


@pytest.mark.parametrize("given", [{"concurrency": 0}, {"concurrency": 1.5}, {"errors": "ignore"}])
def test_arguments_that_mean_nothing_are_refused(model: Model, given: dict[str, Any]) -> None:
    with pytest.raises(BadArgument):
        iter_many(model.infer, [], **{"concurrency": 8, "errors": "raise", **given})


async def test_files_come_back_in_order_and_are_opened_when_their_turn_comes(
    rough: RoughServer, connect: Connect, predict: Callable[..., Json], reply: type[Reply], tmp_path: Path
) -> None:
    paths = [tmp_path / f"{number}.jpg" for number in range(12)]
    paths[0].write_bytes(b"\xff\xd8\xff0")

    def answer(request: Received) -> Reply:
        number = int(request.body.partition(b'filename="')[2].partition(b".")[0])
        if number < 11:
            # The next file is there only now.
            paths[number + 1].write_bytes(b"\xff\xd8\xff0")
        return reply({**predict(), "number": number})

    rough.on("inference_image", answer)
    found = await (await connect()).infer_many(iter(paths), concurrency=1)
    assert [one["number"] for one in found] == list(range(12))


async def test_one_deadline_holds_for_all_of_them_and_the_settings_are_those_of_the_beginning(
    async_paper: AsyncPaper, on_paper: Connect, predict: Callable[..., Json], reply: type[Reply]
) -> None:
    async_paper.paper.script.on("inference_image", reply(predict()))
    session = await on_paper(deadline=30.0, inference_settings={"conf_thres": 0.5})
    async_paper.paper.seconds_each = 1.0
    coming = session.iter_many([b"\xff\xd8\xff0"] * 3, concurrency=1)
    await anext(coming)
    await session.set_inference_settings(None)
    assert [position async for position, _ in coming] == [1, 2]
    pictures = [(url, ask.parts[1].content) for url, ask in async_paper.paper.sent if ask.parts]
    assert pictures == [("http://paper/inference_image", b'{"settings": {"conf_thres": 0.5}}')] * 3
    assert {deadline for route, deadline in async_paper.deadlines if route == "inference_image"} == {1030.0}


async def test_a_file_that_is_missing_is_named(connect: Connect, tmp_path: Path) -> None:
    session = await connect()
    with pytest.raises(BadImage, match=r"picture 0 \(.*none.jpg\)"):
        await session.infer_many([tmp_path / "none.jpg"])
    [error] = await session.infer_many([tmp_path / "none.jpg"], errors="return")
    assert isinstance(error, ModelDoubleError)
    coming: AsyncIterator[tuple[int, Any]] = session.iter_many([tmp_path / "none.jpg"], errors="return")
    assert [(position, type(one)) async for position, one in coming] == [(0, BadImage)]
