"""What a target says of itself, its health and its routes."""

from collections.abc import Callable
from typing import Any

from ..lie import Changed, Lie, Teller, Told, good
from ..traffic import Answer, Asked, told
from . import places
from .places import classes, each, tag_metas

_FINE = told({"message": "fine", "success": True})


def _of(name: str, what: str, routes: tuple[str, ...], change: Callable[[Any], Any], **more: Any) -> Lie:
    return Lie(name, what, routes, lambda: Changed(change), **more)


def _first_class(change: Callable[[dict[str, Any]], Any]) -> Callable[[Any], Any]:
    return lambda meta: {**meta, "classes": [change(dict(meta["classes"][0])), *meta["classes"][1:]]}


def _class_doubled(meta: Any) -> Any:
    return {**meta, "classes": [*meta["classes"], meta["classes"][0]]}


def _class_missing(meta: Any) -> Any:
    return {**meta, "classes": meta["classes"][:-1]}


def _tag_doubled(meta: Any) -> Any:
    return {**meta, "tags": [*meta["tags"], *meta["tags"]]}


def _titled(title: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda one: {**one, "title": title}


class _MetaChanges(Teller):
    """The first class has another name each time."""

    def __init__(self) -> None:
        self._asked = 0

    def answered(self, asked: Asked, answer: Answer) -> Answer:
        self._asked += 1
        return Changed(_first_class(_titled(f"class {self._asked}"))).answered(asked, answer)


def _counted(by: int) -> Callable[[Any], Any]:
    return lambda info: {**info, "number_of_classes": info["number_of_classes"] + by}


def _status(status: int) -> Callable[[Answer], bool]:
    return lambda answer: answer.status == status


def _route_gone(route: str) -> Lie:
    gone = told({"detail": "Not Found", "message": "Not Found", "success": False}, 404)
    # Both methods: the suite asks with GET which routes there are.
    return Lie(f"{route}-gone", f"route {route} is not there", (route,), lambda: Told(lambda one: gone), method="")


HEALTH = ("is_ready", "is_running", "is_alive", "livez", "readyz")
LIES = (
    _of("number-of-classes-wrong", "one class more is announced than the meta has", places.INFO, _counted(1)),
    _of("number-of-classes-negative", "a negative number of classes", places.INFO, _counted(-1000)),
    _of("max-batch-size-zero", "at most 0 pictures in a batch", places.INFO,
        lambda info: {**info, "max_batch_size": 0}),
    _of("sliding-window-unknown", "an unknown kind of sliding window", places.INFO,
        lambda info: {**info, "sliding_window_support": "sometimes"}),
    _of("settings-a-list", "default settings are a list of names", places.SETTINGS,
        lambda found: {"settings": list(found["settings"])}),
    _of("settings-no-yaml", "default settings are a text that is no YAML object", places.SETTINGS,
        lambda found: {"settings": "]["}),
    _of("settings-bare", "default settings without the object around them", places.SETTINGS,
        lambda found: found["settings"]),
    _of("meta-differs", "get_model_meta lacks a class", places.OTHER_META, _class_missing),
    _of("meta-other-class", "get_model_meta names a class otherwise", places.OTHER_META,
        _first_class(_titled("other"))),
    _of("meta-class-doubled", "a class is there twice", places.META, _class_doubled),
    _of("meta-class-doubled-in-both", "a class is there twice, in both metas", (*places.META, *places.OTHER_META),
        _class_doubled),
    _of("meta-tag-doubled", "a tag is there twice", places.META, _tag_doubled),
    _of("meta-without-classes", "there are no classes", places.META, lambda meta: {**meta, "classes": []}),
    _of("meta-titles-empty", "class titles are empty", places.META, each(classes, lambda one: one.update(title=""))),
    _of("meta-color-by-name", "colours are names", places.META, each(classes, lambda one: one.update(color="red"))),
    _of("meta-shapes-other", "classes have another shape than their objects",
        (*places.META, *places.OTHER_META), each(classes, lambda one: one.update(shape="polygon"))),
    _of("meta-tag-type-unknown", "a tag has an unknown type", places.META,
        each(tag_metas, lambda one: one.update(value_type="maybe"))),
    Lie("meta-changes", "a class has another name each time", places.META, _MetaChanges),
    _of("not-deployed", "is_deployed says no, and it infers", ("is_deployed",), lambda one: {**one, "deployed": False}),
    _of("deployed-mistyped", "is_deployed is a text", ("is_deployed",), lambda one: {**one, "deployed": "yes"}),
    _of("deployed-key-missing", "is_deployed has no key deployed", ("is_deployed",),
        lambda one: {"description:": "ready"}),
    _of("status-not-deployed", "get_status says that nothing is deployed, and it infers", ("get_status",),
        lambda one: {**one, "is_deployed": False}),
    _of("status-without-memory", "get_status tells nothing of memory", ("get_status",),
        lambda one: {key: value for key, value in one.items() if "memory" not in key}),
    _of("deploy-info-empty", "get_deploy_info is an empty object", ("get_deploy_info",), lambda one: {}),
    _of("tracking-settings-a-list", "get_tracking_settings is a list", ("get_tracking_settings",), lambda one: []),
    *(
        _of(f"health-{name}-{method.lower()}", f"{method} health routes: {what}", HEALTH, change, method=method)
        for method in ("GET", "POST")
        for name, what, change in (
            ("empty", "an empty object", lambda one: {}),
            ("not-running", "says no, and it infers",
             lambda one: {**one, "running": False} if "running" in one else {**one, "status": "not ready"}),
        )
    ),
    Lie("health-503", "health routes answer 503, and it infers", HEALTH,
        lambda: Told(lambda one: told({"detail": "no", "message": "no", "success": False}, 503), good), method="GET"),
    Lie("health-404", "health routes are not there", HEALTH, lambda: Told(lambda one: one._replace(status=404)),
        method=""),
    Lie("get-granted", "GET of a POST route is answered 200", (), lambda: Told(lambda one: _FINE, _status(405)),
        method="GET"),
    Lie("unknown-route-granted", "an unknown route is answered 200", (),
        lambda: Told(lambda one: _FINE, _status(404)), except_for=(*places.ABOUT_A_JOB, *places.STOP, *places.CLEAR)),
    Lie("unknown-page-granted", "GET of an unknown route is answered 200", (),
        lambda: Told(lambda one: _FINE, _status(404)),
        method="GET"),
    _route_gone("get_inference_status"),
    _route_gone("inference_batch"),
    _route_gone("get_model_meta"),
    _route_gone("clear_inference_request"),
)  # fmt: skip
