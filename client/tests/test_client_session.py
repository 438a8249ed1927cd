"""The face: what is sent, what is refused before sending, what comes back."""

from __future__ import annotations

import io
import json
import pickle
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble import (
    BadAnswer,
    BadArgument,
    BadImage,
    BadSettings,
    NotDeployed,
    Prediction,
    ProjectMeta,
    ResultsLost,
    ServerFailed,
    Session,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import Json, PaperTransport, Reply, RoughServer

    Connect = Callable[..., Session]


@pytest.fixture
def session(rough: RoughServer, connect: Connect, reply: type[Reply], predict: Callable[..., Json]) -> Session:
    rough.on("inference_image", reply(predict()))
    rough.on("inference_image_id", reply(predict()))
    rough.on("inference_image_url", reply(predict()))
    return connect()


def parts(body: bytes) -> list[tuple[str, bytes]]:
    """Split a form the simple way: (head, content)."""
    boundary = body.split(b"\r\n", 1)[0]
    fields = [piece.strip(b"\r\n").partition(b"\r\n\r\n") for piece in body.split(boundary)[1:-1]]
    return [(head.decode(), content) for head, _, content in fields]


@pytest.mark.parametrize("arguments", [{}, {"task_id": 1, "session_url": "http://h"}, {"task_id": 1}])
def test_exactly_one_address_is_needed(arguments: dict[str, Any]) -> None:
    with pytest.raises(BadArgument, match="give"):
        Session(**arguments)


def test_the_info_is_the_servers_object(session: Session) -> None:
    info = session.get_session_info()
    assert info == {"app_name": "Rough", "task type": "object detection", "session_id": 7}
    assert (info.app_name, info.task_type, info.session_id) == ("Rough", "object detection", 7)


def test_the_meta_has_both_names(session: Session) -> None:
    assert session.get_model_meta() == session.get_model_project_meta()
    assert [cls.name for cls in session.get_model_meta().obj_classes] == ["car"]


@pytest.mark.parametrize("settings", [{"conf_thres": 0.1}, "conf_thres: 0.1\n# a comment", "", None])
def test_default_settings_come_as_an_object_or_as_yaml(
    rough: RoughServer, session: Session, reply: type[Reply], settings: Any
) -> None:
    rough.on("get_custom_inference_settings", reply({"settings": settings}))
    assert session.get_default_inference_settings() == ({"conf_thres": 0.1} if settings else {})


def test_settings_are_updated_and_replaced(session: Session) -> None:
    assert session.update_inference_settings(conf_thres=0.4, iou_thres=0.5) == {"conf_thres": 0.4, "iou_thres": 0.5}
    assert session.set_inference_settings({"conf_thres": 0.2}) == session.inference_settings == {"conf_thres": 0.2}
    assert session.set_inference_settings(None) == {}


def test_an_unknown_setting_is_refused_before_anything_is_sent(rough: RoughServer, session: Session) -> None:
    with pytest.raises(BadSettings, match="did you mean 'conf_thres'") as caught:
        session.update_inference_settings(conf_tresh=0.4)
    assert "iou_thres" in caught.value.acceptable
    assert session.inference_settings == {}


def test_settings_of_the_caller_stay_the_callers(rough: RoughServer, session: Session) -> None:
    mine: dict[str, Any] = {"classes": ["car"]}
    session.set_inference_settings(mine)
    mine["classes"].append("bus")
    session.inference_settings["classes"].append("van")
    session.inference_image_id(5)
    assert rough.last("inference_image_id").state["settings"] == {"classes": ["car"]}


def test_an_image_is_sent_as_a_form(rough: RoughServer, session: Session, tmp_path: Path) -> None:
    (tmp_path / 'strange "name".jpg').write_bytes(b"\xff\xd8\xff...")
    session.update_inference_settings(conf_thres=0.4)
    session.inference_image_path(str(tmp_path / 'strange "name".jpg'))
    request = rough.last("inference_image")
    assert "api_token" not in request.body.decode("latin-1")
    (file_head, content), (settings_head, settings) = parts(request.body)
    assert 'name="files"; filename="strange %22name%22.jpg"' in file_head
    assert content == b"\xff\xd8\xff..."
    assert 'name="settings"' in settings_head
    assert "filename" not in settings_head
    assert json.loads(settings) == {"settings": {"conf_thres": 0.4}}


def test_equal_file_names_are_made_distinct(
    rough: RoughServer, session: Session, reply: type[Reply], predict: Callable[..., Json], tmp_path: Path
) -> None:
    names = ["a/x.jpg", "b/x.jpg", "c/X.JPG", "c/x-2.jpg", "d/x"]
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    rough.on("inference_batch", reply([predict()] * 5))
    assert len(session.inference_image_paths([tmp_path / name for name in names])) == 5
    sent = parts(rough.last("inference_batch").body)[:-1]
    filenames = [re.findall(r'filename="(.*)"', head)[0] for head, _ in sent]
    assert len({name.lower() for name in filenames}) == 5
    assert filenames[0] == "x.jpg"
    assert all(name.lower().endswith(".jpg") for name in filenames[:4])
    assert [content.decode() for _, content in sent] == names


@pytest.mark.parametrize("kind", ["missing", "empty", "directory", "text", "number"])
def test_what_is_no_image_is_refused_before_anything_is_sent(
    rough: RoughServer, session: Session, tmp_path: Path, kind: str
) -> None:
    (tmp_path / "empty.jpg").touch()
    bad = {
        "missing": tmp_path / "none.jpg",
        "empty": tmp_path / "empty.jpg",
        "directory": tmp_path,
        "text": io.StringIO("text"),
        "number": 5,
    }
    with pytest.raises(BadImage):
        session.inference_image(bad[kind])
    assert rough.routes() == []


def test_bytes_and_files_are_sent_as_they_are(rough: RoughServer, session: Session, tmp_path: Path) -> None:
    (tmp_path / "y.png").write_bytes(b"\x89PNG.")
    for image in (b"\x89PNG.", io.BytesIO(b"\x89PNG."), (tmp_path / "y.png").open("rb"), tmp_path / "y.png"):
        session.inference_image(image)
        head, content = parts(rough.last("inference_image").body)[0]
        assert (content, ".png" in head) == (b"\x89PNG.", True)
        if isinstance(image, io.IOBase):
            image.close()


@pytest.mark.parametrize("shape", [(4, 5, 3), (4, 5)])
def test_arrays_and_pil_images_are_sent_as_png(rough: RoughServer, session: Session, shape: tuple[int, ...]) -> None:
    np = pytest.importorskip("numpy")
    image = pytest.importorskip("PIL.Image")
    array = np.arange(np.prod(shape), dtype="uint8").reshape(shape)
    # A view with another order in memory must come out as it looks, not as it lies.
    for given, looks in [(array, array), (image.fromarray(array), array), (array[::-1], array[::-1])]:
        session.inference_image(given)
        content = parts(rough.last("inference_image").body)[0][1]
        assert (np.asarray(image.open(io.BytesIO(content))) == looks).all()


@pytest.mark.parametrize(("shape", "kind"), [((2, 2, 4), "uint8"), ((0, 2), "uint8"), ((2,), "uint8"), ((2, 2), "f4")])
def test_other_arrays_are_refused(session: Session, shape: tuple[int, ...], kind: str) -> None:
    np = pytest.importorskip("numpy")
    with pytest.raises(BadImage, match=r"uint8|RGB"):
        session.inference_image(np.zeros(shape, dtype=kind))


def test_a_file_that_vanishes_while_it_is_sent(
    rough: RoughServer, session: Session, tmp_path: Path, reply: type[Reply]
) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"\xff\xd8\xff")

    def vanish(request: Any) -> Reply:
        path.unlink()
        return reply("", 503)

    rough.on("inference_image", vanish)
    with pytest.raises(BadImage, match="cannot be read"):
        session.inference_image_path(path)


