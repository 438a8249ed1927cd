"""What `modeldouble contract` does, whoever read the command line."""

import os
import time
import traceback
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple, TextIO
from urllib.parse import urlsplit

from .drift import Drift, announcement, compare
from .drift import told as comparison
from .outcome import Outcome
from .plan import Plan
from .platform import session_url
from .preflight import CannotCheck
from .report import Report, as_html, as_json, as_markdown, junit, summary, terminal, unchecked
from .report.drafts import drafts
from .run import run
from .watch import Watch

_PAUSE = 1.0


class Asked(NamedTuple):
    """A command line. Times are in seconds."""

    url: str | None = None
    task_id: int | None = None
    server_address: str | None = None
    token: str | None = None
    image: tuple[str, ...] = ()
    image_id: tuple[int, ...] = ()
    image_url: str | None = None
    video: str | None = None
    video_id: int | None = None
    settings: str | None = None
    sdk: str | None = None
    strict: bool = False
    strict_deviations: bool = False
    first: bool = False
    wait: float = 0.0
    patience: float = 30.0
    deadline: float = 300.0
    compare: str | None = None
    junit: Path | None = None
    json: Path | None = None
    markdown: Path | None = None
    html: Path | None = None

    def reports(self) -> dict[str, Path]:
        """Option -> file, for each report that was asked for."""
        named = {"--junit": self.junit, "--json": self.json, "--markdown": self.markdown, "--html": self.html}
        return {option: path for option, path in named.items() if path is not None}


def contract(asked: Asked, environment: Mapping[str, str], out: TextIO, err: TextIO) -> int:
    """Judge a target and write the reports; the exit status.

    0 if everything that was checked holds, 1 on a violation (or a warning, if strict) and where the suite itself
    failed, 2 if nothing could be checked or a report could not be written.
    """
    try:
        with drafts(asked.reports()) as files:
            found = _report(asked, environment, files, out, err)
            _write(found, files)
    except (CannotCheck, OSError) as error:
        _say(err, f"COULD NOT CHECK: {error}")
        return 2
    except KeyboardInterrupt:
        # Or the command line ends with 1, which says that the target broke the protocol.
        _say(err, "COULD NOT CHECK: interrupted")
        return 2
    colour = out.isatty() and "NO_COLOR" not in environment and os.name != "nt"
    show: Callable[..., str] = comparison.terminal if isinstance(found, Drift) else terminal.render
    _say(err if found.status == 2 else out, show(found, colour=colour).rstrip("\n"))
    return found.status


