"""What `modeldouble profile` does: measure a serving app, fit, judge, write, and say how good it is."""

import os
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

from ..redaction import Secrets, known_secrets
from ..refusal import CannotServe, shown
from .app import App
from .card import MOST_TEXT
from .fitting import Judged, fit, judge
from .measuring import LEAST_ROUNDS, Cell, Measured, cells, measure
from .recorded import MARK

SIZES, BATCHES, REQUESTS, DEADLINE = "320x240,640x480,1280x960", "1,2,4", 30, 300.0
MOST_REQUESTS = 10_000


class Wanted(NamedTuple):
    """What is measured: sizes as "640x480,...", batch sizes as "1,2", requests of each kind, seconds for the whole."""

    sizes: str = SIZES
    batch_sizes: str = BATCHES
    requests: int = REQUESTS
    deadline: float = DEADLINE
    settings: Path | None = None
    hardware: str | None = None

    def cells(self) -> list[Cell]:
        """The kinds of requests. What is no list of them is a CannotServe."""
        sizes = [_numbers(one, "x", 2, "--sizes", "640x480,1280x960") for one in self.sizes.split(",")]
        batches = [_numbers(one, "x", 1, "--batch-sizes", "1,4")[0] for one in self.batch_sizes.split(",")]
        return cells([(width, height) for width, height in sizes], batches)


def profile(
    url: str, output: Path, wanted: Wanted, say: Callable[[str], object], bar: Callable[[int], Any], *,
    timer: Callable[[], float] = time.perf_counter, environment: Mapping[str, str] = os.environ,
    today: str | None = None,
) -> None:  # fmt: skip
    """Measure the app at `url` and write its profile to `output`. What stands in the way is a CannotServe, in a line.

    `bar` makes a progress bar of so many steps. Times are those of `timer`, and the model's are nobody else's business.
    """
    check_output(output)
    kinds, secrets, settings = wanted.cells(), known_secrets(environment, url), _settings(wanted.settings)
    hardware = _hardware(wanted.hardware)
    if not LEAST_ROUNDS <= wanted.requests <= MOST_REQUESTS:
        raise CannotServe(f"--requests is {wanted.requests}; give {LEAST_ROUNDS} to {MOST_REQUESTS}")
    if not 1 <= wanted.deadline <= 86400:
        raise CannotServe(f"--deadline is {wanted.deadline}; give 1 to 86400 seconds")
    ends = timer() + wanted.deadline
    app = App(url, secrets, settings, timer, ends)
    try:
        info = app.info()
        with bar(1 + (wanted.requests + 1) * len(kinds)) as shown_bar:
            measured = measure(kinds, wanted.requests, app.infer, lambda: shown_bar.update(1))
    finally:
        app.close()
    document = fit(measured)
    judged = judge(document, measured)
    about = {"date": today or datetime.now(timezone.utc).date().isoformat(), **_about(url, info, secrets, hardware)}
    _write(output, {**document, "card": {**about, **_told(measured, judged)}})
    say(report(judged, measured, output))


def report(judged: Judged, measured: Measured, output: Path) -> str:
    """How good the profile is, as a small table."""
    lines = [f"{'':4} {'held out':>10} {'profile':>10} {'off':>8}"]
    for at, one in judged.errors.items():
        lines.append(f"p{at:<3} {one.seen:>8.4f} s {one.said:>8.4f} s {one.percent:>+6.1f} %")
    width, height, batch = judged.worst
    fitted, held = (len(measured.cells) * len(measured.of(which)[0]) for which in (False, True))
    return "\n".join(
        [
            *lines,
            f"worst median: {judged.worst_p50.percent:+.1f} %, {batch} of {width}x{height} at a time",
            f"first call: {measured.first:.4f} s; {fitted} requests fitted, {held} held out",
            f"written: {output}; in a scenario: latency: {{profile: {output.name}}}",
        ]
    )


def check_output(path: Path) -> None:
    """Refuse a file that `modeldouble profile` did not write, or may not, before anything is measured."""
    if path.is_dir() or not path.parent.is_dir():
        raise CannotServe(f"--output {path} is a folder, or there is none for it; name a file in a folder that exists")
    try:
        if path.exists():
            with path.open("rb") as file:
                ours = file.read(len(MARK)) == MARK.encode()
            if not ours:
                raise CannotServe(f"--output {path} was not written by modeldouble profile; name another file")
        # As it will be written: beside it.
        with tempfile.TemporaryFile(prefix=".modeldouble-", dir=path.parent):
            pass
    except OSError as error:
        raise _unusable(path, error) from error


def _write(path: Path, document: Mapping[str, Any]) -> None:
    import yaml

    check_output(path)
    text = f"{MARK}\n{yaml.safe_dump(dict(document), sort_keys=False, allow_unicode=True, default_flow_style=None)}"
    try:
        handle, beside = tempfile.mkstemp(prefix=".modeldouble-", dir=path.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(beside, path)
    except OSError as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: OSError) -> CannotServe:
    return CannotServe(f"--output {path} cannot be used ({error.strerror}); name a file that you may write")


def _told(measured: Measured, judged: Judged) -> dict[str, Any]:
    fitted, held = (len(measured.cells) * len(measured.of(which)[0]) for which in (False, True))
    width, height, batch = judged.worst
    errors = {f"p{at}": {"seconds": round(one.said - one.seen, 6), "percent": round(one.percent, 2)}
              for at, one in judged.errors.items()}  # fmt: skip
    return {
        "sizes": [f"{one[0]}x{one[1]}" for one in dict.fromkeys((one.width, one.height) for one in measured.cells)],
        "batch_sizes": list(dict.fromkeys(one.batch for one in measured.cells)),
        "fitted": fitted,
        "held_out": held,
        "error": errors,
        "worst_p50": {"size": f"{width}x{height}", "batch": batch, "percent": round(judged.worst_p50.percent, 2)},
        "first_call": round(measured.first, 6),
    }


def _about(url: str, info: Mapping[str, Any], secrets: Secrets, hardware: str | None) -> dict[str, Any]:
    secrets.learn_json(info)
    device = _line(info.get("device"), secrets)
    return {
        "url": _line(url, secrets),
        "app": _line(info.get("app_name"), secrets),
        "model": _line(info.get("model_name"), secrets),
        "hardware": hardware or (f"device {device}" if device else "unknown hardware"),
    }


def _line(value: Any, secrets: Secrets) -> str:
    """A text of the app's in one line, without secrets."""
    cut = secrets.cut(value if isinstance(value, str) else "")
    return " ".join("".join(one if one.isprintable() else " " for one in cut).split())[: MOST_TEXT - 10]


def _hardware(given: str | None) -> str | None:
    if given is not None and (not given.strip() or len(given) > MOST_TEXT or not given.isprintable()):
        raise CannotServe(f"--hardware is {shown(given)}; give one line of at most {MOST_TEXT} characters")
    return given


def _settings(file: Path | None) -> Mapping[str, Any]:
    if file is None:
        return {}
    from ..scenario.explain import read_settings

    return read_settings(file)


def _numbers(text: str, between: str, count: int, option: str, example: str) -> list[int]:
    parts = text.strip().split(between)
    if len(parts) != count or not all(one.isascii() and one.isdigit() and len(one) < 7 for one in parts):
        raise CannotServe(f"{option} has {shown(text)}; give such as {example}")
    return [int(one) for one in parts]
