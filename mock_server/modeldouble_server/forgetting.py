"""What nobody needs any more of what servers share: changes before a reset, and models that are served no longer."""

from .store import Store, Writes

_AT_ONCE = 1_000
_TERMS = "terms:"
"""A value for each that was served: empty while it is, then the epoch seconds at which another took its place."""
_MOST_FORMER = 10
_KEPT = 86_400.0


def change_key(prefix: str, number: int) -> str:
    """Where a change of a ledger lies."""
    return f"{prefix}change:{number}"


async def forget_changes(store: Store, prefix: str, first: int) -> None:
    """Forget the changes of a ledger before that number, but for the one that it begins with.

    Also those that another server was to forget which was killed meanwhile.
    """
    counter = f"{prefix}forgotten"
    for at in range(max(1, await store.count(counter)), first, _AT_ONCE):
        end = min(first, at + _AT_ONCE)
        keys = [change_key(prefix, number) for number in range(at, end)]
        await store.apply(Writes(delete=keys, least={counter: end}, frees=True))


def served_prefix(served: str) -> str:
    """Of the keys of models that are there from the start, under the name of what was agreed to be served."""
    return f"served:{served}:"


async def forget_former(store: Store, served: str, now: float) -> None:
    """Say what is served now, and forget what was changed and counted of models that were served before it.

    Each is kept for a day after another has taken its place, so that there is a way back, and ten of them at the most.
    To be called while no other server starts, and none serves anything else. `now` in epoch seconds.
    """
    former: dict[str, float] = {}
    for key, raw in await store.scan(_TERMS):
        if key != f"{_TERMS}{served}":
            former[key] = float(raw or now)
            # From now on, if it was served to this moment.
            await store.swap(key, b"", repr(now).encode())
    await store.put(f"{_TERMS}{served}", b"")
    newest = sorted(former, key=lambda key: former[key], reverse=True)
    for at, key in enumerate(newest):
        if at >= _MOST_FORMER or former[key] + _KEPT <= now:
            await store.drop(served_prefix(key.removeprefix(_TERMS)))
            await store.delete(key)
