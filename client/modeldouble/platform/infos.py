"""What the platform tells about an entity, under the names that the official SDK gives to its fields. Pure.

Only id and name are always there. `raw` is the platform's whole answer, for what has no name here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from modeldouble.errors import BadAnswer


class ImageInfo(NamedTuple):
    """An image. `width` and `height` in pixels, `size` in bytes, `hash` the base64 of the bytes' sha256."""

    id: int
    name: str
    link: str | None = None
    hash: str | None = None
    mime: str | None = None
    ext: str | None = None
    size: int | None = None
    width: int | None = None
    height: int | None = None
    labels_count: int | None = None
    dataset_id: int | None = None
    project_id: int | None = None
    created_at: str | None = None
    updated_at: str | None = None
    meta: Mapping[str, Any] | None = None
    path_original: str | None = None
    full_storage_url: str | None = None
    tags: list[dict[str, Any]] | None = None
    description: str | None = None
    parent_id: int | None = None
    raw: Mapping[str, Any] = {}


class ProjectInfo(NamedTuple):
    """A project; `type` is "images", "videos", ..."""

    id: int
    name: str
    description: str | None = None
    size: int | None = None
    workspace_id: int | None = None
    team_id: int | None = None
    images_count: int | None = None
    items_count: int | None = None
    datasets_count: int | None = None
    created_at: str | None = None
    updated_at: str | None = None
    type: str | None = None
    reference_image_url: str | None = None
    custom_data: Mapping[str, Any] | None = None
    settings: Mapping[str, Any] | None = None
    version: Any = None
    raw: Mapping[str, Any] = {}


class DatasetInfo(NamedTuple):
    """A dataset of a project."""

    id: int
    name: str
    description: str | None = None
    size: int | None = None
    project_id: int | None = None
    images_count: int | None = None
    items_count: int | None = None
    created_at: str | None = None
    updated_at: str | None = None
    reference_image_url: str | None = None
    team_id: int | None = None
    workspace_id: int | None = None
    parent_id: int | None = None
    custom_data: Mapping[str, Any] | None = None
    raw: Mapping[str, Any] = {}


class VideoInfo(NamedTuple):
    """A video. `frame_width` and `frame_height` in pixels; `file_meta` has duration (s), codec, rotation."""

    id: int
    name: str
    hash: str | None = None
    link: str | None = None
    team_id: int | None = None
    workspace_id: int | None = None
    project_id: int | None = None
    dataset_id: int | None = None
    path_original: str | None = None
    frames_to_timecodes: list[float] | None = None
    frames_count: int | None = None
    frame_width: int | None = None
    frame_height: int | None = None
    created_at: str | None = None
    updated_at: str | None = None
    tags: list[dict[str, Any]] | None = None
    file_meta: Mapping[str, Any] | None = None
    meta: Mapping[str, Any] | None = None
    custom_data: Mapping[str, Any] | None = None
    raw: Mapping[str, Any] = {}


class AnnotationInfo(NamedTuple):
    """The annotation of an image: the JSON in `annotation`, in pixels. `Annotation.from_json` makes it typed."""

    image_id: int
    image_name: str
    annotation: dict[str, Any]
    created_at: str | None = None
    updated_at: str | None = None
    dataset_id: int | None = None


def image_info(method: str, value: Any) -> ImageInfo:
    known = _known(method, value, ImageInfo._fields)
    mime = known.get("mime")
    known["ext"] = mime.partition("/")[2] if isinstance(mime, str) else None
    return ImageInfo(**known)


def project_info(method: str, value: Any) -> ProjectInfo:
    return ProjectInfo(**_known(method, value, ProjectInfo._fields))


def dataset_info(method: str, value: Any) -> DatasetInfo:
    return DatasetInfo(**_known(method, value, DatasetInfo._fields))


def video_info(method: str, value: Any) -> VideoInfo:
    known = _known(method, value, VideoInfo._fields)
    file = known.get("file_meta") or {}
    for field, key in (("frames_count", "framesCount"), ("frame_width", "width"), ("frame_height", "height")):
        known[field] = file.get(key)
    known["frames_to_timecodes"] = file.get("framesToTimecodes")
    return VideoInfo(**known)


def _known(method: str, value: Any, fields: Iterable[str]) -> dict[str, Any]:
    number, name = (value.get("id"), value.get("name")) if isinstance(value, dict) else (None, None)
    if not isinstance(number, int) or isinstance(number, bool) or not isinstance(name, str):
        raise BadAnswer(method, "the body", value, "an object with id and name")
    known = {field: value[_key(field)] for field in fields if _key(field) in value}
    return {**known, "raw": value}


def _key(field: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), field)
