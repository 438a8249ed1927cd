"""The project meta as a serving app tells it."""

from typing import Any

from .meta import ClassSpec, Meta, Skeleton, TagSpec

Json = dict[str, Any]
_UNIT = 100
"""Pixels of the square in which a template of keypoints is drawn."""


def project_meta(meta: Meta) -> Json:
    """Classes and tags in the form of the newest release."""
    return {
        "classes": [_class(one) for one in meta.classes],
        "tags": [_tag(one) for one in meta.tags],
        "projectSettings": {"multiView": {"enabled": False, "tagName": None, "tagId": None, "isSynced": False}},
    }


def _class(one: ClassSpec) -> Json:
    return {
        "title": one.name,
        "description": "",
        "shape": one.shape,
        "color": one.color,
        "geometry_config": {} if one.skeleton is None else _template(one.skeleton, one.color),
        "hotkey": "",
    }


def _template(skeleton: Skeleton, color: str) -> Json:
    # Row before column, other than in predictions: real apps were seen to tell templates so.
    nodes = {
        one.name: {"label": one.name, "loc": [round(_UNIT * one.y), round(_UNIT * one.x)], "color": color}
        for one in skeleton.nodes
    }
    return {"nodes": nodes, "edges": [{"src": start, "dst": end, "color": color} for start, end in skeleton.edges]}


def _tag(one: TagSpec) -> Json:
    return {
        "name": one.name,
        "value_type": one.value_type,
        "color": one.color,
        "hotkey": "",
        "applicable_type": "all",
        "classes": [],
        "target_type": "all",
    }
