"""However calls are split over servers, one after the other, the answers are those of one server alone."""

import asyncio
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server.scene import Query
from modeldouble_server.store.sqlite import SqliteStore
from modeldouble_server.stubs import Stubs

from .turns_servers import BOX, Alone, Sharing, query_of

Rules = list[tuple[dict[str, Any], list[int | None]]]
Calls = list[tuple[int, Query]]
SPANS = st.builds(lambda first, length: range(first, first + length), st.integers(0, 5), st.integers(1, 5))
PICTURES = st.fixed_dictionaries(
    {},
    optional={
        "image": st.sampled_from(["a.jpg", "*.jpg"]),
        "route": st.sampled_from(["inference_image", "inference_*"]),
        "call": st.integers(1, 9) | st.builds(range, st.integers(1, 4), st.integers(5, 9)),
    },
)
VIDEOS = st.fixed_dictionaries({}, optional={"video": st.just("clip.mp4"), "frames": SPANS, "call": st.integers(1, 9)})
COUNTS = st.lists(st.none() | st.integers(1, 3), min_size=1, max_size=3)
RULES = st.lists(st.tuples(PICTURES | VIDEOS, COUNTS), min_size=1, max_size=6)
QUERIES = st.builds(
    query_of, st.sampled_from(["a.jpg", "b.jpg"]), route=st.sampled_from(["inference_image", "inference_batch"])
) | st.builds(query_of, st.just("clip.mp4"), SPANS, route=st.just("inference_video_id_async"))
CALLS = st.lists(st.tuples(st.integers(0, 2), QUERIES), max_size=15)


def told(stubs: Stubs, rules: Rules) -> None:
    for at, (conditions, counts) in enumerate(rules):
        when = stubs.when(**conditions)
        for which, count in enumerate(counts):
            stub = when.predict(f"{at}.{which}", box=BOX)
            if count is not None:
                stub.times(count)
            if which < len(counts) - 1:
                when = stub.then


async def over(calls: Calls, rules: Rules) -> None:
    store = SqliteStore()
    sharing = [Sharing(store, lambda stubs: told(stubs, rules)) for _ in range(3)]
    alone = Alone(lambda stubs: told(stubs, rules))
    found = [await sharing[at].told(query) for at, query in calls]
    assert found == [alone.told(query) for _, query in calls]
    uses = [await sharing[0].turns.uses(stub.number) for stub in alone.stubs.listed()]
    assert uses == [stub.used for stub in alone.stubs.listed()]
    await store.close()


@settings(deadline=None)
@given(CALLS, RULES)
def test_any_split_over_three_servers_answers_as_one(calls: Calls, rules: Rules) -> None:
    asyncio.run(over(calls, rules))
