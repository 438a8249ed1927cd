"""What a command line of `modeldouble contract` makes: a plan, or why there is none."""

import io
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import modeldouble_server
from modeldouble_contract.command import Asked, contract, plan_of
from modeldouble_contract.plan import Plan
from modeldouble_contract.preflight import CannotCheck

URL = "http://127.0.0.1:8000"
BOTH = {"SERVER_ADDRESS": "http://127.0.0.1:9", "API_TOKEN": "from-the-environment"}


@contextmanager
def served(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """A web server of the standard library."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def answering(status: int, answers: Mapping[str, Any], kind: str = "application/json") -> type[BaseHTTPRequestHandler]:
    """Answers of one status by route; 404 for others."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            route = self.path.rpartition("/")[2]
            body = json.dumps(answers[route]).encode() if route in answers else b"{}"
            self.send_response(404 if route not in answers else 200 if route == "is_deployed" else status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Keep quiet."""

    return Handler


def judged(**asked: Any) -> tuple[int, str, str]:
    """Exit status, stdout and stderr of a command that finds no target."""
    out, err = io.StringIO(), io.StringIO()
    return contract(Asked(**asked), {}, out, err), out.getvalue(), " ".join(err.getvalue().split())


def test_a_url_makes_a_plan_with_everything_that_was_asked() -> None:
    asked = Asked(url=URL, image=("a.jpg",), video="v.mp4", settings="s.yaml", sdk="6.74.51", strict=True, patience=2.0)
    assert plan_of(asked, {}) == Plan(
        URL, image=("a.jpg",), video="v.mp4", settings="s.yaml", sdk="6.74.51", strict=True, patience=2.0
    )


def test_the_environments_token_does_not_go_to_a_url_that_needs_no_platform() -> None:
    assert plan_of(Asked(url=URL), BOTH).api_token is None
    assert plan_of(Asked(url=URL, token="given"), BOTH).api_token == "given"


def test_the_url_of_a_picture_may_have_a_query() -> None:
    url = "https://host/a.jpg?size=8#x"
    assert plan_of(Asked(url=URL, image_url=url), {}).image_url == url


@pytest.mark.parametrize("ids", [{"image_id": (1,)}, {"video_id": 0}])
def test_ids_need_the_platform_of_the_environment(ids: dict[str, Any]) -> None:
    plan = plan_of(Asked(url=URL, **ids), BOTH)
    assert (plan.server_address, plan.api_token) == tuple(BOTH.values())


def test_the_environments_token_does_not_go_to_another_platform() -> None:
    with pytest.raises(CannotCheck, match="API_TOKEN belongs to SERVER_ADDRESS and not to --server-address"):
        plan_of(Asked(task_id=1, server_address="http://127.0.0.1:7"), BOTH)


def test_a_task_is_found_through_its_platform() -> None:
    with modeldouble_server.serve() as server:
        environment = {"SERVER_ADDRESS": server.server_address, "API_TOKEN": server.api_token}
        plan = plan_of(Asked(task_id=server.task_id), environment)
    assert (plan.target, plan.task_id) == (server.session_url, server.task_id)


def test_a_platform_that_starts_is_waited_for() -> None:
    paused: list[float] = []
    ticks = iter(range(100))
    with pytest.raises(CannotCheck, match="no platform answers"):
        plan_of(Asked(task_id=1, wait=3.0), BOTH, clock=lambda: float(next(ticks)), sleep=paused.append)
    assert paused == [1.0, 1.0]


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ({}, "name one target: the URL of a serving app, or --task-id N"),
        ({"url": URL, "task_id": 1}, "name one target"),
        ({"task_id": 1}, "--task-id needs a platform: set SERVER_ADDRESS and API_TOKEN"),
        ({"task_id": 1, "server_address": "host", "token": "a-token"}, "--server-address 'host' cannot be asked"),
        ({"url": "localhost:8000"}, "URL 'localhost:8000' cannot be asked; give one such as http://localhost:8000"),
        ({"url": "http://host:x"}, "cannot be asked"),
        ({"url": "http://host:99999"}, "cannot be asked"),
        ({"url": "http://[host"}, "cannot be asked"),
        ({"url": "http://host/?a=1"}, "cannot be asked"),
        ({"url": "ftp://host"}, "cannot be asked"),
        ({"url": URL, "image_url": "foo"}, "--image-url 'foo' cannot be asked; give one such as http://example.com/"),
        ({"url": URL, "image_url": "file:///a.jpg"}, "--image-url 'file:///a.jpg' cannot be asked"),
        ({"url": URL, "sdk": "newest"}, "release is 'newest'; name one of the official SDK, such as 6.74.51"),
        ({"url": URL, "settings": "/missing.yaml"}, "--settings /missing.yaml cannot be read"),
        ({"url": URL, "image": ("/missing.jpg",)}, "--image /missing.jpg cannot be read"),
        ({"url": URL, "video": "/missing.mp4"}, "--video /missing.mp4 cannot be read"),
        ({"url": "http://127.0.0.1:1"}, "nothing answers there (ConnectionError): start the app, or correct the URL"),
    ],
)
def test_what_cannot_be_checked_is_2_with_the_remedy(asked: dict[str, Any], reason: str) -> None:
    status, out, err = judged(**asked)
    assert (status, out) == (2, "")
    assert err.startswith("COULD NOT CHECK: ")
    assert reason in err


def test_a_plain_web_server_is_2() -> None:
    with served(SimpleHTTPRequestHandler) as url:
        status, _, err = judged(url=url)
    assert status == 2
    assert "get_session_info answers 501: it is no serving app" in err


def test_a_web_page_is_2() -> None:
    with served(answering(200, {"get_session_info": {}}, "text/html")) as url:
        status, _, err = judged(url=url)
    assert status == 2
    assert "it answers with a web page" in err


def test_an_app_without_a_model_is_2_with_the_remedy() -> None:
    with served(answering(500, {"get_session_info": {}, "is_deployed": {"deployed": False}})) as url:
        status, _, err = judged(url=url)
    assert status == 2
    assert "its model is not deployed: deploy it (press Serve in the app), or give --wait" in err


def test_what_could_not_be_checked_is_red_in_every_report(tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("junit", "json", "markdown", "html")}
    assert judged(url="http://127.0.0.1:1", **files)[0] == 2
    assert [name for name, path in files.items() if "COULD NOT CHECK" not in path.read_text()] == []


def test_a_report_that_cannot_be_written_is_2_before_the_target_is_asked(tmp_path: Path) -> None:
    status, _, err = judged(url="http://127.0.0.1:1", html=tmp_path)
    assert status == 2
    assert f"--html {tmp_path} cannot be written (it is a folder)" in err


def test_secrets_are_told_nowhere(tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("junit", "json", "markdown", "html")}
    url = "http://someone:hush-hush@127.0.0.1:1/net/very-secret-session"
    _, out, err = judged(url=url, token='very-"secret', **files)
    told = [out, err, *(path.read_text() for path in files.values())]
    assert not [text for text in told for secret in ("hush", "very-secret", 'very-"', "very-&") if secret in text]


def test_a_secret_is_hidden_in_whatever_form_it_comes() -> None:
    plan = Plan("http://host/net/a%2Fb", 'k&"y/1')
    forms = ('k&"y/1', 'k&\\"y/1', "k%26%22y/1", "k&amp;&quot;y/1")
    assert [plan.hide(f"<{form}>") for form in forms] == ["<$API_TOKEN>"] * 4
    assert plan.hide(plan.target) == "http://host/net/$SESSION_TOKEN"


class Failing(io.StringIO):
    """A stream that cannot take its first line, as a defect of the suite would have it."""

    failed = False

    def write(self, text: str) -> int:
        if not self.failed:
            self.failed = True
            raise RuntimeError("the first line is lost")
        return super().write(text)


def test_a_suite_that_fails_on_a_target_that_it_found_is_1_and_says_whose_fault_it_is() -> None:
    out = Failing()
    with modeldouble_server.serve() as server:
        status = contract(Asked(url=server.session_url), {}, out, io.StringIO())
    told = " ".join(out.getvalue().split())
    assert status == 1
    assert "THE SUITE FAILED: RuntimeError: pytest ended with" in told
    assert "Traceback (most recent call last)" in told
    assert "please report it in modeldouble's issue tracker" in told


def test_a_suite_that_fails_before_it_found_the_target_is_2() -> None:
    err = io.StringIO()
    asked = Asked(url="http://127.0.0.1:1", sdk=7)  # type: ignore[arg-type]
    assert contract(asked, {}, io.StringIO(), err) == 2
    assert err.getvalue().startswith("COULD NOT CHECK: TypeError: ")