@pytest.mark.parametrize("call", ["inference_image_id", "inference_video_id", "inference_video_id_async"])
@pytest.mark.parametrize("number", [None, 0, -5, "5", 1.5, True])
def test_ids_are_whole_numbers(session: Session, call: str, number: Any) -> None:
    with pytest.raises(BadArgument, match="whole number"):
        getattr(session, call)(number)


@pytest.mark.parametrize(
    ("field", "value"),
    [("start_frame_index", -1), ("frames_count", -1), ("frames_count", 2.5), ("frames_direction", "up")],
)
def test_frame_ranges_that_mean_nothing_are_refused(
    rough: RoughServer, session: Session, field: str, value: Any
) -> None:
    with pytest.raises(BadArgument, match=field):
        session.inference_video_id_async(5, **{field: value})
    assert rough.routes() == []


def test_a_batch_that_comes_back_short_is_no_success(rough: RoughServer, session: Session, reply: type[Reply]) -> None:
    rough.on("inference_batch_ids", reply([]))
    with pytest.raises(ResultsLost, match="one by one") as caught:
        session.inference_image_ids([5, 6])
    assert (caught.value.missing, caught.value.announced) == ([0, 1], 2)


def test_an_empty_batch_asks_nothing(rough: RoughServer, session: Session) -> None:
    assert session.inference_image_ids([]) == session.inference_image_paths([]) == []
    assert rough.routes() == []


