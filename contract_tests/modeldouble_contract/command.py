"""What `modeldouble contract` does, whoever read the command line."""

import os
import tempfile
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
from .output import Output
from .plan import Plan
from .platform import session_url
from .preflight import CannotCheck
from .report import Report, as_html, as_json, as_markdown, junit, summary, terminal, unchecked
from .report.drafts import drafts, put
from .run import run
from .watch import Watch

_PAUSE = 1.0
_SUCH = "http://localhost:8000"


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


def contract(asked: Asked, environment: Mapping[str, str], out: TextIO | None, err: TextIO | None) -> int:
    """Judge a target and write the reports; the exit status. A stream is None if it is closed, as in `sys`.

    0 if everything that was checked holds, 1 on a violation (or a warning, if strict) and where the suite itself
    failed, 2 if nothing could be checked or a report could not be written, be it to `out`.
    """
    told, complaints = Output(out), Output(err)
    try:
        return _judged(asked, environment, told, complaints)
    except (CannotCheck, OSError) as error:
        complaints.say(f"COULD NOT CHECK: {error}")
    except KeyboardInterrupt:
        # Or the command line ends with 1, which says that the target broke the protocol.
        complaints.say("COULD NOT CHECK: interrupted")
    return 2


def _judged(asked: Asked, environment: Mapping[str, str], out: Output, err: Output) -> int:
    with drafts(asked.reports()) as files:
        found = _report(asked, environment, files, out, err)
        _write(found, asked, files)
    colour = out.terminal and "NO_COLOR" not in environment and os.name != "nt"
    show: Callable[..., str] = comparison.terminal if isinstance(found, Drift) else terminal.render
    (err if found.status == 2 else out).say(show(found, colour=colour).rstrip("\n"))
    if out.lost:
        raise CannotCheck(f"stdout cannot be written ({out.lost}); let it be read to its end, or send it to a file")
    return found.status


def plan_of(
    asked: Asked, environment: Mapping[str, str], *, clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Plan:  # fmt: skip
    """What was asked for, its target found; CannotCheck if that is a contradiction, or a task nobody knows."""
    if (asked.url is None) == (asked.task_id is None):
        raise CannotCheck("name one target: the URL of a serving app, or --task-id N")
    if asked.image_url is not None:
        _url(asked.image_url, "--image-url", "http://example.com/street.jpg")
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


def _url(text: str, option: str = "URL", such: str = "") -> str:
    """A URL that can be asked; with `such`, an example, that of a file, which may have a query."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port is None or parts.port > 0)
        usable = usable and (bool(such) or not (parts.query or parts.fragment))
    except ValueError:
        usable = False
    if not usable:
        raise CannotCheck(f"{option} {text[:200]!r} cannot be asked; give one such as {such or _SUCH}")
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
    asked: Asked, environment: Mapping[str, str], files: Mapping[str, Path], out: Output, err: Output
) -> Report | Drift:
    """The view of the run, also of one that did not take place; of two targets, how they differ."""
    plan = Plan(asked.url or f"task {asked.task_id}", asked.token or environment.get("API_TOKEN") or None)
    watch = Watch(plan, out.say, err.stream)
    try:
        plan = plan_of(asked, environment)
        if asked.compare is not None:
            return _drift(asked, plan, second_of(asked, plan), out, err)
        watch = Watch(plan, out.say, err.stream)
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
    if "--junit" not in files:
        return run(plan, wait=asked.wait, first=asked.first, began=watch.start, progress=watch.progress)
    with tempfile.TemporaryDirectory() as folder:
        xml = Path(folder) / "junit.xml"
        outcome = run(plan, wait=asked.wait, first=asked.first, junit=xml, began=watch.start, progress=watch.progress)
        # pytest wrote it, which knows of no secrets.
        text = plan.hide(xml.read_text(encoding="utf-8"))
    put("--junit", asked.reports()["--junit"], files["--junit"], text)
    return outcome


def _drift(asked: Asked, plan: Plan, other: Plan, out: Output, err: Output) -> Drift:
    out.say(announcement(plan, other))

    def judged(one: Plan) -> Outcome:
        watch = Watch(one, out.say, err.stream)
        try:
            return run(one, began=watch.start, progress=watch.progress)
        finally:
            watch.close()

    return compare(plan, other, wait=asked.wait, judged=judged)


def _write(report: Report | Drift, asked: Asked, files: Mapping[str, Path]) -> None:
    made = _renderers(report)
    for option, path in files.items():
        if option in made:
            put(option, asked.reports()[option], path, made[option]())


def _renderers(report: Report | Drift) -> Mapping[str, Callable[[], str]]:
    """Option -> its text. JUnit XML of checks that ran is there already."""
    when = datetime.now(timezone.utc).isoformat(timespec="seconds")
    if isinstance(report, Drift):
        return comparison.reports(report, version=version("modeldouble"), when=when)
    made: dict[str, Callable[[], str]] = {
        "--json": lambda: as_json.render(report, version=version("modeldouble"), when=when),
        "--markdown": lambda: as_markdown.render(report),
        "--html": lambda: as_html.render(report, when=when),
    }
    return made if report.lines else {**made, "--junit": lambda: junit.render(report)}
