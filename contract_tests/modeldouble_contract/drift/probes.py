"""What both sides are asked: the same requests, in the same order, each with a name that people understand."""

import json
from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..brought import Brought, shipped_video
from ..exchange import Exchange, File
from ..plan import Plan
from .side import Side

Ask = Callable[[Side], Exchange]
_UNKNOWN_UUID, _UNKNOWN_ID = "fedcba9876543210" * 2, 2_000_000_111
_INFO = (
    "get_session_info", "get_custom_inference_settings", "get_output_classes_and_tags", "get_model_meta",
    "get_tracking_settings", "is_deployed", "get_status", "get_deploy_info", "get_deploy_settings",
    "list_pretrained_models", "list_pretrained_model_infos", "is_running", "is_ready",
)  # fmt: skip
_HEALTH = ("livez", "is_alive", "readyz", "is_ready")
_LOOKS = ("get_inference_progress", "get_inference_status", "get_inference_result", "get_preparing_progress")
_POLLS = (*_LOOKS, "pop_inference_results", "stop_inference")
_FILES = ("inference_image", "inference_batch")
_PROGRESS, _POP, _STOP, _CLEAR = (
    "get_inference_progress", "pop_inference_results", "stop_inference", "clear_inference_request",
)  # fmt: skip


class Probe(NamedTuple):
    """A question. The truth allows the statuses in `wanted`; `code` is the suite's name of the rule behind them.

    A `free` question has a path or a method that no operation of the truth describes. With `part`, only that key of the
    answer is compared, since the others depend on the moment. `asks` is the most inferences that it asks for.
    """

    name: str
    route: str
    ask: Ask
    wanted: tuple[int, ...] = (200,)
    code: str = ""
    method: str = "POST"
    free: bool = False
    part: str = ""
    asks: int = 0

    def __str__(self) -> str:
        return f"{self.name} ({'GET ' if self.method == 'GET' else ''}{self.route})"


def probes(plan: Plan, brought: Brought) -> list[Probe]:
    """All of them. Jobs come last, each from its start to its end."""
    found = [*_info(), *_pictures(brought), *_bad_bodies(), *_bad_forms(brought), *_unknown(), *_by_id(plan)]
    return [*found, *_whole_job(), *_stopped_job(), *_pictures_job(brought), *_video_by_id(plan)]


def _info() -> Iterator[Probe]:
    for route in _INFO:
        yield Probe("about the model", route, _post(route))
    for route in _HEALTH:
        yield Probe("health", route, _send("GET", route), method="GET")


def _pictures(brought: Brought) -> Iterator[Probe]:
    one, two = (picture.file for picture in brought.pictures[:2])
    twins = [picture.named("picture.jpg").file for picture in brought.pictures[-2:]]
    yield Probe("one picture", "inference_image", _form("inference_image", [one]), asks=1)
    yield Probe("two pictures", "inference_batch", _form("inference_batch", [one, two]), asks=2)
    yield Probe("two pictures of one name", "inference_batch", _form("inference_batch", twins), asks=2)
    odd = {"no_such_setting": 1}
    yield Probe("a setting nobody knows", "inference_image", _form("inference_image", [one], odd), asks=1)


def _bad_bodies() -> Iterator[Probe]:
    info, image, ids = "get_session_info", "inference_image_id", "inference_batch_ids"
    yield Probe("malformed JSON", info, _send("POST", info, '{"state": {'), (400,), "request.malformed-json")
    yield Probe("a list as the body", ids, _send("POST", ids, "[1, 2]"), (400,), "request.array-body")
    for text in ("null", "[]"):
        body = f'{{"state": {text}, "context": {{}}}}'
        yield Probe(f"a state that is {text}", image, _send("POST", image, body), (400,), "request.state-missing")
    url = "inference_image_url"
    yield Probe("5 as a URL", url, lambda side: side.target.post(url, {"image_url": 5}), (400,), "url.none")
    yield Probe("GET of a POST route", info, _send("GET", info), (405,), "method.get", "GET", True)
    yield Probe("a route that is none", "no_such_route", _post("no_such_route"), (404,), "route.unknown", free=True)
    slash = f"{info}/"
    yield Probe("a slash at the end", slash, _post(slash), (307,), "route.slash", free=True)


def _bad_forms(brought: Brought) -> Iterator[Probe]:
    one, two = (picture.file for picture in brought.pictures[:2])
    pair = _form("inference_image", [one, two])
    yield Probe("two files for one picture", "inference_image", pair, (400,), "form.two-files")
    for route in _FILES:
        yield Probe("a form without files", route, _form(route, []), (422,), "form.no-files")
        yield Probe("JSON in place of a form", route, _post(route), (422,), "form.none")
        for text in ("{'a': 1}", "[]", "null"):
            yield Probe(f"settings that are {text}", route, _text(route, one, text), (400,), "form.settings")
        for kind, content in (("text", b"no picture"), ("no byte", b""), ("64 bytes", one.content[:64])):
            broken = File("broken.jpg", content)
            yield Probe(f"{kind} in place of a picture", route, _form(route, [broken]), (400,), "picture.broken")


