"""The session info, which every client asks for first, on kept connections."""

from collections.abc import Sequence

from modeldouble_contract.bench.load.peers import HTTPSERVER, MOCKOON, OFFICIAL_APP
from modeldouble_contract.bench.load.row import Row
from modeldouble_contract.bench.load.serving import BARE, OURS, entry, shared_by
from modeldouble_contract.bench.load.wire import Request, json_request
from modeldouble_contract.bench.workload import Case, Role, Target, Workload

CONNECTIONS = (1, 4, 16, 64, 256)
ROUTE = "get_session_info"
CASES = [Case(f"{count} connection{'s' * (count > 1)}", count) for count in CONNECTIONS]


def _requests(prefix: str, _case: Case, _ids: Sequence[str]) -> list[Request]:
    return [json_request(f"{prefix}/{ROUTE}", {"state": {}, "context": {}, "api_token": ""})]


ROW = Row(
    route=lambda _case: ROUTE,
    requests=_requests,
    options=lambda _case: {},
    check=lambda _case, info: "app_name" in info and "task type" in info,
    connections=lambda case: int(case.size),
)
SHARED = shared_by(ROW)
BARE_NAME, APP, HTTPSERVER_NAME = "bare aiohttp", "supervisely app", "pytest-httpserver"
WORKLOAD = Workload(
    1,
    "session-info",
    "get_session_info, keep-alive",
    "requests/s",
    more_is_better=True,
    cases=CASES,
    entries=[
        entry("modeldouble", Role.OURS, OURS, SHARED, CASES),
        entry(BARE_NAME, Role.LIMIT, BARE, SHARED, CASES),
        entry(APP, Role.PEER, OFFICIAL_APP, SHARED, CASES),
        entry(HTTPSERVER_NAME, Role.PEER, HTTPSERVER, SHARED, CASES),
        entry("Mockoon", Role.PEER, MOCKOON, SHARED, CASES),
    ],
    targets=[
        Target("at least 0.85 of the requests per second of a bare handler", BARE_NAME, at_least=0.85),
        Target("at least 8 times those of the official app", APP, at_least=8),
        Target("at least 8 times those of pytest-httpserver", HTTPSERVER_NAME, at_least=8),
    ],
    axis="connections",
    bound="One connection waits for the way there and back, which is the same for all: the bare handler itself is there"
    " no more than four times as fast as the official app and three times as fast as pytest-httpserver, and on 4 to 64"
    " connections no more than nine times as fast as the latter.",
    notes=[
        "Each connection posts the body that clients post, and asks again as soon as it has its answer. The bare"
        " handler parses that JSON and answers the bytes that ours answers; so do pytest-httpserver (a thread for each"
        " connection, its faster mode) and Mockoon. The official app tells of itself.",
        "pytest-httpserver closes every connection with its answer, so that each request makes a new one. With 256,"
        " more come at once than wait in its queue of 128, and the system tries again after a second: what is read"
        " there is mostly this wait.",
    ],
)
