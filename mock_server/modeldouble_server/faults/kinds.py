"""What can go wrong, on one screen: the table that orders, scenario files, the admin API and the docs are read from."""

import re
from enum import Enum
from typing import Any, NamedTuple

from ..refusal import shown


class Stage(Enum):
    """Where a fault takes hold of a call."""

    INSTEAD = "another answer takes the place of the model's; the model does no work unless `after` says so"
    ANSWER = "the model does its work, and its answer is damaged on the way"
    MODEL = "the model fails"
    STATE = "the app is not able to serve"
    JOB = "the job that the call starts goes wrong"
    POP = "the answer with a job's results is wrong"


class Parameter(NamedTuple):
    """A parameter of a fault. `default` None: without it the fault has no such bound; `needed`: it must be given."""

    name: str
    type: type
    """int, float or str; a whole number is a float as well."""
    default: int | float | str | None
    doc: str
    low: float | None = None
    high: float | None = None
    choices: tuple[int | str, ...] = ()
    needed: bool = False
    pattern: str = ""
    """What a text must look like from its beginning to its end."""
    without: int | None = None
    """A number between `low` and `high` that would be no fault."""


class FaultKind(NamedTuple):
    """One thing that can go wrong. `route` are the routes that it is about, unless an order says otherwise; about jobs
    and their results no order can say otherwise."""

    stage: Stage
    doc: str
    parameters: tuple[Parameter, ...] = ()
    route: str = "*"

    @property
    def bound(self) -> bool:
        """It can happen on its own routes only."""
        return self.stage in (Stage.JOB, Stage.POP)


_P = Parameter
TEXT_MOST = 4096
_MESSAGE = _P("message", str, "told to fail", "what the answer says")
_FRAME = _P("frame", int, None, "results that come before it, counted from 0", 0, 2**31, needed=True)
_TYPE = _P("type", str, "RuntimeError", "class of the exception")
_RATE = _P("bytes_per_second", float, 10.0, "how fast it comes", 0.1, 1e9)
_MEMORY = "CUDA out of memory. Tried to allocate 2.50 GiB"
_PREDICTS, _STARTS, _POP = "inference_*", "*_async,run_speedtest", "pop_inference_results"
_PATH = r"/?[!#-\[\]-~]*"
"""Printable, and without quotes and backslashes, which some clients take for slashes."""
_REDIRECTS = (301, 302, 303, 307, 308)
_I, _A, _M, _S, _J = Stage.INSTEAD, Stage.ANSWER, Stage.MODEL, Stage.STATE, Stage.JOB