def test_a_url_is_passed_on(rough: RoughServer, session: Session) -> None:
    session.inference_image_url("https://h/x.jpg?a=b&c")
    assert rough.last("inference_image_url").state["image_url"] == "https://h/x.jpg?a=b&c"
    with pytest.raises(BadArgument, match="http"):
        session.inference_image_url("x.jpg")


def test_a_video_is_asked_for_in_the_words_of_all_releases(
    rough: RoughServer, session: Session, reply: type[Reply], predict: Callable[..., Json]
) -> None:
    rough.on("inference_video_id", reply({"ann": [predict(5), predict(4)], "video_ann": None}))
    assert len(session.inference_video_id(7, 5, 2, "backward")) == 2
    state = {"videoId": 7, "startFrameIndex": 5, "framesCount": 2}
    directions = {"framesDirection": "backward", "direction": "backward"}
    assert rough.last("inference_video_id").state == {"settings": {}, **state, **directions}


def test_a_video_that_failed_on_the_server_is_no_empty_list(
    rough: RoughServer, session: Session, reply: type[Reply]
) -> None:
    rough.on("inference_video_id", reply({"ann": []}), reply({"ann": [], "video_ann": None}))
    with pytest.raises(ServerFailed, match="inference_video_id_async"):
        session.inference_video_id(7)
    assert session.inference_video_id(7, frames_count=0) == []


def test_a_whole_video_may_take_longer_than_an_image(paper: PaperTransport, reply: type[Reply]) -> None:
    paper.script.on("inference_video_id", reply({"ann": [], "video_ann": None}))
    Session(session_url="http://paper", transport=paper).inference_video_id(7)
    assert paper.sent[-1][1].read_timeout == 3600


def test_a_prediction_is_a_dict_and_an_annotation(session: Session, predict: Callable[..., Json]) -> None:
    found = session.inference_image_id(5)
    assert found == predict()
    assert json.loads(json.dumps(found)) == predict()
    assert (found.img_size, len(found.img_tags), found.to_json()) == ((8, 9), 0, predict()["annotation"])
    label = found.labels[0]
    assert (label.obj_class.color, label.geometry) == ((0, 255, 0), (2, 1, 4, 3))
    assert pickle.loads(pickle.dumps(found)).labels[0].obj_class.name == "car"


def test_the_meta_is_fetched_once_and_again_for_a_new_class(
    rough: RoughServer, session: Session, reply: type[Reply], predict: Callable[..., Json]
) -> None:
    assert session.inference_image_id(5).labels and session.inference_image_id(5).labels  # noqa: PT018
    assert rough.routes().count("get_output_classes_and_tags") == 1
    rough.on("get_output_classes_and_tags", reply({"classes": [{"title": "new"}], "tags": []}))
    rough.on("inference_image_id", reply(predict(title="new")))
    assert session.inference_image_id(5).labels[0].obj_class.name == "new"


@pytest.mark.parametrize("answer", [[], {}, {"annotation": None}, "text"])
def test_an_answer_that_is_no_prediction(rough: RoughServer, session: Session, reply: type[Reply], answer: Any) -> None:
    rough.on("inference_image_id", reply(answer))
    with pytest.raises(BadAnswer, match="breaks the protocol"):
        session.inference_image_id(5)


def test_a_model_that_is_not_loaded(rough: RoughServer, session: Session, reply: type[Reply]) -> None:
    rough.on("inference_image_id", reply({"detail": {"title": "Call undeployed model error", "message": "m"}}, 500))
    with pytest.raises(NotDeployed):
        session.inference_image_id(5)


def test_the_constructor_takes_settings(connect: Connect, tmp_path: Path) -> None:
    (tmp_path / "s.yml").write_text("conf_thres: 0.55\n")
    assert connect(inference_settings=tmp_path / "s.yml").inference_settings == {"conf_thres": 0.55}
    with pytest.raises(BadSettings):
        connect(inference_settings={"nope": 1})


def test_a_given_meta_and_a_known_class() -> None:
    made = Prediction({"annotation": {"size": {"height": 1, "width": 2}}}, lambda refresh: ProjectMeta())
    assert (made.img_size, made.labels) == ((1, 2), [])
