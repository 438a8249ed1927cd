"""A light client for served computer-vision models.

    from modeldouble import Session

    session = Session(session_url="http://127.0.0.1:27209")
    for frame in session.inference_video_id_async(18635803):
        print(frame["annotation"]["objects"])

Every name is loaded on first use, so importing this package costs next to nothing.
"""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modeldouble.annotation import Annotation, Label, Tag
    from modeldouble.errors import (
        AnswerLost,
        BadAnswer,
        BadArgument,
        BadImage,
        BadSettings,
        DeadlineExceeded,
        EmptyAnswer,
        HtmlAnswer,
        JobClosed,
        JobError,
        JobFailed,
        JobForgotten,
        JobStalled,
        MissingCredentials,
        MissingExtra,
        Misuse,
        ModelDoubleError,
        NoJob,
        NotAServingApp,
        NotDeployed,
        NotFound,
        Redirected,
        Refused,
        ResultsLost,
        ServerFailed,
        ServerFault,
        StartUncertain,
        TimedOut,
        UnknownClass,
        Unreachable,
        WrongTask,
        WrongToken,
    )
    from modeldouble.geometry import Rectangle, Shape
    from modeldouble.job import Job
    from modeldouble.meta import ObjClass, ProjectMeta, TagMeta
    from modeldouble.platform import Api
    from modeldouble.session import Session
    from modeldouble.transport import HttpTransport
    from modeldouble.values import ImageInfo, Prediction, Progress, SessionInfo

__all__ = [
    "Annotation",
    "AnswerLost",
    "Api",
    "BadAnswer",
    "BadArgument",
    "BadImage",
    "BadSettings",
    "DeadlineExceeded",
    "EmptyAnswer",
    "HtmlAnswer",
    "HttpTransport",
    "ImageInfo",
    "Job",
    "JobClosed",
    "JobError",
    "JobFailed",
    "JobForgotten",
    "JobStalled",
    "Label",
    "MissingCredentials",
    "MissingExtra",
    "Misuse",
    "ModelDoubleError",
    "NoJob",
    "NotAServingApp",
    "NotDeployed",
    "NotFound",
    "ObjClass",
    "Prediction",
    "Progress",
    "ProjectMeta",
    "Rectangle",
    "Redirected",
    "Refused",
    "ResultsLost",
    "ServerFailed",
    "ServerFault",
    "Session",
    "SessionInfo",
    "Shape",
    "StartUncertain",
    "Tag",
    "TagMeta",
    "TimedOut",
    "UnknownClass",
    "Unreachable",
    "WrongTask",
    "WrongToken",
]

_HOMES = {
    "Annotation": "annotation",
    "Api": "platform",
    "HttpTransport": "transport",
    "ImageInfo": "values",
    "Job": "job",
    "Label": "annotation",
    "ObjClass": "meta",
    "Prediction": "values",
    "Progress": "values",
    "ProjectMeta": "meta",
    "Rectangle": "geometry",
    "Session": "session",
    "SessionInfo": "values",
    "Shape": "geometry",
    "Tag": "annotation",
    "TagMeta": "meta",
}

# Silent unless the program configures logging, or imports modeldouble.sly.
logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES.get(name, 'errors')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
