"""What every check is given."""

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import pytest
import yaml

from .brought import Brought, Picture, bring, shipped_video
from .exchange import Exchange
from .finding import not_checked
from .job import LAST, Job, Video, started
from .judge import Judge
from .likeness import likeness
from .objects import Meta, objects_of, read_meta, threshold_name
from .options import FACTS, Facts, plan_of
from .plan import Plan
from .platform import video_facts
from .probe import least_release, routes_of
from .target import Target
from .truth import Release, Truth, load

Start = Callable[..., Job]
_MARGIN = 0.1
POSE = "pose estimation"
_LEAST_FRAMES = 5
_OUTLINE = {"points": {"exterior": [[0, 0], [99, 99]], "interior": []}}
"""A region that lies inside every picture of the suite's."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """A model that is slow is not a wrong one: leave undone what would outlast the run."""
    target, level = (
        item.config.stash[FACTS].target,
        item.get_closest_marker("must") or item.get_closest_marker("should"),
    )
    if target is None or level is None:
        return
    needed = level.kwargs["asks"] * target.pace
    if target.left <= needed + LAST:
        left = f"{max(0.0, target.left):.0f} s of the run are left, and this may take {needed:.0f} s"
        not_checked(left, "give the run more time with --deadline")


@pytest.fixture(scope="session")
def facts(request: pytest.FixtureRequest) -> Facts:
    return request.config.stash[FACTS]


@pytest.fixture(scope="session")
def plan(request: pytest.FixtureRequest) -> Plan:
    return plan_of(request.config, dict(os.environ))


@pytest.fixture(scope="session")
def truth() -> Truth:
    return load()


@pytest.fixture(scope="session")
def target(plan: Plan, facts: Facts) -> Target:
    facts.target = Target(
        plan.target, api_token=plan.api_token, patience=plan.patience, deadline=plan.deadline, secrets=plan.secrets()
    )
    return facts.target


@pytest.fixture(scope="session")
def routes(truth: Truth, target: Target) -> frozenset[str]:
    """Routes that the target has."""
    return routes_of(truth, target)


@pytest.fixture(scope="session")
def judge(plan: Plan, truth: Truth, routes: frozenset[str], facts: Facts) -> Judge:
    named = None if plan.sdk is None else Release.parse(plan.sdk)
    facts.judge = Judge(truth, named or least_release(truth, routes), forgive=named is not None)
    return facts.judge


@pytest.fixture(scope="session")
def info(target: Target, judge: Judge, facts: Facts) -> Mapping[str, Any]:
    """The session info, its shape judged."""
    found = judge.shape(target.post("get_session_info"))
    facts.info = dict(found or {})
    return facts.info


@pytest.fixture(scope="session")
def defaults(target: Target, judge: Judge) -> Mapping[str, Any]:
    """Names and values of the default inference settings, which a server may send as YAML text."""
    at = target.post("get_custom_inference_settings")
    found = (judge.shape(at) or {}).get("settings")
    try:
        named = yaml.safe_load(found) if isinstance(found, str) else found
    except yaml.YAMLError as error:
        judge.require(
            False, "settings.yaml", expected="settings as an object, or as YAML text of one", got=str(error), at=at
        )
        named = None
    return named if isinstance(named, dict) else {}


@pytest.fixture(scope="session")
def meta(target: Target, judge: Judge) -> Meta:
    """Classes and tags of the model."""
    return read_meta(judge.shape(target.post("get_output_classes_and_tags")))


@pytest.fixture(scope="session")
def sure(defaults: Mapping[str, Any], settings: Mapping[str, Any]) -> float:
    """The confidence from which an object is to be seen each time: a little above the model's threshold."""
    name = threshold_name(defaults)
    least = None if name is None else settings.get(name, defaults[name])
    return least + _MARGIN if isinstance(least, (int, float)) and 0 <= least <= 1 else 0.0


@pytest.fixture(scope="session")
def brought(plan: Plan) -> Brought:
    return bring(plan)