def plan_of(
    asked: Asked, environment: Mapping[str, str], *, clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Plan:  # fmt: skip
    """What was asked for, its target found; CannotCheck if that is a contradiction, or a task nobody knows."""
    if (asked.url is None) == (asked.task_id is None):
        raise CannotCheck("name one target: the URL of a serving app, or --task-id N")
    address, token = _platform(asked, environment)
    if asked.url is not None:
        target = _url(asked.url)
    elif address and token:
        target = _waited(lambda: session_url(address, token, asked.task_id or 0), asked.wait, clock, sleep)
    else:
        raise CannotCheck(
            "--task-id needs a platform: set SERVER_ADDRESS and API_TOKEN, or --server-address and --token"
        )
    shared = {name: value for name, value in asked._asdict().items() if name in Plan._fields}
    return Plan(target, token, **{**shared, "server_address": address})


def second_of(asked: Asked, first: Plan) -> Plan:
    """The plan of the target that is named with --compare, which gets the same requests as the first.

    The task is the first one's own, and so is a token that was needed to find it.
    """
    by_id = asked.image_id or asked.video_id is not None
    token = first.api_token if by_id else asked.token
    return first._replace(target=_url(asked.compare or "", "--compare"), task_id=None, api_token=token)


def _platform(asked: Asked, environment: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Address and token. Those of the environment belong together, and go where a platform is needed only."""
    if asked.task_id is None and not asked.image_id and asked.video_id is None:
        return asked.server_address, asked.token
    address = environment.get("SERVER_ADDRESS") or None
    given = asked.server_address or address
    if asked.token is None and given != address and environment.get("API_TOKEN"):
        raise CannotCheck("API_TOKEN belongs to SERVER_ADDRESS and not to --server-address; give --token with it")
    return given and _url(given, "--server-address"), asked.token or environment.get("API_TOKEN") or None


def _url(text: str, option: str = "URL") -> str:
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query and not parts.fragment
        usable = usable and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable:
        raise CannotCheck(f"{option} {text[:200]!r} cannot be asked; give one such as http://localhost:8000")
    return text


def _waited(find: Callable[[], str], wait: float, clock: Callable[[], float], sleep: Callable[[float], None]) -> str:
    end = clock() + wait
    while True:
        try:
            return find()
        except CannotCheck:
            if clock() >= end:
                raise
        sleep(_PAUSE)


def _report(
    asked: Asked, environment: Mapping[str, str], files: Mapping[str, Path], out: TextIO, err: TextIO
) -> Report | Drift:
    """The view of the run, also of one that did not take place; of two targets, how they differ."""
    plan = Plan(asked.url or f"task {asked.task_id}", asked.token or environment.get("API_TOKEN") or None)
    watch = Watch(plan, lambda line: _say(out, line), err)
    try:
        plan = plan_of(asked, environment)
        if asked.compare is not None:
            return _drift(asked, plan, second_of(asked, plan), out, err)
        watch = Watch(plan, lambda line: _say(out, line), err)
        return summary(_run(asked, plan, watch, files), strict=asked.strict, hide=plan.hide)
    except CannotCheck as reason:
        return unchecked(plan.target, str(reason), plan.hide)
    except Exception as error:  # noqa: BLE001  a defect of ours must not look as if the target were at fault, nor as success
        defect = traceback.format_exc(limit=-6)
        told = f"{type(error).__name__}: {error}"
        return unchecked(plan.target, told, plan.hide, defect=defect if watch.began else "")
    finally:
        watch.close()


def _run(asked: Asked, plan: Plan, watch: Watch, files: Mapping[str, Path]) -> Outcome:
    xml = files.get("--junit")
    outcome = run(plan, wait=asked.wait, first=asked.first, junit=xml, began=watch.start, progress=watch.progress)
    if xml is not None:
        # pytest wrote it, which knows of no secrets.
        xml.write_text(plan.hide(xml.read_text(encoding="utf-8")), encoding="utf-8")
    return outcome


def _drift(asked: Asked, plan: Plan, other: Plan, out: TextIO, err: TextIO) -> Drift:
    _say(out, announcement(plan, other))

    def judged(one: Plan) -> Outcome:
        watch = Watch(one, lambda line: _say(out, line), err)
        try:
            return run(one, began=watch.start, progress=watch.progress)
        finally:
            watch.close()

    return compare(plan, other, wait=asked.wait, judged=judged)


def _write(report: Report | Drift, files: Mapping[str, Path]) -> None:
    when = datetime.now(timezone.utc).isoformat(timespec="seconds")
    if isinstance(report, Drift):
        for option, render in comparison.reports(report, version=version("modeldouble"), when=when).items():
            if option in files:
                files[option].write_text(render(), encoding="utf-8", newline="\n")
        return
    made: dict[str, Callable[[], str]] = {
        "--json": lambda: as_json.render(report, version=version("modeldouble"), when=when),
        "--markdown": lambda: as_markdown.render(report),
        "--html": lambda: as_html.render(report, when=when),
    }
    for option, path in files.items():
        if option in made:
            path.write_text(made[option](), encoding="utf-8", newline="\n")
        elif not report.lines:
            path.write_text(junit.render(report), encoding="utf-8")


def _say(stream: TextIO, text: str) -> None:
    """A line, in which a terminal that cannot show a character gets its escape."""
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
    stream.flush()
