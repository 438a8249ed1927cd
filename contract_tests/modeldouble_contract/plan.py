"""What a run of the suite was asked to do, as options of pytest and back."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit
from xml.sax.saxutils import escape

import yaml

_MOST_SETTINGS = 2 * 1024 * 1024


class Plan(NamedTuple):
    """One run. Files and ids are the author's own; without them the suite brings pictures and a video."""

    target: str
    api_token: str | None = None
    server_address: str | None = None
    task_id: int | None = None
    image: tuple[str, ...] = ()
    image_id: tuple[int, ...] = ()
    image_url: str | None = None
    video: str | None = None
    video_id: int | None = None
    settings: str | None = None
    sdk: str | None = None
    strict: bool = False
    strict_deviations: bool = False
    patience: float = 30.0
    deadline: float = 300.0

    def arguments(self) -> list[str]:
        """As arguments for pytest; the token goes another way, since a process's arguments can be read by others."""
        given = self._asdict()
        del given["api_token"]
        words = []
        for name, value in given.items():
            option = f"--modeldouble-{name.replace('_', '-')}"
            if isinstance(value, bool):
                words += [option] if value else []
            elif isinstance(value, tuple):
                words += [f"{option}={one}" for one in value]
            elif value is not None:
                words.append(f"{option}={value}")
        return words

    def secrets(self) -> dict[str, str]:
        """Secret -> the shell variable that stands for it in what people see."""
        session = self.target.partition("/net/")[2].split("/")[0]
        found = {_password(self.target): "PASSWORD", session: "SESSION_TOKEN", self.api_token: "API_TOKEN"}
        forms = {form: name for one, name in found.items() if one for form in _forms(one)}
        # The longest first, since one may be a part of another.
        return dict(sorted(forms.items(), key=lambda pair: -len(pair[0])))

    def hide(self, text: str) -> str:
        """`text` with shell variables in the place of secrets."""
        for secret, name in self.secrets().items():
            text = text.replace(secret, f"${name}")
        return text

    def own_settings(self) -> dict[str, Any]:
        """The author's inference settings, from a YAML or JSON file; ValueError if it holds no object."""
        if self.settings is None:
            return {}
        try:
            found = yaml.safe_load(_bounded(self.settings))
        except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
            raise ValueError(
                f"--settings {self.settings} cannot be read ({error}); give a YAML or JSON file"
            ) from error
        if not isinstance(found, Mapping):
            raise ValueError(f"--settings {self.settings} holds {type(found).__name__}; give names and values")
        try:
            json.dumps(found, allow_nan=False)
        except (ValueError, TypeError, RecursionError) as error:
            remedy = "quote dates, and leave out .nan and .inf"
            raise ValueError(f"--settings {self.settings} holds what JSON cannot say ({error}); {remedy}") from error
        return dict(found)


def _bounded(path: str) -> str:
    with Path(path).open("rb") as file:
        raw = file.read(_MOST_SETTINGS + 1)
    if len(raw) > _MOST_SETTINGS:
        raise ValueError(f"it has over {_MOST_SETTINGS:,} bytes")
    return raw.decode("utf-8")


def _forms(secret: str) -> tuple[str, ...]:
    """As it is, in JSON, in a URL, in XML."""
    return secret, json.dumps(secret)[1:-1], quote(secret), escape(secret, {'"': "&quot;"})


def _password(url: str) -> str | None:
    try:
        return urlsplit(url).password
    except ValueError:
        return None
