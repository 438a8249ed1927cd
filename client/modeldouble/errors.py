"""Everything this package raises, as one tree.

    ModelDoubleError
    ├── Misuse                       your side: the call, a file, a setting, a token
    │   ├── BadArgument              (ValueError) .field .value
    │   │   ├── BadImage             missing, empty, a directory, not an image
    │   │   ├── BadSettings          unknown name, not a mapping; .acceptable
    │   │   └── UnknownClass         an annotation names a class that the meta lacks
    │   ├── MissingExtra             (ImportError) an optional dependency is not installed; .extra
    │   ├── MissingCredentials       no server address or no token; .variable
    │   ├── NoJob                    stop before any start
    │   ├── JobClosed                iterating over a job whose loop was left
    │   └── Refused                  the server answered 4xx; .status .reason .route
    │       ├── WrongToken           401, 403
    │       ├── NotFound             404
    │       ├── NameTaken            something of this name is there already; .name .id
    │       └── WrongTask            no such task, or one that serves no model; .task_id
    └── ServerFault                  the other side, or the way to it
        ├── Unreachable              (ConnectionError) the request never arrived
        ├── AnswerLost               (ConnectionError) it was sent, the answer did not come back whole
        ├── TimedOut                 (TimeoutError) it was sent, no answer in time
        │   └── DeadlineExceeded     your own deadline has passed
        ├── ServerFailed             5xx, 408 or 429; .status .reason .route .title
        │   └── NotDeployed          the app runs, its model is not loaded
        ├── NotAServingApp           something else answers at this address
        │   ├── HtmlAnswer           a web page
        │   ├── EmptyAnswer          204, or no body
        │   └── Redirected           3xx; .location
        ├── BadAnswer                JSON, but not of this protocol; .field .value
        ├── CreateUncertain          the answer to a creation was lost; .what .names
        ├── UploadFailed             the platform did not take a file as it is; .names
        ├── ListIncomplete           the pages of a list and its total differ; .announced .received
        └── JobError                 .job (its uuid) .received
            ├── JobFailed            the model raised; .type .reason .traceback
            ├── JobStalled           no progress for too long; .seconds
            ├── JobForgotten         the server no longer knows the job; .missing
            └── ResultsLost          announced, but never received; .missing .unexpected .announced
                └── StartUncertain   the answer to a job's start was lost: the job may be running

`Misuse` ends by changing the call, `ServerFault` by changing the server or the network. Messages and attributes carry
no tokens.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from modeldouble.redact import redact


class ModelDoubleError(Exception):
    """Base of all errors of this package."""

    def __init__(self, message: str, **data: Any) -> None:
        super().__init__(redact(message))
        for name, value in data.items():
            setattr(self, name, redact(value) if isinstance(value, str) else value)

    def __reduce__(self) -> tuple[Any, ...]:
        # The constructors of the subclasses take data, not the message, so the default pickling would break worker
        # pools.
        return _rebuild, (type(self), self.args, dict(vars(self)))

    def hide(self, secrets: Iterable[str]) -> None:
        """Cut known secrets out of the message and of every text attribute: servers echo what they were sent."""
        known = tuple(secrets)
        self.args = tuple(redact(arg, known) if isinstance(arg, str) else arg for arg in self.args)
        for name, value in vars(self).items():
            if isinstance(value, str):
                setattr(self, name, redact(value, known))


def _rebuild(kind: type[ModelDoubleError], args: tuple[Any, ...], data: dict[str, Any]) -> ModelDoubleError:
    error = kind.__new__(kind, *args)
    error.args = args
    vars(error).update(data)
    return error


class Misuse(ModelDoubleError):
    """The call cannot work as it was made."""


class BadArgument(Misuse, ValueError):
    """An argument is of the wrong kind or out of range."""

    def __init__(self, field: str, value: object, remedy: str, **data: Any) -> None:
        self.field: str
        self.value: object
        super().__init__(f"{field} = {value!r}: {remedy}", field=field, value=value, **data)


class BadImage(BadArgument):
    """What was given is not an image that can be sent."""


class BadSettings(BadArgument):
    """Inference settings that the model does not have, or that are no mapping."""

    def __init__(self, field: str, value: object, remedy: str, acceptable: Sequence[str] = ()) -> None:
        self.acceptable: tuple[str, ...]
        super().__init__(field, value, remedy, acceptable=tuple(acceptable))


class UnknownClass(BadArgument):
    """An annotation names a class that the given project meta does not have."""


class MissingExtra(Misuse, ImportError):
    """An optional dependency is needed for this call."""

    def __init__(self, what: str, extra: str) -> None:
        self.extra: str
        super().__init__(
            f"{what} needs a package that is not installed: pip install 'modeldouble[{extra}]'", extra=extra
        )


class MissingCredentials(Misuse):
    """The platform's address or the token is nowhere to be found."""

    def __init__(self, variable: str, remedy: str) -> None:
        self.variable: str
        super().__init__(f"{variable} is not set: {remedy}", variable=variable)


