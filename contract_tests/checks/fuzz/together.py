"""What several requests of one moment can leave of a job, and how an answer is compared."""

import itertools

from .life import Json, Life
from .served import Said


def do(life: Life, act: str, now: int) -> Life:
    """The job after one act."""
    if act == "pop":
        return life.popped(now)
    return life.stop(now) if act == "stop" else life.clear(now) if act == "clear" else life


def reachable(life: Life, acts: list[str], now: int) -> list[Life]:
    """Every state that the acts can leave the job in, in whatever order, after however many of them."""
    found = {life}
    for order in itertools.permutations(acts):
        found.update(itertools.accumulate(order, lambda one, act: do(one, act, now), initial=life))
    return sorted(found, key=repr)


def last(life: Life, acts: list[str], now: int) -> Life:
    """The job after all acts; of the order only the results taken could tell."""
    for act in sorted(acts):
        life = do(life, act, now)
    return life


def plain(said: Json) -> Json:
    """An answer whose exception is told by its kind; the texts must be there."""
    exception = said["exception"]
    if exception is None:
        return said
    assert sorted(exception) == ["message", "traceback", "type"]
    assert exception["message"] in exception["traceback"]
    return {**said, "exception": exception["type"]}


def assert_refused(said: Said, status: int) -> None:
    assert said.status == status, said
    text = said.value["detail"]
    assert said.value == {"detail": text, "message": text, "success": False}