@pytest.fixture(scope="session")
def settings(brought: Brought, info: Mapping[str, Any], defaults: Mapping[str, Any]) -> Mapping[str, Any]:
    """The author's settings, sent with every inference."""
    outlined = {"rectangle", "detected_bboxes"} & {*brought.settings, *defaults}
    if info.get("task type") == POSE and not outlined:
        # Real apps refuse to look for the points of an object that nobody outlined.
        return {**brought.settings, "rectangle": _OUTLINE}
    return brought.settings


class Single(NamedTuple):
    """A picture, what inference_image answered, and how like that its second answer was (0 to 1)."""

    picture: Picture
    at: Exchange
    prediction: dict[str, Any]
    stability: float


@pytest.fixture(scope="session")
def singles(target: Target, judge: Judge, brought: Brought, settings: Mapping[str, Any], sure: float) -> list[Single]:
    """Each picture alone, twice: the author's first, then the suite's own, which are of three different sizes."""
    found = []
    for picture in brought.pictures:
        pair = [target.form("inference_image", [picture.file], {"settings": dict(settings)}) for _ in range(2)]
        first, second = (judge.shape(at) for at in pair)
        found.append(Single(picture, pair[0], first, likeness(objects_of(first), objects_of(second), sure)))
    return found


@pytest.fixture(scope="session")
def video(
    target: Target, judge: Judge, brought: Brought, routes: frozenset[str], info: Mapping[str, Any], plan: Plan,
    settings: Mapping[str, Any],
) -> Video:  # fmt: skip
    """The author's video or the suite's, with as many frames as a job over all of it announces."""
    _can_do_videos(brought.video, routes, info)
    if brought.video.frames is not None:
        return brought.video
    if brought.video.id is not None and plan.server_address is not None and plan.api_token is not None:
        frames, *size = video_facts(plan.server_address, plan.api_token, brought.video.id)
        return brought.video._replace(frames=frames, size=(size[0], size[1]))
    job = started(target, judge, brought.video.start(target, {"settings": dict(settings), "batch_size": 1}))
    try:
        return brought.video._replace(frames=job.drain(until=1).last["progress"]["total"])
    finally:
        job.leave()


@pytest.fixture(scope="session")
def long_video(video: Video, routes: frozenset[str]) -> Video:
    """One that lasts long enough to be stopped: the suite's own, if the author's has fewer frames."""
    own = shipped_video()
    longer = (video.frames or 0) < (own.frames or 0) and own.route in routes
    return own if longer else video


def _can_do_videos(video: Video, routes: frozenset[str], info: Mapping[str, Any]) -> None:
    if info.get("async_video_inference_support") is False:
        not_checked("async_video_inference_support is declared false", "declare it once the app can do it")
    if video.route not in routes:
        not_checked(f"the target has no {video.route}", "bring a video of its platform with --video-id")


@pytest.fixture
def video_id(plan: Plan, request: pytest.FixtureRequest) -> int:
    """The author's video, of which frames 1 to 4 are asked for."""
    if plan.video_id is None:
        not_checked("no id of a video was given", "give one with --video-id")
    video: Video = request.getfixturevalue("video")
    if (video.frames or 0) < _LEAST_FRAMES:
        not_checked(f"video {plan.video_id} has {video.frames} frames", f"give one of {_LEAST_FRAMES} with --video-id")
    return plan.video_id


@pytest.fixture
def jobs() -> Iterator[list[Job]]:
    """Jobs of one check, which are cleared after it."""
    started_here: list[Job] = []
    yield started_here
    for job in started_here:
        job.leave()


@pytest.fixture
def start(target: Target, judge: Judge, video: Video, settings: Mapping[str, Any], jobs: list[Job]) -> Start:
    """Start a job over the video: start(startFrameIndex=2, framesCount=3)."""

    def begin(over: Video = video, **state: Any) -> Job:
        jobs.append(started(target, judge, over.start(target, {"settings": dict(settings), **state})))
        return jobs[-1]

    return begin
