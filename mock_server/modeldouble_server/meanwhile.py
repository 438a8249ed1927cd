"""What has to be done again and again as long as something else goes on."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from .store import StoreDown


@asynccontextmanager
async def meanwhile(
    act: Callable[[], Awaitable[object]], every: float, sleep: Callable[[float], Awaitable[None]]
) -> AsyncIterator[None]:
    """Do something every so many seconds until the block ends. Where the store is away, it is tried again then."""

    async def again() -> None:
        while True:
            await sleep(every)
            with suppress(StoreDown):
                await act()

    task = asyncio.create_task(again())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
