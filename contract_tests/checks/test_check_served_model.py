"""A served model and our client together: what the fake's own tests may not import."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import modeldouble_server
from modeldouble import Api, Refused, ServerFailed
from modeldouble_server import ServedModel, seen

REPO = Path(__file__).parents[2]
BENCH = REPO / "contract_tests/checks/bench/served_models.py"


@pytest.fixture
def model() -> Iterator[ServedModel]:
    with modeldouble_server.serve() as server:
        made = server.add_model()
        yield made
        made.close()


def test_the_session_of_a_model_is_our_client(model: ServedModel) -> None:
    model.when(image="a*.png").predict(seen("cat", box=(1, 2, 3, 4)), seen("gryphon", box=(5, 6, 7, 8), confidence=0.5))
    session = model.session(inference_settings={"conf_thres": 0.4})
    labels = session.inference_image_path(str(model.picture("ab.png"))).labels
    assert [one.obj_class.name for one in labels] == ["cat", "gryphon"]
    assert "gryphon" in [one.name for one in session.get_model_meta().obj_classes]
    model.assert_received(image=model.picture("ab.png"), settings={"conf_thres": 0.4}, times=1)


def test_the_platform_of_a_model_is_its_own(model: ServedModel) -> None:
    with modeldouble_server.serve() as server, server.add_model() as other:
        model.add_image(model.picture("a.png"), image_id=9001)
        api = Api(model.server_address, model.api_token)
        assert api.image.get_info_by_id(9001).name == "a.png"
        assert other.api_token != model.api_token


def test_the_client_does_not_repeat_a_call_that_no_stub_answers(model: ServedModel) -> None:
    model.when(image="a.png").predict("cat", box=(1, 2, 3, 4))
    with pytest.raises(Refused, match=r"image: 'a\.png' expected, 'b\.png' sent"):
        model.session().inference_image_path(str(model.picture("b.png")))
    assert len(model.received()) == 1
    model.reset()


def test_the_client_repeats_a_503_and_not_what_the_model_raises(model: ServedModel) -> None:
    model.fail(503, times=1, route="inference_image")
    model.when().predict("cat", box=(1, 2, 3, 4)).once().then.raises("RuntimeError", "out of memory")
    session, picture = model.session(), str(model.picture("a.png"))
    assert len(session.inference_image_path(picture).labels) == 1
    with pytest.raises(ServerFailed, match="out of memory"):
        session.inference_image_path(picture)
    assert len(model.received()) == 2


def test_a_suite_with_a_model_for_each_test_runs_in_parallel() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    command = [sys.executable, str(BENCH), "--tests", "40", "--rounds", "20", "--processes", "2", "--no-limit"]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300, env=environment)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "40 passed" in ran.stdout
