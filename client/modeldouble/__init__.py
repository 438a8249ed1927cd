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
    from modeldouble.convert import Detections
    from modeldouble.errors import (
        AnswerLost,
        BadAnswer,
        BadArgument,
        BadImage,
        BadSettings,
        CreateUncertain,
        DeadlineExceeded,
        EmptyAnswer,
        HtmlAnswer,
        JobClosed,
        JobError,
        JobFailed,
        JobForgotten,
        JobStalled,
        ListIncomplete,
        MissingCredentials,
        MissingExtra,
        Misuse,
        ModelDoubleError,
        NameTaken,
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
        UploadFailed,
        WrongTask,
        WrongToken,
    )
    from modeldouble.geometry import Bitmap, Graph, Node, Point, Polygon, Polyline, Rectangle, Shape
    from modeldouble.job import Job
    from modeldouble.meta import ObjClass, ProjectMeta, TagMeta
    from modeldouble.platform import AnnotationInfo, Api, DatasetInfo, ImageInfo, ProjectInfo, VideoInfo
    from modeldouble.session import Session
    from modeldouble.transport import HttpTransport
    from modeldouble.values import Prediction, Progress, SessionInfo

__all__ = [
    "Annotation",
    "AnnotationInfo",
    "AnswerLost",
    "Api",
    "BadAnswer",
    "BadArgument",
    "BadImage",
    "BadSettings",
    "Bitmap",
    "CreateUncertain",
    "DatasetInfo",
    "DeadlineExceeded",
    "Detections",
    "EmptyAnswer",
    "Graph",
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
    "ListIncomplete",
    "MissingCredentials",
    "MissingExtra",
    "Misuse",
    "ModelDoubleError",
    "NameTaken",
    "NoJob",
    "Node",
    "NotAServingApp",
    "NotDeployed",
    "NotFound",
    "ObjClass",
    "Point",
    "Polygon",
    "Polyline",
    "Prediction",
    "Progress",
    "ProjectInfo",
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
    "UploadFailed",
    "VideoInfo",
    "WrongTask",
    "WrongToken",
]

_HOMES = {
    "Annotation": "annotation",
    "AnnotationInfo": "platform",
    "Api": "platform",
    "Bitmap": "geometry",
    "DatasetInfo": "platform",
    "Detections": "convert",
    "Graph": "geometry",
    "HttpTransport": "transport",
    "ImageInfo": "platform",
    "Job": "job",
    "Label": "annotation",
    "Node": "geometry",
    "ObjClass": "meta",
    "Point": "geometry",
    "Polygon": "geometry",
    "Polyline": "geometry",
    "Prediction": "values",
    "Progress": "values",
    "ProjectInfo": "platform",
    "ProjectMeta": "meta",
    "Rectangle": "geometry",
    "Session": "session",
    "SessionInfo": "values",
    "Shape": "geometry",
    "Tag": "annotation",
    "TagMeta": "meta",
    "VideoInfo": "platform",
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
