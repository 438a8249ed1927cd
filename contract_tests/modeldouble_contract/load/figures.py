"""The figures of a run, from the CSV file that Locust wrote."""

import csv
from collections.abc import Iterable
from pathlib import Path

from .bounds import Row

_NUMBERS = ("Request Count", "Failure Count", "50%", "99%", "Requests/s")


def read(lines: Iterable[str], name: str = "the CSV") -> list[Row]:
    """Rows in Locust's order, without its sum; ValueError for what is no CSV of statistics."""
    reader = csv.DictReader(lines)
    lacking = [column for column in ("Type", "Name", *_NUMBERS) if column not in (reader.fieldnames or ())]
    if lacking:
        raise ValueError(f"{name} has no column {lacking[0]!r}; give Locust's file that ends with _stats.csv")
    return [_row(line, name) for line in reader if line["Name"] != "Aggregated"]


def read_file(path: Path) -> list[Row]:
    """The same of a file."""
    with path.open(encoding="utf-8", newline="") as lines:
        return read(lines, path.name)


def _row(line: dict[str, str], name: str) -> Row:
    # Locust writes N/A where there were no requests.
    numbers = [0.0 if line[column] == "N/A" else _number(line[column], column, name) for column in _NUMBERS]
    requests, failures, p50, p99, per_second = numbers
    return Row(line["Type"], line["Name"], int(requests), int(failures), p50, p99, per_second)


def _number(text: str, column: str, name: str) -> float:
    try:
        return float(text)
    except (TypeError, ValueError):
        raise ValueError(f"{name} has {text!r} under {column!r}; give the file as Locust wrote it") from None
