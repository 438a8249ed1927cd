"""The asynchronous client on paper, and on the rough server of the folder above."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble.aio import AsyncHttpTransport, AsyncSession

if TYPE_CHECKING:
    from modeldouble.answers import Answer
    from modeldouble.wire import Ask
    from tests.conftest import PaperTransport, RoughServer


class AsyncPaper:
    """The paper transport for those who await; each request gives the event loop some turns."""

    def __init__(self, paper: PaperTransport) -> None:
        self.paper = paper
        self.under_way = self.most_under_way = 0
        self.closed = False
        self.turns = 1
        self.deadlines: list[tuple[str, float]] = []

    async def send(self, url: str, ask: Ask, deadline: float) -> Answer:
        self.deadlines.append((ask.route, deadline))
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            for _ in range(self.turns):
                await asyncio.sleep(0)
            return self.paper.send(url, ask, deadline)
        finally:
            self.under_way -= 1

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        self.paper.sleep(seconds)

    def clock(self) -> float:
        return self.paper.now

    async def close(self) -> None:
        self.closed = True


@pytest.fixture
def async_paper(paper: PaperTransport) -> AsyncPaper:
    return AsyncPaper(paper)


@pytest.fixture
def on_paper(async_paper: AsyncPaper) -> Callable[..., Awaitable[AsyncSession]]:
    """Connect a session on paper."""

    def connect(**arguments: Any) -> Awaitable[AsyncSession]:
        return AsyncSession.connect(**{"session_url": "http://paper", "transport": async_paper, **arguments})

    return connect


@pytest.fixture
async def connect(rough: RoughServer) -> AsyncIterator[Callable[..., Awaitable[AsyncSession]]]:
    """Connect sessions to the rough server; timeouts are generous, since most tests wait for none of them."""
    opened: list[AsyncHttpTransport] = []

    def make(read_timeout: float = 20.0, **arguments: Any) -> Awaitable[AsyncSession]:
        transport = AsyncHttpTransport(5.0, read_timeout, sleep=lambda seconds: asyncio.sleep(min(seconds, 0.01)))
        opened.append(transport)
        return AsyncSession.connect(**{"session_url": rough.url, "transport": transport, **arguments})

    yield make
    for transport in opened:
        await transport.close()
