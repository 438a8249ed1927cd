"""The connection to the platform, and its parts."""

from __future__ import annotations

from modeldouble.address import address
from modeldouble.arguments import deadline_seconds
from modeldouble.errors import BadArgument
from modeldouble.link import Link
from modeldouble.platform.annotations import AnnotationApi
from modeldouble.platform.calls import Calls
from modeldouble.platform.credentials import from_environment
from modeldouble.platform.datasets import DatasetApi
from modeldouble.platform.images import ImageApi
from modeldouble.platform.projects import ProjectApi
from modeldouble.platform.tasks import TaskApi
from modeldouble.platform.videos import VideoApi
from modeldouble.transport import HttpTransport, Transport


class Api:
    """A connection to the platform. Thread-safe.

    Without arguments the address and the token are read from the environment (SERVER_ADDRESS, API_TOKEN), or else
    both from `~/supervisely.env`; never one from here and one from there, which would send a token to a server it is
    not for. `deadline` is in seconds, finite and over 0, and bounds each call, however many requests it needs. Calls
    raise `WrongToken`, `NotFound`, `Unreachable` and their relatives; what creates or uploads adds `NameTaken`,
    `UploadFailed` and `CreateUncertain`. Requests that a second sending could not harm are repeated when they fail in
    passing.
    """

    def __init__(
        self,
        server_address: str | None = None,
        token: str | None = None,
        *,
        deadline: float | None = None,
        transport: Transport | None = None,
    ) -> None:
        if server_address is None and token is None:
            server_address, token = from_environment()
        if not server_address or not token:
            missing = "token" if server_address else "server_address"
            raise BadArgument(missing, None, "give the address and the token together, or neither")
        if not token.isprintable() or " " in token:
            raise BadArgument("token", "***", "it contains blanks or line ends; copy it again")
        self.server_address = address("server_address", server_address)
        self.token = token
        self.deadline = deadline_seconds(deadline)
        self.transport: Transport = transport or HttpTransport()
        self.link = Link(self.server_address, self.transport, (token,))
        calls = Calls(self.link, token, self.deadline)
        self.task = TaskApi(calls)
        self.project = ProjectApi(calls)
        self.dataset = DatasetApi(calls)
        self.image = ImageApi(calls)
        self.annotation = AnnotationApi(calls)
        self.video = VideoApi(calls)

    @classmethod
    def from_env(cls) -> Api:
        """Read address and token from the environment, or else from `~/supervisely.env`."""
        return cls()

    def __repr__(self) -> str:
        return f"Api({self.server_address!r}, token=***)"

    def close(self) -> None:
        """Close idle connections."""
        self.transport.close()
