"""The platform around a served model: where its address comes from, and where images lie."""

from __future__ import annotations

import os
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from modeldouble import platform_wire as wire
from modeldouble.address import address
from modeldouble.errors import BadArgument, MissingCredentials
from modeldouble.link import Link
from modeldouble.transport import HttpTransport, Transport
from modeldouble.values import ImageInfo, whole_number

ADDRESS = "SERVER_ADDRESS"
TOKEN = "API_TOKEN"  # noqa: S105 - the name of the variable
ENV_FILE = "~/supervisely.env"


class Api:
    """A connection to the platform. Thread-safe.

    Without arguments the address and the token are read from the environment (SERVER_ADDRESS, API_TOKEN), or else
    both from `~/supervisely.env`; never one from here and one from there, which would send a token to a server it is
    not for. `deadline` is in seconds and bounds each call. Calls raise `WrongToken`, `NotFound`, `Unreachable` and
    their relatives.
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
            server_address, token = _from_environment()
        if not server_address or not token:
            missing = "token" if server_address else "server_address"
            raise BadArgument(missing, None, "give the address and the token together, or neither")
        if not token.isprintable() or " " in token:
            raise BadArgument("token", "***", "it contains blanks or line ends; copy it again")
        self.server_address = address("server_address", server_address)
        self.token = token
        self.deadline = deadline
        self.transport: Transport = transport or HttpTransport()
        self.link = Link(self.server_address, self.transport, (token,))
        self.task = TaskApi(self)
        self.image = ImageApi(self)

    @classmethod
    def from_env(cls) -> Api:
        """Read address and token from the environment, or else from `~/supervisely.env`."""
        return cls()

    def __repr__(self) -> str:
        return f"Api({self.server_address!r}, token=***)"

    def close(self) -> None:
        """Close idle connections."""
        self.transport.close()


class TaskApi:
    """Tasks: among them the running apps."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def get_info_by_id(self, id: int) -> dict[str, Any]:
        """Return what the platform knows of a task. Raises `WrongTask` when there is none."""
        number = whole_number("task_id", id, 1)
        ask = wire.ask_task_info(number, self._api.token)
        link = self._api.link
        return link.call(ask, partial(wire.read_task_info, number), link.deadline(self._api.deadline))

    def session_token(self, id: int) -> str:
        """Return the secret part of a serving app's URL. Raises `WrongTask` when the task is no running app."""
        return wire.session_token(id, self.get_info_by_id(id))


class ImageApi:
    """Images that lie on the platform."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def get_info_by_id(self, id: int) -> ImageInfo:
        """Return name and size of an image. Raises `NotFound` when there is none."""
        ask = wire.ask_image_info(whole_number("image_id", id, 1), self._api.token)
        link = self._api.link
        return link.call(ask, wire.read_image_info, link.deadline(self._api.deadline))

    def download_path(self, id: int, path: str | os.PathLike[str]) -> None:
        """Save an image as a file. It gets its name only when it is whole; missing folders are made."""
        ask = wire.ask_image_download(whole_number("image_id", id, 1), self._api.token)
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                link = self._api.link
                link.download(ask, stream, link.deadline(self._api.deadline))
            _readable_as_usual(name)
            os.replace(name, target)
        except BaseException:
            os.unlink(name)
            raise


def _readable_as_usual(name: str) -> None:
    # mkstemp makes files for the owner alone; a download should look like any other new file.
    mask = os.umask(0)
    os.umask(mask)
    os.chmod(name, 0o666 & ~mask)


def _from_environment() -> tuple[str, str]:
    values, where = dict(os.environ), "the environment"
    if not values.get(ADDRESS) and not values.get(TOKEN):
        path = Path(ENV_FILE).expanduser()
        values, where = read_env_file(path), str(path)
    for name in (ADDRESS, TOKEN):
        if not values.get(name):
            other = TOKEN if name == ADDRESS else ADDRESS
            raise MissingCredentials(
                name, f"set {name} and {other} together, in the environment or in {ENV_FILE} (read: {where})"
            )
    return values[ADDRESS], values[TOKEN]


def read_env_file(path: Path) -> dict[str, str]:
    """Return the `NAME=value` lines of a file; quotes and `export` are allowed. {} when there is no such file."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    values = {}
    for line in lines:
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if equals and not name.startswith("#"):
            value = value.strip()
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
            values[name.strip()] = value[1:-1] if quoted else value
    return values
