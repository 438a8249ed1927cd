"""A fake embedded in a program: started, stopped, started again, in any number."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import requests

from modeldouble_server import CannotServe, Clock, Limits, Server, serve
from modeldouble_server.default_world import API_TOKEN, SESSION_TOKEN, VIDEO_ID
from modeldouble_server.reach import is_loopback

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.served.conftest import Caller, Start

OWN: dict[str, Any] = {"api_token": "an-api-token", "session_token": "a-session-token"}


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def alive(server: Server) -> bool:
    """The server answers."""
    try:
        return requests.get(f"{server.server_address}/livez", timeout=20).status_code == 200
    except requests.ConnectionError:
        return False


def our_threads() -> list[str]:
    """Threads that a server made."""
    return [one.name for one in threading.enumerate() if one is not threading.main_thread()]


def test_a_server_serves_inside_with_and_not_after() -> None:
    with Server() as server:
        assert alive(server)
    assert not alive(server)


def test_serve_makes_a_server_with_options() -> None:
    with serve(seed=3, session_token="mine") as server:
        assert server.session_url.endswith("/net/mine")


async def test_a_server_serves_inside_async_with_to_the_same_loop() -> None:
    async with Server() as server, aiohttp.ClientSession(server.server_address) as http, http.get("/livez") as answer:
        assert await answer.json() == {"running": True, "mode": "development"}
    assert not await asyncio.to_thread(alive, server)


def test_start_and_stop_may_be_called_by_hand_and_stop_twice() -> None:
    server = Server()
    server.stop()
    assert server.start() is server
    assert alive(server)
    server.stop()
    server.stop()
    assert not alive(server)


def test_a_server_that_runs_cannot_be_started_again() -> None:
    with Server() as server, pytest.raises(RuntimeError, match=r"call stop\(\)"):
        server.start()


def test_a_restart_keeps_the_port_and_makes_a_new_world() -> None:
    server = Server().start()
    port, added = server.port, server.add_video(frames=3)
    server.stop()
    with server:
        assert server.port == port
        assert server.add_video(frames=3) == added


def test_repeated_starts_leak_no_thread() -> None:
    before = our_threads()
    for _ in range(10):
        with Server() as one, Server() as other:
            files = {"files": ("a.jpg", b"decoded in a thread")}
            assert requests.post(f"{one.session_url}/inference_image", files=files, timeout=20).status_code == 400
            assert alive(other)
    assert our_threads() == before


def test_a_taken_port_is_refused_with_the_remedy_and_leaves_no_thread(taken: int) -> None:
    before = our_threads()
    server = Server(port=taken)
    with pytest.raises(CannotServe, match=f"127.0.0.1:{taken} .*--port 0"):
        server.start()
    assert our_threads() == before


def test_a_start_that_failed_may_be_repeated(taken: int) -> None:
    server = Server(port=taken)
    with pytest.raises(CannotServe):
        server.start()
    server.port = 0
    with server:
        assert alive(server)


@pytest.mark.parametrize("port", [-1, 65536, 10**9])
def test_a_port_that_is_none_is_refused(port: int) -> None:
    with pytest.raises(CannotServe):
        Server(port=port).start()


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid", "a" * 300])
def test_a_host_that_is_not_of_this_machine_is_refused_with_the_remedy(host: str) -> None:
    with pytest.raises(CannotServe, match=r"--host 127\.0\.0\.1"):
        Server(host=host, **OWN).start()


def test_what_needs_a_running_server_says_so() -> None:
    server = Server()
    for use in (lambda: server.fake, lambda: server.add_video(frames=1), lambda: server.call(asyncio.sleep(0))):
        with pytest.raises(RuntimeError, match=r"call start\(\) first"):
            use()
    with server:
        assert server.call(asyncio.sleep(0, result=7)) == 7
    for use in (lambda: server.fake, lambda: server.call(asyncio.sleep(0))):
        with pytest.raises(RuntimeError, match=r"call start\(\) first"):
            use()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_loopback_needs_no_tokens(host: str) -> None:
    assert is_loopback(host)
    assert Server(host=host).api_token == API_TOKEN


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.0.1", "example.org"])
@pytest.mark.parametrize(
    "tokens",
    [{}, {"api_token": "a"}, {"session_token": "b"}, {"api_token": "", "session_token": ""},
     {"api_token": API_TOKEN, "session_token": "b"}, {"api_token": "a", "session_token": SESSION_TOKEN}],
)  # fmt: skip
def test_any_other_host_needs_both_tokens_of_ones_own(host: str, tokens: dict[str, str]) -> None:
    with pytest.raises(CannotServe, match="MODELDOUBLE_API_TOKEN and MODELDOUBLE_SESSION_TOKEN"):
        Server(host=host, api_token=tokens.get("api_token"), session_token=tokens.get("session_token"))


@pytest.mark.parametrize("host", ["", " "])
def test_an_empty_host_is_refused_with_the_addresses_to_give(host: str) -> None:
    with pytest.raises(
        CannotServe, match=rf"host '{host}' is no address; use --host 127\.0\.0\.1, or --host 0\.0\.0\.0"
    ):
        Server(host=host, **OWN)


def test_a_public_server_serves_nothing_without_a_token(start: Start) -> None:
    fake = start(host="0.0.0.0", **OWN)
    assert fake.send("GET", "/livez").status_code == 404
    assert fake.send("POST", "/get_session_info").status_code == 404
    assert "Serve YOLOv5" not in fake.send("GET", "/").text
    assert fake.ask("get_session_info")["app_name"] == "Serve YOLOv5"
    assert fake.send("POST", f"/net/{SESSION_TOKEN}/get_session_info").status_code == 404


@pytest.mark.parametrize("token", ["a/b", "a b", "a\nAPI_TOKEN=x", "ü", "a#b", "a?b", "%2e"])
def test_a_token_that_does_not_fit_everywhere_is_refused(token: str) -> None:
    for name in ("api_token", "session_token"):
        with pytest.raises(CannotServe, match="letters, digits"):
            Server(**{name: token})  # type: ignore[arg-type]


def test_an_ipv6_address_is_written_in_brackets() -> None:
    assert Server(host="::1", port=7).server_address == "http://[::1]:7"


async def test_stop_cuts_a_video_that_is_being_inferred() -> None:
    slept, begun = threading.Event(), threading.Event()

    async def sleep(_: float) -> None:
        begun.set()
        try:
            await asyncio.sleep(3600)
        finally:
            slept.set()

    server = Server(sleep=sleep).start()
    body = {"state": {"videoId": VIDEO_ID}}
    async with aiohttp.ClientSession() as http:
        request = asyncio.create_task(http.post(f"{server.session_url}/inference_video_id", json=body))
        await asyncio.to_thread(begun.wait, 20)
        await asyncio.to_thread(server.stop)
        assert slept.is_set()
        with pytest.raises(aiohttp.ClientError):
            await request


def test_time_is_pushed_forward_for_one_server_only(start: Start) -> None:
    one, other = start(clock=Clock()), start(clock=Clock())
    jobs = [fake.start("inference_video_id_async", videoId=VIDEO_ID) for fake in (one, other)]
    one.server.clock.advance(1800)
    polls = [fake.poll("get_inference_progress", job) for fake, job in zip((one, other), jobs, strict=True)]
    assert polls[0]["progress"]["current"] == 10
    assert polls[1]["progress"]["current"] < 10 or polls[1]["created_at"] < polls[0]["created_at"] + 60


def test_two_servers_know_nothing_of_each_other(fake: Caller, start: Start, png: Callable[..., bytes]) -> None:
    other = start()
    uuid = fake.start("inference_video_id_async", videoId=VIDEO_ID)
    image_id = fake.server.add_image(png())
    assert other.post("get_inference_progress", inference_request_uuid=uuid).status_code == 404
    assert other.platform("images.info", {"id": image_id}).status_code == 404
    assert other.server.add_image(png(9, 9)) == image_id
    assert fake.ask("inference_image_id", image_id=image_id)["annotation"]["size"]["width"] == 40


def test_two_servers_warn_each_on_their_own(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    for fake in (start(), start()):
        fake.ask("inference_image_id", image_id=171250, settings={"conf_tres": 1})
    assert len([one for one in caplog.records if "conf_tres" in one.getMessage()]) == 2


def test_two_models_of_one_server_have_jobs_of_their_own(fake: Caller) -> None:
    model = fake.server.fake.root_model
    assert model is not None
    alike = ["0123456789abcdef-one", "0123456789abcdef-two"]
    for token in alike:
        fake.server.fake.add_model(token, model.spec, model.world)
    uuid = fake.ask(f"/net/{alike[0]}/inference_image_id_async", image_id=171250)["inference_request_uuid"]
    polls = [fake.post(f"/net/{token}/get_inference_progress", inference_request_uuid=uuid) for token in alike]
    assert [poll.status_code for poll in polls] == [200, 404]


def test_added_entities_get_new_ids(fake: Caller, png: Callable[..., bytes]) -> None:
    videos = [fake.server.add_video(frames=1) for _ in range(3)]
    images = [fake.server.add_image(png(), "same.png") for _ in range(3)]
    assert len({*videos}) == len({*images}) == 3
    assert VIDEO_ID not in videos


def test_two_added_videos_are_two_subjects(fake: Caller) -> None:
    first, second = (fake.server.add_video(frames=40) for _ in range(2))
    answers = [fake.ask("inference_video_id", videoId=video)["ann"] for video in (first, first, second)]
    objects = [[one["annotation"]["objects"] for one in answer] for answer in answers]
    assert objects[0] == objects[1] != objects[2]


def test_an_added_image_that_is_none_is_a_value_error(fake: Caller) -> None:
    with pytest.raises(ValueError, match="unsupported format"):
        fake.server.add_image(b"no picture")


@pytest.mark.parametrize("bad", [{"frames": -1}, {"frames": 1, "width": 0}, {"frames": 1, "fps": 0.0}])
def test_an_added_video_needs_positive_numbers(fake: Caller, bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="positive"):
        fake.server.add_video(**bad)


def test_a_world_holds_as_many_images_as_the_limit_says(start: Start, png: Callable[..., bytes]) -> None:
    fake = start(limits=Limits(entities=5))
    fake.server.add_image(png())
    with pytest.raises(ValueError, match="5 images"):
        fake.server.add_image(png())
