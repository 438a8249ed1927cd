"""Log records as JSON lines: message, what belongs to it, timestamp, level."""

from __future__ import annotations

import json
import logging
import sys
from datetime import datetime, timezone

# The platform reads these lines, with this shorter name.
_LEVELS = {"warning": "warn"}


class JsonLines(logging.Formatter):
    """Formats a record as the platform's log expects it. The order of the keys is part of the form."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, timezone.utc)
        level = record.levelname.lower()
        line = {
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
            "timestamp": f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z",
            "level": _LEVELS.get(level, level),
        }
        return json.dumps(line, default=str)


class _Stdout(logging.Handler):
    """Writes to what is sys.stdout at that moment, so that redirecting it later works."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stdout.write(self.format(record) + "\n")
            sys.stdout.flush()
        except Exception:  # noqa: BLE001 - logging must not break what it reports on
            self.handleError(record)


def print_log() -> None:
    """Let this package's log appear on stdout, from level info. Doing it again changes nothing."""
    logger = logging.getLogger("modeldouble")
    if any(isinstance(handler, _Stdout) for handler in logger.handlers):
        return
    handler = _Stdout()
    handler.setFormatter(JsonLines())
    logger.addHandler(handler)
    if logger.level == logging.NOTSET:
        logger.setLevel(logging.INFO)
