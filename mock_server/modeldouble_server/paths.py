"""Where a path leads: one resource for all of them, in aiohttp's router.

aiohttp asks one resource after another, and changes the application for each middleware; here one table is looked
through, and what is meant for all requests is around the handlers already.
"""

import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any

from aiohttp import web
from yarl import URL

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Invite = Callable[[web.Request], Awaitable[web.StreamResponse | None]]
_Resolved = tuple[web.UrlMappingMatchInfo | None, set[str]]
_ALL = "/"


class Paths(web.AbstractResource):
    """Every path: the first pattern that a whole path fits has its handler, whose match has the pattern's names.

    The last pattern must fit everything: aiohttp would answer by itself what fits none.
    """

    def __init__(self, handlers: Sequence[tuple[str, Handler]], invite: Invite) -> None:
        super().__init__()
        self._all = [
            (re.compile(pattern).fullmatch, web.ResourceRoute("*", handler, self, expect_handler=invite))
            for pattern, handler in handlers
        ]

    async def resolve(self, request: web.Request) -> _Resolved:
        """The handler of a request's path."""
        path = request.rel_url.path_safe
        for fits, route in self._all:
            match = fits(path)
            if match is not None:
                named = match.groupdict()
                if "%" in path:
                    named = {name: _plain(value) for name, value in named.items()}
                return web.UrlMappingMatchInfo(named, route), set()
        return None, set()

    @property
    def canonical(self) -> str:
        """Where the router looks for it when it has found nothing more exact."""
        return _ALL

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[web.AbstractRoute]:
        return iter([route for _, route in self._all])

    def raw_match(self, path: str) -> bool:
        """It is never added to."""
        return False

    def add_prefix(self, prefix: str) -> None:
        """It is never a part of another application."""
        raise NotImplementedError

    def url_for(self, **kwargs: str) -> URL:
        """It makes no addresses."""
        raise NotImplementedError

    def get_info(self) -> Any:
        """Nothing that anyone asks for."""
        return {}


def _plain(value: str) -> str:
    # The two characters that yarl leaves quoted in a path, as they would change where it leads.
    return value.replace("%2F", "/").replace("%25", "%")
