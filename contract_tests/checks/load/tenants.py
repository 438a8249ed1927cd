"""A thousand tenants at once on one server: no answer from another, nothing lost or twice, no exception in the log.

`python -m contract_tests.checks.load.tenants [--tenants 1000] [--rounds 4]`
"""

import argparse
import asyncio
import logging
import sys
import time
from collections.abc import Sequence
from typing import NamedTuple

import aiohttp

import modeldouble_server
from modeldouble_server import Answer, Detection, Limits, Query, Server

from .tenant import FRAMES, Tenant, Visit

_CONNECTIONS = 64


class Only:
    """A predictor of one class."""

    def __init__(self, name: str) -> None:
        self._name = name

    def predict(self, query: Query) -> Answer:
        """One box."""
        return Answer((Detection(self._name, (1, 1, 9, 9), 0.9),))


class Heard(logging.Handler):
    """The errors that were logged meanwhile."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.errors.append(self.format(record))


class Load(NamedTuple):
    """What was done."""

    tenants: int
    requests: int
    seconds: float
    errors: Sequence[str]


def load(tenants: int, rounds: int) -> Load:
    """Let all tenants ask at once. What should not be raises `Wrong`."""
    heard = Heard()
    logging.getLogger().addHandler(heard)
    try:
        with modeldouble_server.serve(limits=Limits()._replace(models=tenants + 10)) as server:
            made = [_tenant(server, number) for number in range(tenants)]
            begun = time.perf_counter()
            requests = asyncio.run(_visited(made, rounds))
            seconds = time.perf_counter() - begun
            for one in made:
                one.model.close()
    finally:
        logging.getLogger().removeHandler(heard)
    return Load(tenants, requests, seconds, heard.errors)


def _tenant(server: Server, number: int) -> Tenant:
    name = f"tenant-{number}"
    model = server.add_model(classes=[name], info={"app_name": name}, predictor=Only(name), pace=0.0)
    return Tenant(number, model, model.add_video(FRAMES))


async def _visited(tenants: Sequence[Tenant], rounds: int) -> int:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=_CONNECTIONS)) as http:
        visits = [Visit(http, one) for one in tenants]
        # All at once: their requests take turns on the connections, so no two in a row are of one tenant.
        await asyncio.gather(*(one.all(rounds) for one in visits))
        return sum(one.requests for one in visits)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tenants", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    done = load(**vars(parser.parse_args()))
    sys.stdout.write(
        f"{done.tenants:,} tenants, {done.requests:,} requests in {done.seconds:.0f} s,"
        f" {len(done.errors)} errors logged\n"
    )
    sys.exit(bool(done.errors))
