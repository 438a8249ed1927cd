"""A served model is alone: nothing of another opens with its tokens and ids, and nothing of it stays."""

import gc
import threading
import warnings
import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from modeldouble_server import ServedModel, Server, UnusedStub, seen
from modeldouble_server.server import serve

from .conftest import Caller

BOX = (1, 2, 30, 40)


@pytest.fixture
def other(server: Server) -> Iterator[Caller]:
    """Requests to another model of the same server."""
    with server.add_model() as model:
        caller = Caller(model)
        yield caller
        caller.http.close()


def test_two_models_have_nothing_in_common_but_the_address(model: ServedModel, other: Caller) -> None:
    assert model.server_address == other.model.server_address
    assert (model.session_url, model.api_token) != (other.model.session_url, other.model.api_token)
    assert model.clock is not other.model.clock


def test_stubs_failures_calls_and_clock_are_of_one_model(model: ServedModel, caller: Caller, other: Caller) -> None:
    picture = model.picture("a.png")
    model.when().predict("cat", box=BOX)
    model.fail(times=None, route="get_session_info")
    model.clock.advance(100)
    caller.classes(picture)
    assert other.classes(picture) != ["cat"]
    assert other.send("get_session_info").status_code == 200
    assert (len(model.received()), len(other.model.received()), other.model.clock.offset) == (1, 1, 0.0)


def test_ids_of_one_world_open_nothing_in_another(model: ServedModel, caller: Caller, other: Caller) -> None:
    image_id, video_id = model.add_image(model.picture("a.png"), image_id=900), model.add_video(3, video_id=901)
    assert caller.send("inference_image_id", image_id=image_id).status_code == 200
    assert other.send("inference_image_id", image_id=image_id).status_code == 404
    assert other.send("inference_video_id", video_id=video_id).status_code == 404
    assert other.platform("images.info", id=image_id).status_code == 404
    assert caller.platform("images.info", id=image_id).status_code == 200


def test_a_token_opens_its_own_world_only(model: ServedModel, caller: Caller, other: Caller) -> None:
    model.add_image(model.picture("a.png"), image_id=900)
    assert caller.platform("images.info", token=other.model.api_token, id=900).status_code == 404
    assert caller.platform("images.info", token="0" * 128, id=900).status_code == 401
    token = caller.platform("tasks.info", token=other.model.api_token, id=27209).json()["meta"]["sessionToken"]
    assert other.model.session_url.endswith(token)


def test_a_job_of_one_model_is_not_known_to_another(model: ServedModel, caller: Caller, other: Caller) -> None:
    uuid = caller.ask("inference_video_id_async", video_id=model.add_video(5))["inference_request_uuid"]
    for route in ("get_inference_progress", "pop_inference_results", "stop_inference"):
        assert other.send(route, inference_request_uuid=uuid).status_code == 404
    assert caller.send("stop_inference", inference_request_uuid=uuid).status_code == 200


def test_the_first_things_of_a_world_are_there_when_many_ask_at_once(caller: Caller) -> None:
    def ask(_: int) -> int:
        return caller.platform("tasks.info", id=27209).status_code

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(ask, range(16))) == {200}
    assert len(caller.platform("projects.list", workspaceId=661).json()["entities"]) == 2


def test_an_id_that_is_chosen_before_anything_is_asked_does_not_come_twice(model: ServedModel) -> None:
    assert model.add_image(model.picture("a.png"), image_id=3) == 3
    assert [model.add_image(model.picture(f"{at}.png")) for at in range(3)] == [4, 5, 6]


def test_what_is_closed_opens_nothing_any_more(server: Server) -> None:
    model = server.add_model()
    caller, picture = Caller(model), model.picture("a.png")
    assert caller.send("get_session_info").status_code == 200
    model.close()
    model.close()
    assert (caller.send("get_session_info").status_code, caller.platform("tasks.info", id=1).status_code) == (404, 401)
    assert not picture.parent.exists()
    caller.http.close()


def use_and_close(models: list[ServedModel]) -> None:
    """Ask every fiftieth model something that leaves records, then close them all."""
    for model in models[::50]:
        model.when().predict("cat", box=BOX)
        caller = Caller(model)
        caller.ask("inference_image_id", image_id=model.add_image(model.picture("a.png")))
        caller.ask("inference_video_id_async", video_id=model.add_video(5))
        caller.http.close()
    for model in models:
        model.close()


