"""A request of the journal as a shell command: run by a real shell and a real curl, it asks the same again."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from modeldouble_server.administration.curl import _local
from modeldouble_server.default_world import PICTURES_PROJECT_ID, URL, VIDEO_ID
from modeldouble_server.picture_file import drawn
from modeldouble_server.serving.routes import ROUTES

if TYPE_CHECKING:
    from .conftest import Caller, Start

needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
SETTINGS = {"settings": {"conf": 0.5, "classes": ['it\'s "a"; $(touch x) `touch x` \n\\ @x']}}
STATES: dict[str, dict[str, Any]] = {
    "inference_image_id": {"image_id": 171250, **SETTINGS}, "inference_image_id_async": {"image_id": 171250},
    "inference_batch_ids": {"batch_ids": [171250, 17551748], **SETTINGS},
    "inference_batch_ids_async": {"batch_ids": [171250]}, "inference_image_url": {"image_url": URL, **SETTINGS},
    "inference_project_id_async": {"projectId": PICTURES_PROJECT_ID, **SETTINGS},
    "inference_video_id": {"videoId": VIDEO_ID, "startFrameIndex": 2, "framesCount": 3, **SETTINGS},
    "inference_video_id_async": {
        "videoId": VIDEO_ID, "startFrameIndex": 8, "framesCount": 3, "framesDirection": "backward",
    },
    "get_session_info": {}, "is_deployed": {}, "inference_image": {},
}  # fmt: skip
NAMES = [
    "$(touch x).png", "`touch x`.png", "a'b.png", 'a"b.png', "@x.png", "-o x.png", "--output", "a;type=text.png",
    "a,b.png", "a\\b.png", "<x.png", "a b.png", "ä.png", "\n.png", "*", "~", "-", "%00.png", "../../x.png",
    "/etc/passwd", "a&touch x", "$HOME", "!x", "#x",
    "a\\", 'a\\";type=x.png', "c:\\x\\",
]  # fmt: skip


def entries(caller: Caller) -> list[dict[str, Any]]:
    """The journal of the default model."""
    found: list[dict[str, Any]] = caller.ask("GET", "models/1/journal")["entries"]
    return found


def command(caller: Caller, number: int = -1) -> dict[str, Any]:
    """The command of an entry, the newest one if none is told."""
    told: dict[str, Any] = caller.ask("GET", f"models/1/journal/{entries(caller)[number]['number']}/curl")
    return told


def again(caller: Caller, folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the journal has of the newest request, and of the one that its command makes."""
    before = entries(caller)[-1]
    run = ["sh", "-c", f"{command(caller)['curl']} -sS -o /dev/null --noproxy '*'"]
    done = subprocess.run(run, cwd=folder, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert not (folder / "x").exists()
    after = entries(caller)[-1]
    assert after["number"] == before["number"] + 1
    return before, after


def same(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Both asked the same and were answered alike."""
    names = ("method", "route", "status", "settings", "contents", "pictures")
    return [before[name] for name in names] == [after[name] for name in names]


@needs_curl
@pytest.mark.parametrize("route", STATES)
def test_what_was_asked_by_json_is_asked_again(fake: Caller, tmp_path: Path, route: str) -> None:
    asked = fake.post(route, **STATES[route])
    (tmp_path / "picture").write_bytes(drawn("a.png", (8, 8)))
    before, after = again(fake, tmp_path)
    if route == "inference_image":
        # It was refused, as it was no form, and nothing is known of it.
        assert (asked.status_code, after["status"]) == (422, 200)
        return
    assert before["status"] == 200
    assert same(before, after)


@needs_curl
@pytest.mark.parametrize("route", [
    "get_inference_progress", "pop_inference_results", "get_inference_result", "get_inference_status",
    "get_preparing_progress", "stop_inference", "clear_inference_request",
])  # fmt: skip
def test_a_poll_asks_for_its_job(fake: Caller, tmp_path: Path, route: str) -> None:
    uuid = fake.post("inference_video_id_async", video_id=VIDEO_ID).json()["inference_request_uuid"]
    fake.post(route, inference_request_uuid=uuid)
    before, after = again(fake, tmp_path)
    assert same(before, after)
    assert (after["status"], after["job"]) == (200, uuid)


@needs_curl
@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
def test_the_method_is_kept(fake: Caller, tmp_path: Path, method: str) -> None:
    fake.http.request(method, f"{fake.server.session_url}/livez", timeout=20)
    assert same(*again(fake, tmp_path))


@needs_curl
@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_any_name_is_sent_again_and_its_name_runs_nothing(fake: Caller, tmp_path: Path, name: str) -> None:
    content = drawn("a.png", (8, 8))
    form: Any = [("files", (name, content)), ("settings", (None, json.dumps(SETTINGS)))]
    assert fake.http.post(f"{fake.server.session_url}/inference_image", files=form, timeout=20).ok
    (tmp_path / _local(entries(fake)[-1]["contents"][0]["name"])).write_bytes(content)
    before, after = again(fake, tmp_path)
    assert [before[one] for one in ("route", "status", "settings")] == [
        after[one] for one in ("route", "status", "settings")
    ]
    assert after["contents"][0]["sha256"] == before["contents"][0]["sha256"]
    assert after["contents"][0]["name"] == before["contents"][0]["name"]


@needs_curl
def test_a_batch_has_all_its_files(fake: Caller, tmp_path: Path) -> None:
    form = [("files", (f"{at}.png", drawn(f"{at}.png", (8, 8)))) for at in range(3)]
    fake.http.post(f"{fake.server.session_url}/inference_batch", files=form, timeout=20)
    for _, (name, content) in form:
        (tmp_path / name).write_bytes(content)
    assert same(*again(fake, tmp_path))


@needs_curl
def test_an_uploaded_video_is_asked_for_the_same_frames(fake: Caller, tmp_path: Path) -> None:
    pytest.importorskip("av")
    from modeldouble_server.default_world import DATA

    content = (DATA / "world" / "18635803.mp4").read_bytes()
    state = {"startFrameIndex": 4, "framesCount": 2, "framesDirection": "backward"}
    form: Any = [("files", ("v.mp4", content)), ("settings", (None, json.dumps(state)))]
    fake.http.post(f"{fake.server.session_url}/inference_video_async", files=form, timeout=60)
    (tmp_path / "v.mp4").write_bytes(content)
    before, after = again(fake, tmp_path)
    assert same(before, after)
    assert after["contents"][0]["frames"] == [4, 2, -1]


@needs_curl
@pytest.mark.parametrize("route", [
    "$(touch x)", "`touch x`", "a'b", "-o", "a;touch x", "{a,b}", "[1-3]", "a b", "ä", "%2e%2e/%2e%2e/livez", "%0a",
    "a&b",
])  # fmt: skip
def test_a_route_of_a_stranger_is_asked_as_it_is(fake: Caller, tmp_path: Path, route: str) -> None:
    answer = fake.http.post(f"{fake.server.session_url}/{route}", json={"state": {}}, timeout=20)
    assert answer.status_code in (404, 405)
    if entries(fake):
        assert same(*again(fake, tmp_path))


def test_dots_do_not_lead_out_of_the_model(fake: Caller) -> None:
    model = fake.server.fake.models[fake.server.session_token]
    model.journal.add("POST", "../../__admin/models/1/reset", 404, 0.1)
    url = next(one for one in shlex.split(command(fake)["curl"]) if one.startswith("http"))
    assert url == f"{fake.server.session_url}/%2E%2E/%2E%2E/__admin/models/1/reset"
    assert "--path-as-is" in command(fake)["curl"]


def test_what_must_lie_there_is_told(fake: Caller) -> None:
    fake.infer("../of a/street.jpg")
    told = command(fake)
    assert '\'files=@"./street.jpg";filename="../of a/street.jpg"\'' in told["curl"]
    assert told["remark"] == "what was uploaded must lie in the working folder: street.jpg"


@pytest.mark.parametrize(("name", "local"), [
    ("a.jpg", "./a.jpg"), ("/etc/passwd", "./passwd"), ("..", "./picture"), ("a/", "./picture"), ("", "./picture"),
    ("C:\\x\\y.png", "./y.png"), ("-", "./-"), ("a\0b", "./a?b"), ("\ud800", "./?"),
])  # fmt: skip
def test_no_name_leads_to_another_file_of_whoever_runs_it(name: str, local: str) -> None:
    assert _local(name) == local


def test_what_the_journal_does_not_have_is_told(fake: Caller) -> None:
    assert fake.post("inference_image_id", image_id=1).status_code == 404
    assert "complete the state" in command(fake)["remark"]
    fake.post("tracking_by_detection", videoId=VIDEO_ID)
    assert "does not have the request's body" in command(fake)["remark"]
    fake.post("inference_image_id", image_id=171250, settings={"x": "y" * 3000})
    assert "settings are longer" in command(fake)["remark"]
    fake.post("no_such_route")
    assert "none of a serving app" in command(fake)["remark"]
    fake.post("inference_batch_ids", batch_ids=[171250] * 60)
    assert "first 50 of 60" in command(fake)["remark"]


def test_a_secret_is_not_put_back(start: Start) -> None:
    caller = start(admin_token="a-token-of-ours")
    caller.post("inference_image_id", image_id=171250, settings={"note": "a-token-of-ours"})
    headers = {"Authorization": "Bearer a-token-of-ours"}
    told = caller.ask("GET", "models/1/journal/1/curl", headers=headers)
    assert "a-token-of-ours" not in told["curl"]
    assert "secrets were cut" in told["remark"]


def test_an_old_release_wants_a_token_that_is_not_told(start: Start) -> None:
    caller = start(dialect="2023")
    caller.post("get_session_info")
    told = command(caller)
    assert caller.server.api_token not in told["curl"]
    assert ('"api_token":"API_TOKEN"' in told["curl"], "API_TOKEN" in str(told["remark"])) == (True, True)


@pytest.mark.parametrize("number", ["2", "0", "x", "9" * 30])
def test_an_entry_that_is_not_there_is_a_404(fake: Caller, number: str) -> None:
    fake.post("get_session_info")
    fake.refused(404, "GET", f"models/1/journal/{number}/curl")


def test_every_route_has_a_command(fake: Caller) -> None:
    for route, methods in ROUTES.items():
        for method in methods:
            fake.http.request(method, f"{fake.server.session_url}/{route}", json={"state": {}}, timeout=20)
            words = shlex.split(command(fake)["curl"])
            assert words[:3] == ["curl", "-X", method]
            assert f"{fake.server.session_url}/{route}" in words


def send_as(caller: Caller, name: str) -> None:
    """A picture under a name of which any character may be %-encoded."""
    head = f"--x\r\nContent-Disposition: form-data; name=files; filename*=utf-8''{name}\r\n\r\n".encode()
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    url = f"{caller.server.session_url}/inference_image"
    body = head + drawn("a.png", (8, 8)) + b"\r\n--x--\r\n"
    assert caller.http.post(url, data=body, headers=headers, timeout=20).ok


@needs_curl
@pytest.mark.parametrize(
    "name", ["a%22b.png", "a%5C", "a%5C%22%3Btype%3Dx.png", "%22%3Bfilename%3Db.png", "a%2Cb%3B%3D.png"]
)
def test_a_name_with_quotes_is_sent_again(fake: Caller, tmp_path: Path, name: str) -> None:
    send_as(fake, name)
    (tmp_path / _local(unquote(name))).write_bytes(drawn("a.png", (8, 8)))
    before, after = again(fake, tmp_path)
    assert before["contents"][0]["name"] == unquote(name)
    # As browsers do, newer releases of curl write a quote in a name so, and a backslash before it hides what follows.
    sent = unquote(name).replace('\\"', "%22").replace('"', "%22")
    assert after["contents"][0]["name"] in (unquote(name), sent)
    assert after["contents"][0]["sha256"] == before["contents"][0]["sha256"]


@pytest.mark.parametrize("code", ["%03", "%04", "%0A", "%0D", "%15", "%1B%5B201~", "%7F", "%C2%9B", "%E2%80%A8"])
def test_no_name_is_a_key_to_the_terminal_that_it_is_pasted_into(fake: Caller, code: str) -> None:
    send_as(fake, f"a{code}b.png")
    assert entries(fake)[-1]["contents"][0]["name"] == f"a{unquote(code)}b.png"
    told = command(fake)
    assert f'@"./a{"?[201~" if "201~" in code else "?"}b.png"' in told["curl"]
    assert told["curl"].isprintable()
    assert "control characters" in told["remark"]


def test_other_names_are_told_without_a_remark_about_them(fake: Caller) -> None:
    fake.infer("\u00e4 b.jpg")
    assert "control" not in command(fake)["remark"]
