"""Where the platform's address and the token come from when they are not given."""

from __future__ import annotations

import os
from pathlib import Path

from modeldouble.errors import MissingCredentials

ADDRESS = "SERVER_ADDRESS"
TOKEN = "API_TOKEN"  # noqa: S105 - the name of the variable
ENV_FILE = "~/supervisely.env"


def from_environment() -> tuple[str, str]:
    """Return address and token, both from the environment, or else both from `~/supervisely.env`."""
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