class NoJob(Misuse):
    """There is no job to stop: none was started on this session."""


class JobClosed(Misuse):
    """The job was stopped and cleared when its loop was left; its other frames are gone."""


class Refused(Misuse):
    """The server refused the request, and would refuse it again."""

    def __init__(self, status: int, reason: str, route: str, remedy: str = "") -> None:
        self.status: int
        self.reason: str
        self.route: str
        text = f"{route} answered {status}: {reason}" + (f". {remedy}" if remedy else "")
        super().__init__(text, status=status, reason=reason, route=route)


class WrongToken(Refused):
    """The token is unknown, or may not do this."""


class NotFound(Refused):
    """What the request names does not exist there."""


class NameTaken(Refused):
    """Something of this name is there already. `id` is its id, None when the platform did not tell."""

    name: str
    id: int | None


class WrongTask(Refused):
    """The task does not exist, or it is not a running serving app."""

    task_id: int


class ServerFault(ModelDoubleError):
    """The call was right; the server, or the way to it, was not."""


class Unreachable(ServerFault, ConnectionError):
    """No connection: the request never arrived, so repeating it is safe."""


class AnswerLost(ServerFault, ConnectionError):
    """The connection broke after the request was sent: it may have been carried out."""


class TimedOut(ServerFault, TimeoutError):
    """The request was sent and no answer came in time: it may have been carried out."""


class DeadlineExceeded(TimedOut):
    """The deadline given by the caller has passed."""


class ServerFailed(ServerFault):
    """The server answered that it could not do it: 5xx, 408 or 429. `retry_after` is in seconds, when it named one."""

    def __init__(self, status: int, reason: str, route: str, title: str = "", retry_after: float | None = None) -> None:
        self.status: int
        self.reason: str
        self.route: str
        self.title: str
        self.retry_after: float | None
        data = {"status": status, "reason": reason, "route": route, "title": title, "retry_after": retry_after}
        super().__init__(f"{route} answered {status}: {title + ': ' if title else ''}{reason}", **data)


class NotDeployed(ServerFailed):
    """The serving app is up, but no model is loaded in it."""


class NotAServingApp(ServerFault):
    """Something answers at this address, but it does not speak the serving app's protocol."""


class HtmlAnswer(NotAServingApp):
    """A web page came instead of JSON."""


class EmptyAnswer(NotAServingApp):
    """An answer without a body came instead of JSON."""


class Redirected(NotAServingApp):
    """The server points elsewhere. Redirects are not followed: they would take images and tokens along."""

    location: str


class BadAnswer(ServerFault):
    """A JSON answer breaks the protocol."""

    def __init__(self, route: str, field: str, value: object, expected: str) -> None:
        self.field: str
        self.value: object
        shown = repr(value)
        shown = shown if len(shown) <= 200 else shown[:200] + "..."
        remedy = "The server breaks the protocol, or its release is not known to this client"
        text = f"{route} answered {field} = {shown}, expected {expected}. {remedy}"
        super().__init__(text, field=field, value=value)


class CreateUncertain(ServerFault):
    """A creation was not confirmed. It is not repeated: `names` (of projects, datasets, images) may be there by now."""

    what: str
    names: tuple[str, ...]


class UploadFailed(ServerFault):
    """The platform did not take the files of `names`, or stored other bytes than were sent."""

    names: tuple[str, ...]


class ListIncomplete(ServerFault):
    """`received` entries came where the platform had announced `announced`: the list would have had holes."""

    announced: int
    received: int


class JobError(ServerFault):
    """A job did not end well. `job` is its uuid, `received` the number of frames that came before."""

    def __init__(self, message: str, job: str, received: int, **data: Any) -> None:
        self.job: str
        self.received: int
        super().__init__(message, job=job, received=received, **data)


class JobFailed(JobError):
    """The server reports that the job ended by an exception; `traceback` is the server's, as text."""

    type: str
    reason: str
    traceback: str


class JobStalled(JobError):
    """The job exists, but nothing about it has changed for `seconds`."""

    seconds: float


class JobForgotten(JobError):
    """The server no longer knows the job, though not all of its frames were received."""

    missing: list[int] | None


class ResultsLost(JobError):
    """Fewer, or other, results came than were announced.

    `missing` lists the frame indexes (for a batch of images: the positions) that never came, or is None when the
    server does not number its results and the gap cannot be located. `unexpected` lists frame indexes that were not
    asked for. `announced` is the number that should have come, None when the server never told it.
    """

    missing: list[int] | None
    unexpected: list[int]
    announced: int | None


class StartUncertain(ResultsLost):
    """A job's start was not confirmed. It is not repeated, because the job may be running already."""