def test_nothing_stays_of_a_thousand_models() -> None:
    with serve() as server:
        before = server.call(server.fake.store.scan(""))
        models = [server.add_model() for _ in range(1000)]
        gone = [weakref.ref(server.fake.models[model.session_url.rpartition("/")[2]]) for model in models]
        models[0].add_video(3)
        assert len(server.call(server.fake.store.scan(""))) > len(before)
        use_and_close(models)
        assert server.call(server.fake.store.scan("")) == before
        assert (len(server.fake.models), len(server.fake.worlds)) == (1, 1)
        models.clear()
        gc.collect()
        assert [one for one in gone if one() is not None] == []


def test_a_model_is_closed_after_its_server_was_stopped_or_started_anew() -> None:
    server = Server()
    with server:
        old = [server.add_model() for _ in range(2)]
    old[0].close()
    with server, server.add_model() as model:
        caller = Caller(model)
        assert caller.platform("tasks.info", id=27209).status_code == 200
        old[1].close()
        assert caller.platform("tasks.info", id=27209).status_code == 200
        caller.http.close()


def test_models_are_added_and_closed_from_many_threads(server: Server) -> None:
    together = threading.Barrier(8)

    def use(number: int) -> list[str]:
        together.wait(20)
        with server.add_model() as model:
            caller = Caller(model)
            model.when(image="a.png").predict(seen(f"class {number}", box=BOX))
            found = [name for _ in range(5) for name in caller.classes(model.picture("a.png"))]
            model.assert_received(times=5)
            caller.http.close()
        return found

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(use, range(8))) == [[f"class {number}"] * 5 for number in range(8)]


def test_leaving_the_block_tells_of_calls_that_no_stub_answered(server: Server) -> None:
    model = server.add_model()
    caller = Caller(model)
    model.when(image="b.png").predict("cat", box=BOX)
    caller.upload(model.picture("a.png"))
    with pytest.raises(AssertionError, match="no stub answers call 1"), model:
        pass
    assert caller.send("get_session_info").status_code == 404
    caller.http.close()


def test_leaving_the_block_with_an_error_leaves_it_as_it_is(server: Server) -> None:
    model = server.add_model()
    model.when(image="b.png").predict("cat", box=BOX)
    with pytest.raises(KeyError), model:
        raise KeyError("mine")


def test_leaving_the_block_warns_of_stubs_that_nothing_asked_for(server: Server) -> None:
    with warnings.catch_warnings(record=True) as caught, server.add_model() as model:
        warnings.simplefilter("always")
        model.when(image="b.png").predict("cat", box=BOX)
    [one] = caught
    assert (one.category, str(one.message)) == (UnusedStub, "when(image='b.png') (stub 1) was never used")
    assert one.filename == __file__


def test_check_takes_unused_stubs_as_it_is_told(model: ServedModel) -> None:
    model.check()
    model.when(image="b.png").predict("cat", box=BOX)
    model.check(unused="ignore")
    with pytest.raises(AssertionError, match="was never used"):
        model.check(unused="error")
    with pytest.warns(UnusedStub, match="was never used"):
        model.check()
    with pytest.raises(ValueError, match="give 'warn', 'error' or 'ignore'"):
        model.check(unused="fail")


def test_the_first_five_of_many_calls_are_told(model: ServedModel, caller: Caller) -> None:
    assert model.unmet() == ""
    model.when(image="b.png").predict("cat", box=BOX)
    for _ in range(7):
        caller.upload(model.picture("a.png"))
    with pytest.raises(AssertionError) as raised:
        model.check()
    text = str(raised.value)
    assert (text.count("no stub answers call"), text.splitlines()[-1]) == (5, "and 2 more")
    assert len(model.misses) == 7


async def test_a_model_is_used_from_an_event_loop() -> None:
    async with Server() as server, server.add_model() as model:
        model.when(image="a.png").predict("cat", box=BOX)
        caller = Caller(model)
        assert caller.classes(model.picture("a.png")) == ["cat"]
        caller.http.close()
    assert caller.model.server_address.startswith("http://127.0.0.1:")


async def test_an_asynchronous_block_tells_of_calls_that_no_stub_answered(server: Server) -> None:
    model = server.add_model()
    caller = Caller(model)
    model.when(image="b.png").predict("cat", box=BOX)
    caller.upload(model.picture("a.png"))
    with pytest.raises(AssertionError, match="no stub answers call 1"):
        await model.__aexit__(None, None, None)
    assert caller.send("get_session_info").status_code == 404
    caller.http.close()
