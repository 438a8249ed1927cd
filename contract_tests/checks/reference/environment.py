"""docs/environment.md: every environment variable that is read or set."""

from typing import NamedTuple

from .table import code, table

_HEAD = """# Every environment variable

A variable that is empty counts as one that is not set, but for `NO_COLOR`. This page is made by
`python -m contract_tests.checks.reference.make`, and a test compares the names with the code.

## Of modeldouble

"""
_OTHERS = """
## Of others

"""


class Variable(NamedTuple):
    """A row: who reads or sets it, and what it is for."""

    who: str
    told: str


OURS = {
    "MODELDOUBLE_API_TOKEN": Variable(
        "read by `serve`, `run`", "The platform's token instead of the built-in one. Needed off loopback"
    ),
    "MODELDOUBLE_SESSION_TOKEN": Variable(
        "read by `serve`, `run`", "The token in the session URL instead of the built-in one. Needed off loopback"
    ),
    "MODELDOUBLE_ADMIN_TOKEN": Variable(
        "read by `serve`, `run`",
        "What `/__admin/`, `/metrics` and the page want to be shown; [who may ask](admin.md#who-may-ask)",
    ),
    "MODELDOUBLE_REDIS": Variable(
        "read by `serve`, `run`",
        "What `--redis` says, where nobody who lists processes reads the password; [scale.md](scale.md)",
    ),
    "MODELDOUBLE_SESSION_URL": Variable(
        "set by `run`; printed by `serve`, `record`", "What a client takes as `session_url`"
    ),
    "MODELDOUBLE_TASK_ID": Variable("set by `run`; printed by `serve`", "What a client takes as `task_id`"),
    "MODELDOUBLE_CONTRACT_TOKEN": Variable(
        "set by `contract` for the pytest that it runs", "Hands the platform's token on. Give `API_TOKEN` instead"
    ),
    "_MODELDOUBLE_COMPLETE": Variable(
        "set by the shell's completion", "What is to be completed; `modeldouble completion` sets it up"
    ),
    "MODELDOUBLE_REDIS_SERVER": Variable(
        "read by tests and `bench --distributed`",
        "The program `redis-server` that they start; without it one is looked for",
    ),
}
OTHERS = {
    "SERVER_ADDRESS": Variable(
        "read by `Api()`, `contract`; set by `run`; printed by `serve`",
        "The platform's address; both or neither with `API_TOKEN`. Without them `Api()` reads `~/supervisely.env`",
    ),
    "API_TOKEN": Variable(
        "read by `Api()`, `contract`, the load test; set by `run`; printed by `serve`", "The platform's token"
    ),
    "SUPERVISELY_API_SERVER_ADDRESS": Variable(
        "taken away by `run` and `served_model_env`", "By it the official client would go elsewhere"
    ),
    "SUPERVISELY_API_TOKEN": Variable(
        "read by every command", "Its value is cut out of logs and recordings, as that of `API_TOKEN` is"
    ),
    "SESSION_TOKEN": Variable("read by every command", "The same"),
    "NO_PROXY": Variable(
        "read by both clients; set by `run` and `served_model_env`, which add loopback",
        "Hosts that no proxy is asked for; `no_proxy` likewise. `record`, `profile` and `Admin` never ask a proxy",
    ),
    "HTTP_PROXY": Variable("read by both clients", "The proxy for `http:` addresses; `http_proxy` likewise"),
    "HTTPS_PROXY": Variable("read by both clients", "The proxy for `https:` addresses; `https_proxy` likewise"),
    "ALL_PROXY": Variable("read by both clients", "The proxy for all others; `all_proxy` likewise"),
    "REQUESTS_CA_BUNDLE": Variable("read by both clients", "Certificates to trust: a file or a folder"),
    "CURL_CA_BUNDLE": Variable("read by both clients", "The same, if that is not set"),
    "NETRC": Variable("read by both clients", "The file with passwords of hosts, if not `~/.netrc`"),
    "NO_COLOR": Variable("read by `contract`", "Set to anything, also to nothing, its output has no colours"),
}


def page() -> str:
    """The page, as Markdown."""
    ours, others = (
        table(("variable", "who", "what for"), [(code(name), one.who, one.told) for name, one in rows.items()])
        for rows in (OURS, OTHERS)
    )
    return _HEAD + ours + _OTHERS + others