def _unknown() -> Iterator[Probe]:
    for route in (*_POLLS, _CLEAR):
        yield Probe("a missing uuid", route, _post(route), (400,), "job.uuid-missing")
        yield Probe("a body without state", route, _send("POST", route, '{"context": {}}'), (400,), "job.state-missing")
    for route in _POLLS:
        yield Probe("an unknown uuid", route, _uuid(route), (404,), "job.unknown-uuid")
    yield Probe("an unknown uuid to clear", _CLEAR, _uuid(_CLEAR), (200,), "job.clear-unknown")


def _by_id(plan: Plan) -> Iterator[Probe]:
    if plan.image_id:
        one, ids = plan.image_id[0], list(plan.image_id)
        yield Probe("a picture by id", "inference_image_id", _state("inference_image_id", image_id=one), asks=1)
        yield Probe(
            "pictures by id", "inference_batch_ids", _state("inference_batch_ids", batch_ids=ids), asks=len(ids)
        )
        lost = _state("inference_image_id", image_id=_UNKNOWN_ID)
        yield Probe("an unknown picture id", "inference_image_id", lost, (404,), "id.unknown")


def _whole_job() -> Iterator[Probe]:
    """A job over the suite's video: its first results, every look at its end, and a pop, a stop and a clear then."""
    job = "whole"
    yield Probe("the start of a job over a video", "inference_video_async", _video(job, 6), asks=6)
    yield Probe("the first results of a job", _POP, lambda side: side.first_results(job), part="pending_results")
    for route in (*_LOOKS, _POP, _STOP):
        yield Probe("a job that ended", route, _ended(route, job))
    yield Probe("clear of a job", _CLEAR, _about(_CLEAR, job))
    yield Probe("a second clear", _CLEAR, _about(_CLEAR, job), (200,), "job.clear-unknown")
    # Gone at once, or readable for a while: releases differ, and the truth allows both.
    yield Probe("a job that was cleared", _PROGRESS, _about(_PROGRESS, job), (200, 404), "job.readable-after-clear")


def _stopped_job() -> Iterator[Probe]:
    job = "stopped"
    yield Probe("the start of a long job", "inference_video_async", _video(job, 40), asks=40)
    yield Probe("stop of a job", _STOP, _about(_STOP, job))
    for route in (_PROGRESS, "get_inference_status", _POP):
        yield Probe("a job that was stopped", route, _ended(route, job))


def _pictures_job(brought: Brought) -> Iterator[Probe]:
    job, files = "pictures", [picture.file for picture in brought.pictures[-2:]]
    begin = _form("inference_batch_async", files)
    yield Probe(
        "the start of a job over pictures", "inference_batch_async", lambda side: side.start(job, begin(side)), asks=2
    )
    first = "the first results of a job over pictures"
    yield Probe(first, _POP, lambda side: side.first_results(job), part="pending_results")
    yield Probe("the end of a job over pictures", _PROGRESS, _ended(_PROGRESS, job))


def _video_by_id(plan: Plan) -> Iterator[Probe]:
    if plan.video_id is not None:
        keys = {"videoId": plan.video_id, "startFrameIndex": 1, "framesCount": 3}
        begin = _state("inference_video_id_async", **keys)
        yield Probe("a video by id at once", "inference_video_id", _state("inference_video_id", **keys), asks=3)
        yield Probe(
            "the start of a job by id", "inference_video_id_async", lambda side: side.start("id", begin(side)), asks=3
        )
        first = "the first results of a job by id"
        yield Probe(first, _POP, lambda side: side.first_results("id"), part="pending_results")
        yield Probe("the end of a job by id", _PROGRESS, _ended(_PROGRESS, "id"))


def _post(route: str) -> Ask:
    return lambda side: side.target.post(route)


def _send(method: str, route: str, body: str | None = None) -> Ask:
    return lambda side: side.target.send(method, route, body)


def _form(route: str, files: list[File], also: dict[str, int] | None = None) -> Ask:
    return lambda side: side.target.form(route, files, {"settings": side.settings(also or {})})


def _text(route: str, file: File, text: str) -> Ask:
    return lambda side: side.target.form(route, [file], text)


def _state(route: str, **state: object) -> Ask:
    return lambda side: side.target.post(route, {"settings": side.settings({}), **state})


def _uuid(route: str) -> Ask:
    return lambda side: side.target.post(route, {"inference_request_uuid": _UNKNOWN_UUID})


def _about(route: str, job: str) -> Ask:
    return lambda side: side.about(route, job)


def _ended(route: str, job: str) -> Ask:
    return lambda side: side.ended(route, job)


def _video(job: str, frames: int) -> Ask:
    def ask(side: Side) -> Exchange:
        state = {"settings": side.settings({}), "startFrameIndex": 0, "framesCount": frames, "batch_size": 1}
        # Real apps keep an upload under its name, so each job has a name of its own.
        file = shipped_video().file or File("", b"")
        return side.start(
            job, side.target.form("inference_video_async", [file._replace(name=f"{job}.mp4")], json.dumps(state))
        )

    return ask
