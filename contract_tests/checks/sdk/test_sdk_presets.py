"""Models of every task, read by the official client: its geometries are those that were meant, to the pixel."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
import supervisely as sly
from PIL import Image
from supervisely.nn.inference import Session

import modeldouble_server
from modeldouble_server.presets import NAMES, preset
from modeldouble_server.scene import Answer, Detection, Graph, Mask, Polygon, Query, Subject

SHAPES = {
    "detection": {"rectangle"},
    "instance_segmentation": {"bitmap"},
    "semantic_segmentation": {"bitmap"},
    "pose": {"graph"},
    "classification": set(),
}


@contextmanager
def played(fake: modeldouble_server.Server, name: str) -> Iterator[Any]:
    """An official session with a model of this preset."""
    tenant = fake.call(fake.fake.add_tenant(preset(name)))
    try:
        api = sly.Api(fake.server_address, tenant.api_token)
        yield Session(api, session_url=f"{fake.server_address}/net/{tenant.session_token}")
    finally:
        fake.call(fake.fake.remove_tenant(tenant))


def meant(name: str, path: str) -> Answer:
    """What the preset's predictor says of a picture."""
    with open(path, "rb") as file:
        sha256 = hashlib.sha256(file.read()).hexdigest()
    spec = preset(name)
    return spec.predict(Query(Subject(sha256, *Image.open(path).size), spec.settings))


def pixels(mask: Mask) -> Any:
    """A mask as an array of booleans, height x width."""
    left, top, right, bottom = mask.box
    bits = np.frombuffer(mask.bits, np.uint8).reshape(bottom - top + 1, -1)
    return np.unpackbits(bits, axis=1)[:, : right - left + 1].astype(bool)


def same(label: Any, one: Detection) -> bool:
    """The official label has the geometry that was meant."""
    read, geometry = label.geometry, one.geometry
    if isinstance(geometry, Mask):
        origin = (read.origin.col, read.origin.row)
        return bool(origin == geometry.box[:2] and np.array_equal(read.data, pixels(geometry)))
    if isinstance(geometry, Graph):
        return {key: (at.location.col, at.location.row) for key, at in read.nodes.items()} == dict(geometry.nodes)
    if isinstance(geometry, Polygon):
        return tuple((at.col, at.row) for at in read.exterior) == geometry.exterior
    return bool((read.left, read.top, read.right, read.bottom) == one.box)


@pytest.mark.parametrize("name", NAMES)
def test_the_meta_has_the_shapes_of_the_task(fake: modeldouble_server.Server, name: str) -> None:
    with played(fake, name) as session:
        meta = session.get_model_meta()
    assert {one.geometry_type.geometry_name() for one in meta.obj_classes} == SHAPES[name]
    assert meta.get_tag_meta("confidence") is not None


@pytest.mark.parametrize("name", NAMES)
def test_every_object_has_the_geometry_that_was_meant(
    fake: modeldouble_server.Server, photographs: list[str], name: str
) -> None:
    with played(fake, name) as session:
        annotations = [session.inference_image_path(path) for path in photographs]
    for path, annotation in zip(photographs, annotations, strict=True):
        answer = meant(name, path)
        assert [one.obj_class.name for one in annotation.labels] == [one.class_name for one in answer.objects]
        assert all(same(label, one) for label, one in zip(annotation.labels, answer.objects, strict=True))
        assert {tag.name: tag.value for tag in annotation.img_tags} == {tag.name: tag.value for tag in answer.tags}
    assert name == "classification" or any(annotation.labels for annotation in annotations)


@pytest.mark.parametrize("name", NAMES)
def test_a_video_is_read_frame_by_frame(fake: modeldouble_server.Server, name: str) -> None:
    with played(fake, name) as session:
        task = fake.fake.models[session._base_url.rpartition("/")[2]]
        video = fake.call(fake.fake.add_video(task.world, 20, (320, 240), 25.0))
        frames = list(session.inference_video_id_async(video))
    assert len(frames) == 20
