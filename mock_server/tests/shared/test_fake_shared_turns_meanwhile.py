"""What becomes of a call's turns when another server, a reset or a removal comes in between."""

from collections.abc import AsyncIterator

import pytest

from modeldouble_server.stubs import Stubs, Tied

from .turns_servers import BOX, Interrupted, Sharing, query_of


@pytest.fixture
async def store() -> AsyncIterator[Interrupted]:
    store = Interrupted()
    yield store
    await store.close()


def begin_and_end(stubs: Stubs) -> None:
    stubs.when(video="clip.mp4", frames=range(2)).predict("begin", box=BOX).once()
    stubs.when(video="clip.mp4", frames=range(2, 4)).predict("end", box=BOX).once()
    stubs.when().predict("other", box=BOX)


async def test_stubs_of_a_video_that_are_used_up_leave_their_frames_to_others(store: Interrupted) -> None:
    one, two = Sharing(store, begin_and_end), Sharing(store, begin_and_end)
    assert await one.see("clip.mp4", range(2, 5)) == ["end", "end", "other"]
    assert await two.see("clip.mp4", range(4)) == ["begin", "begin", "other", "other"]
    assert [await one.turns.uses(number) for number in (1, 2, 3)] == [1, 1, 2]


async def test_one_that_is_used_stays_taken_when_the_next_one_is_used_up_meanwhile(store: Interrupted) -> None:
    one, two = Sharing(store, begin_and_end), Sharing(store, begin_and_end)
    store.meanwhile["m:0:stub:1"] = lambda: two.see("clip.mp4", range(2, 4))
    assert await one.see("clip.mp4", range(4)) == ["begin", "begin", "other", "other"]
    assert [await one.turns.uses(number) for number in (1, 2, 3)] == [1, 1, 1]


def end_or_a_tie(stubs: Stubs) -> None:
    stubs.when(video="clip.mp4", frames=range(2)).predict("begin", box=BOX).times(9)
    stubs.when(video="clip.mp4", frames=range(2, 4)).predict("end", box=BOX).once()
    for name in ("cat", "dog"):
        stubs.when(video="clip.mp4").predict(name, box=BOX)


async def test_a_tie_that_another_server_has_left_uses_nothing_up(store: Interrupted) -> None:
    one, two = Sharing(store, end_or_a_tie), Sharing(store, end_or_a_tie)
    assert await two.see("clip.mp4", range(2, 4)) == ["end", "end"]
    with pytest.raises(Tied):
        await one.see("clip.mp4", range(4))
    assert [await one.turns.uses(number) for number in (1, 2, 3, 4)] == [0, 1, 0, 0]


async def test_a_tie_that_comes_meanwhile_loses_what_was_used_up_before(store: Interrupted) -> None:
    one, two = Sharing(store, end_or_a_tie), Sharing(store, end_or_a_tie)
    store.meanwhile["m:0:stub:1"] = lambda: two.see("clip.mp4", range(2, 4))
    with pytest.raises(Tied):
        await one.see("clip.mp4", range(4))
    assert [await one.turns.uses(number) for number in (1, 2, 3, 4)] == [1, 1, 0, 0]


def cat_once(stubs: Stubs) -> None:
    stubs.when(image="a.jpg").predict("cat", box=BOX).once()
    stubs.when().predict("other", box=BOX)


async def test_a_stub_that_is_removed_while_it_is_counted_does_not_answer(store: Interrupted) -> None:
    server = Sharing(store, cat_once)

    async def removed() -> None:
        assert server.stubs.remove(1)

    store.meanwhile["m:0:stub:1"] = removed
    assert await server.see("a.jpg") == ["other"]


async def test_a_stub_that_is_removed_while_another_is_counted_does_not_answer(store: Interrupted) -> None:
    server = Sharing(store, begin_and_end)

    async def removed() -> None:
        assert server.stubs.remove(1)

    store.meanwhile["m:0:stub:2"] = removed
    assert await server.see("clip.mp4", range(4)) == ["other", "other", "end", "end"]


async def test_all_stubs_removed_while_one_is_counted_leave_the_predictor(store: Interrupted) -> None:
    server = Sharing(store, cat_once)

    async def cleared() -> None:
        server.stubs.clear()

    store.meanwhile["m:0:stub:1"] = cleared
    assert await server.see("a.jpg") == [""]


def reset(*servers: Sharing) -> None:
    for server in servers:
        server.stubs.rewind(server.stubs.next_number)
        server.turns.begin_again("1")


async def test_a_reset_counts_from_the_beginning(store: Interrupted) -> None:
    one, two = Sharing(store, cat_once), Sharing(store, cat_once)
    assert await one.see("a.jpg") == ["cat"]
    reset(one, two)
    await one.turns.forget_former()
    assert [await server.see("a.jpg") for server in (two, one)] == [["cat"], ["other"]]
    assert await one.turns.numbered(1) == 3


async def test_a_server_that_does_not_know_of_a_reset_yet_uses_nothing_up_of_what_comes_after(
    store: Interrupted,
) -> None:
    one, two = Sharing(store, cat_once), Sharing(store, cat_once)
    assert await one.see("a.jpg") == ["cat"]
    reset(one)
    assert await two.see("a.jpg") == ["other"]
    assert await one.turns.numbered(1) == 1
    reset(two)
    await one.turns.forget_former()
    assert [await server.see("a.jpg") for server in (two, one)] == [["cat"], ["other"]]


async def test_a_call_that_is_counted_while_its_server_is_reset_uses_nothing_up_of_what_comes_after(
    store: Interrupted,
) -> None:
    server = Sharing(store, cat_once)

    async def is_reset() -> None:
        reset(server)

    store.meanwhile["m:0:stub:1"] = is_reset
    [turn] = await server.turns.take(server.stubs, query_of("a.jpg"), 1)
    assert (turn.stub, turn.use, server.stubs.listed()[0].used) == (1, 0, 0)
    assert [await server.see("a.jpg") for _ in range(2)] == [["cat"], ["other"]]


async def left(store: Interrupted) -> list[str]:
    return [life for life in "0123" if await store.count(f"m:{life}:calls")]


async def test_nothing_is_left_of_what_was_before_a_reset(store: Interrupted) -> None:
    server = Sharing(store, cat_once)
    for life in "123":
        await server.see("a.jpg")
        server.turns.begin_again(life)
    await server.see("a.jpg")
    await server.turns.forget_former()
    assert await left(store) == ["3"]


async def test_what_a_server_left_that_was_killed_in_its_reset_goes_with_the_next(store: Interrupted) -> None:
    killed, later = Sharing(store, cat_once), Sharing(store, cat_once)
    await killed.see("a.jpg")
    killed.turns.begin_again("1", "0")
    await killed.see("a.jpg")
    for life, ends in (("1", "0"), ("2", "1")):
        later.turns.begin_again(life, ends)
    await later.turns.forget_former()
    assert await left(store) == []


async def test_of_thousands_of_resets_only_the_last_are_remembered(store: Interrupted) -> None:
    server = Sharing(store, cat_once)
    for life in range(1, 5_000):
        server.turns.begin_again(str(life))
    for life in range(5_000):
        await store.advance(f"m:{life}:calls", 1, 1)
    await server.turns.forget_former()
    assert [life for life in range(5_000) if not await store.count(f"m:{life}:calls")] == list(range(4_991, 4_999))