KINDS: dict[str, FaultKind] = {
    "status": FaultKind(_I, "an HTTP status of failure, with the body that the dialect gives an error", (
        _P("status", int, 503, "the HTTP status", 400, 599), _MESSAGE,
        _P("retry_after", int, None, "seconds that a Retry-After header asks for", 0, 86400),
    )),
    "html": FaultKind(_I, "the HTML page of a proxy that does not reach the app", (
        _P("status", int, 502, "the HTTP status", 200, 599),
    )),
    "empty": FaultKind(_I, "200 with an empty body"),
    "no_content": FaultKind(_I, "204, which says that there is nothing to say"),
    "redirect": FaultKind(_I, "a redirect to another address of the same server", (
        _P("status", int, 302, "the HTTP status", choices=_REDIRECTS),
        _P("location", str, "/moved", "the address, a path of this server", pattern=_PATH),
    )),
    "hang": FaultKind(_I, "no answer, on a connection that stays open", (
        _P("seconds", float, None, "until the connection is reset; without, until the client leaves", 0, 86400),
    )),
    "malformed_json": FaultKind(_A, "the first half of the body, well framed: JSON that ends too early"),
    "reset": FaultKind(_A, "the connection is reset", (
        _P("when", str, "lost", "before the call is carried out; lost: after that, without an answer; during the body;"
           " after the whole answer", choices=("before", "lost", "during", "after")),
    )),
    "cut": FaultKind(_A, "the connection closes in the middle of the body", (
        _P("at", int, 0, "bytes of the body that come; of a shorter body all but the last", 0, 2**40),
    )),
    "wrong_length": FaultKind(_A, "Content-Length is not the length of the body", (
        _P("by", int, 100, "bytes that are announced too many, or, below 0, too few", -(2**40), 2**40, without=0),
    )),
    "malformed_chunk": FaultKind(_A, "a chunked body whose second chunk has no length"),
    "dribble": FaultKind(_A, "a body that comes in slowly", (_RATE,)),
    "slow_headers": FaultKind(_A, "headers that come in slowly", (_RATE,)),
    "stale_keep_alive": FaultKind(_A, "a whole answer on a connection that says keep-alive, and is reset as soon as"
        " another request comes on it"),
    "raise": FaultKind(_M, "the model raises an exception", (_TYPE, _MESSAGE), _PREDICTS),
    "out_of_memory": FaultKind(_M, "the model raises an exception over more pictures than fit into its memory", (
        _P("over", int, 1, "pictures that fit", 0, 2**31),
        _P("type", str, "OutOfMemoryError", "class of the exception"),
        _P("message", str, _MEMORY, "what the answer says"),
    ), _PREDICTS),
    "not_deployed": FaultKind(_S, "the app runs, and no model is loaded, until one is deployed by deploy_from_api"),
    "cold_start": FaultKind(_S, "the app runs, and its model is being loaded, which takes `lasting` seconds"),
    "never_starts": FaultKind(_J, "the job never begins", (), _STARTS),
    "stalls": FaultKind(_J, "the job stands still, and never ends", (_FRAME,), _STARTS),
    "fails": FaultKind(_J, "the model raises an exception in the middle of the job", (
        _FRAME, _TYPE, _MESSAGE,
    ), _STARTS),
    "loses_job": FaultKind(_J, "the app forgets the job, as after a restart", (_FRAME,), _STARTS),
    "ends_early": FaultKind(_J, "the job says that it is finished, before all results came", (_FRAME,), _STARTS),
    "pop_twice": FaultKind(Stage.POP, "results that come a second time", (), _POP),
    "pop_forgotten": FaultKind(Stage.POP, "results that are gone, in an answer that looks whole", (), _POP),
}  # fmt: skip
"""Every fault by its name."""


def check_value(parameter: Parameter, value: Any) -> int | float | str:
    """A value that the parameter takes; a ValueError names what is wrong with another."""
    kinds = {int: (int,), float: (int, float), str: (str,)}[parameter.type]
    wanted = {int: "a whole number", float: "a number", str: "a text"}[parameter.type]
    if isinstance(value, bool) or not isinstance(value, kinds):
        raise ValueError(f"{parameter.name} is {shown(value)}; give {wanted}")
    if parameter.choices and value not in parameter.choices:
        raise ValueError(f"{parameter.name} is {shown(value)}; give one of {', '.join(map(str, parameter.choices))}")
    return _text(parameter, value) if isinstance(value, str) else _number(parameter, value)


def _text(parameter: Parameter, value: str) -> str:
    if len(value) > TEXT_MOST:
        raise ValueError(f"{parameter.name} has {len(value):,} characters; give at most {TEXT_MOST:,}")
    # A model's own message may have lines.
    plain = re.sub(r"[\n\t]", "", value).isprintable()
    if not plain or (parameter.pattern and not re.fullmatch(parameter.pattern, value)):
        example = f", such as {parameter.default!r}" if parameter.pattern else ""
        raise ValueError(f"{parameter.name} is {shown(value)}; give a text of plain characters{example}")
    return value


def _number(parameter: Parameter, value: int | float) -> int | float:
    low, high = parameter.low, parameter.high
    # Written so that NaN, which is smaller than nothing, is refused as well.
    if not (low is None or value >= low) or not (high is None or value <= high):
        raise ValueError(f"{parameter.name} is {shown(value)}; give a number from {low:g} to {high:g}")
    if value == parameter.without:
        raise ValueError(f"{parameter.name} is {shown(value)}, which is no fault; give another number")
    return value
