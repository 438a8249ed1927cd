"""The classes and tags of a model, and how an answer adds to them."""

import pytest

from modeldouble_server.meta import ClassSpec, Meta, Node, Skeleton, TagSpec, boxes, of_names, shape_of
from modeldouble_server.project_meta import project_meta
from modeldouble_server.scene import Answer, Detection, Graph, Mask, Polygon, Tag

BOX = (0, 0, 1, 1)
CAR = Detection("car", BOX, 0.5)
MASKED = CAR._replace(geometry=Mask((0, 0, 0, 0), b"\x80"))
PERSON = Detection("person", BOX, None, geometry=Graph((("head", (0, 0)), ("foot", (1, 1)))))
TRIANGLE = CAR._replace(geometry=Polygon(((0, 0), (1, 0), (1, 1))))
VERBATIM = CAR._replace(verbatim={"geometryType": "line"})


@pytest.mark.parametrize(
    ("one", "shape"),
    [(CAR, "rectangle"), (MASKED, "bitmap"), (PERSON, "graph"), (TRIANGLE, "polygon"), (VERBATIM, "line")],
)
def test_the_shape_of_an_object_is_that_of_its_geometry(one: Detection, shape: str) -> None:
    assert shape_of(one) == shape


def test_every_meta_has_the_tag_of_confidences() -> None:
    assert [one.name for one in of_names(["a"]).tags] == ["confidence"]


def test_classes_without_colours_get_colours_that_differ() -> None:
    assert len({one.color for one in of_names(map(str, range(20))).classes}) == 20


def test_an_answer_of_known_classes_changes_nothing() -> None:
    meta = boxes({"dog": "#000001", "car": "#000002"})
    assert meta.joined(Answer((CAR,))) == meta


def test_a_class_that_the_meta_lacks_joins_it_at_its_end() -> None:
    joined = boxes({"dog": "#000001"}).joined(Answer((CAR, PERSON)))
    assert joined.names == ("dog", "car", "person")
    assert [one.shape for one in joined.classes] == ["rectangle", "rectangle", "graph"]


def test_a_class_of_two_shapes_is_one_of_any() -> None:
    joined = boxes({"car": "#000002"}).joined(Answer((MASKED,)))
    assert joined.classes == (ClassSpec("car", "#000002", "any"),)
    assert joined.joined(Answer((CAR, TRIANGLE))) == joined


def test_the_skeleton_of_a_class_that_joins_has_the_nodes_of_its_first_object() -> None:
    [person] = Meta(()).joined(Answer((PERSON,))).classes
    assert person.skeleton is not None
    assert [one.name for one in person.skeleton.nodes] == ["head", "foot"]


@pytest.mark.parametrize(("value", "kind"), [(None, "none"), ("red", "any_string"), (0.5, "any_number")])
def test_tags_of_pictures_and_objects_join_with_the_type_of_their_values(value: float | str | None, kind: str) -> None:
    for answer in (Answer(tags=(Tag("t", value),)), Answer((CAR._replace(tags=(Tag("t", value),)),))):
        assert [(one.name, one.value_type) for one in Meta((), ()).joined(answer).tags] == [("t", kind)]


def test_a_tag_that_is_known_stays_as_it_is() -> None:
    meta = Meta((), (TagSpec("t", "none", "#123456"),))
    assert meta.joined(Answer(tags=(Tag("t", 5.0),))) == meta


def test_the_meta_tells_shapes_tags_and_the_template_of_keypoints() -> None:
    skeleton = Skeleton((Node("head", 0.5, 0.1), Node("foot", 0.25, 1.0)), (("head", "foot"),))
    told = project_meta(Meta((ClassSpec("person", "#0000FF", "graph", skeleton),), (TagSpec("t", "none", "#123456"),)))
    assert told["classes"][0]["shape"] == "graph"
    assert told["classes"][0]["geometry_config"] == {
        "nodes": {
            "head": {"label": "head", "loc": [10, 50], "color": "#0000FF"},
            "foot": {"label": "foot", "loc": [100, 25], "color": "#0000FF"},
        },
        "edges": [{"src": "head", "dst": "foot", "color": "#0000FF"}],
    }
    assert (told["tags"][0]["name"], told["tags"][0]["value_type"]) == ("t", "none")
