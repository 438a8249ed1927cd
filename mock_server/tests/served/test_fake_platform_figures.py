"""Figures: objects that are added one by one, with geometries that come as files."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from requests import Response

    from tests.served.conftest import Caller

    Refused = Callable[[Response, int], str]
    Png = Callable[..., bytes]

MASK = {"title": "glow", "shape": "alpha_mask", "color": "#00FF00"}
FIGURE: dict[str, Any] = {"classTitle": "glow", "geometryType": "alpha_mask", "tags": [], "description": ""}
GEOMETRY = {"origin": [1, 2], "data": "eJz"}


@pytest.fixture
def dataset(fake: Caller) -> dict[str, Any]:
    made = fake.dataset()
    fake.tell("projects.meta.update", id=made["projectId"], meta={"classes": [MASK], "tags": []})
    return made


@pytest.fixture
def image(fake: Caller, dataset: dict[str, Any], png: Png) -> int:
    return fake.put(dataset, png())[0]


def add(fake: Caller, dataset: dict[str, Any], *figures: Any) -> Any:
    return fake.tell("figures.bulk.add", datasetId=dataset["id"], figures=[*figures])


def objects(fake: Caller, image: int) -> Any:
    return fake.tell("annotations.info", imageId=image)["annotation"]["objects"]


def send(fake: Caller, name: str, content: bytes) -> Response:
    file = ("geometry", (name, content, "application/octet-stream"))
    return fake.platform("figures.bulk.upload.geometry", files=[file])


def test_figures_join_the_objects_that_are_there(fake: Caller, dataset: dict[str, Any], image: int) -> None:
    first, second = add(fake, dataset, {**FIGURE, "entityId": image}, {**FIGURE, "entityId": image})
    [third] = add(fake, dataset, {**FIGURE, "entityId": image})
    assert objects(fake, image) == [{**FIGURE, "id": one["id"]} for one in (first, second, third)]
    assert len({first["id"], second["id"], third["id"]}) == 3
    assert fake.tell("images.info", id=image)["labelsCount"] == 3


def test_the_geometry_of_a_figure_is_part_of_its_object(fake: Caller, dataset: dict[str, Any], image: int) -> None:
    parts = {"parts": [{"exterior": [[0, 0], [5, 0], [5, 5]], "interior": []}]}
    add(fake, dataset, {**FIGURE, "entityId": image, "geometry": parts})
    assert objects(fake, image)[0]["parts"] == parts["parts"]


def test_a_geometry_comes_back_as_it_was_sent(fake: Caller, dataset: dict[str, Any], image: int) -> None:
    [figure] = add(fake, dataset, {**FIGURE, "entityId": image})
    assert send(fake, str(figure["id"]), json.dumps(GEOMETRY).encode()).status_code == 200
    answer = fake.platform("figures.bulk.download.geometry", {"ids": [figure["id"]]})
    assert f'name="{figure["id"]}"' in answer.text
    assert json.dumps(GEOMETRY) in answer.text


@pytest.mark.parametrize(
    ("change", "status"),
    [({"entityId": None}, 400), ({"entityId": 5}, 404), ({"entityId": 171250}, 400), ({"classTitle": "fog"}, 400)],
)
def test_a_figure_that_does_not_fit_adds_none(
    fake: Caller, refused: Refused, dataset: dict[str, Any], image: int, change: Any, status: int
) -> None:
    figures = [{**FIGURE, "entityId": image}, {**FIGURE, "entityId": image, **change}]
    refused(fake.platform("figures.bulk.add", {"datasetId": dataset["id"], "figures": figures}), status)
    assert objects(fake, image) == []


@pytest.mark.parametrize(
    ("name", "content", "status"), [("x", b"{}", 400), ("", b"{}", 400), ("999999", b"{}", 404), ("9" * 30, b"{}", 400)]
)
def test_a_geometry_of_no_figure_is_refused(
    fake: Caller, refused: Refused, name: str, content: bytes, status: int
) -> None:
    refused(send(fake, name, content), status)


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff"])
def test_a_geometry_that_is_no_object_is_refused(
    fake: Caller, refused: Refused, dataset: dict[str, Any], image: int, content: bytes
) -> None:
    [figure] = add(fake, dataset, {**FIGURE, "entityId": image})
    refused(send(fake, str(figure["id"]), content), 400)
    refused(fake.platform("figures.bulk.download.geometry", {"ids": [figure["id"]]}), 404)
