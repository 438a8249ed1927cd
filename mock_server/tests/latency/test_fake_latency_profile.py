"""`modeldouble profile`: a served model of known times is measured over HTTP, on a timer that only its sleep moves."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from modeldouble_server import Server
from modeldouble_server.cli import main
from modeldouble_server.latency.app import MOST_ANSWER
from modeldouble_server.latency.command import Wanted, profile
from modeldouble_server.latency.reading import read_latency
from modeldouble_server.latency.recorded import MARK, read_profile
from modeldouble_server.refusal import CannotServe

TRUTH = {"lognormal": {"p50": 0.3, "p99": 0.9}, "per_image": 0.1, "per_megapixel": 2, "cold_start": 50}
SMALL = Wanted("64x48,400x400", "1,3", requests=30, deadline=86400, hardware="one T4")


class Steps:
    """A progress bar that counts."""

    def __init__(self) -> None:
        self.total = self.done = 0

    def __call__(self, total: int) -> AbstractContextManager[Steps]:
        self.total = total
        return nullcontext(self)

    def update(self, count: int) -> None:
        self.done += count


class Measuring:
    """A server whose sleep moves the timer, so that what it takes is exactly what its latency says."""

    def __init__(self) -> None:
        self.slept, self.said, self.bar = 0.0, list[str](), Steps()
        self.server = Server(sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.slept += seconds

    def profile(self, url: str, output: Path, wanted: Wanted = SMALL, **options: Any) -> None:
        profile(url, output, wanted, self.said.append, self.bar, timer=lambda: self.slept, environment={}, **options)


@pytest.fixture(scope="module")
def measuring() -> Iterator[Measuring]:
    made = Measuring()
    with made.server:
        yield made


@pytest.fixture(scope="module")
def written(measuring: Measuring, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("profile") / "yolo.yaml"
    url = measuring.server.add_model(latency=TRUTH, info={"app_name": "Serve\nYOLO", "device": "cuda"}).session_url
    measuring.profile(url, output, today="2026-11-23")
    return output


def test_what_was_measured_is_what_the_model_has(written: Path) -> None:
    found, truth = read_latency({"profile": written.name}, written.parent).terms, read_latency(TRUTH, None).terms
    assert found.cold_start == pytest.approx(50, rel=0.02)
    for pixels in ([64 * 48], [400 * 400] * 3):
        for part in (0.1, 0.5, 0.9):
            said, right = (
                one.times.at(part) + (one.per_image or 0) * (len(pixels) - 1) + one.per_megapixel * sum(pixels) / 1e6
                for one in (found, truth)
            )
            assert said == pytest.approx(right, rel=0.15)


def test_the_card_says_when_on_what_and_how_far_off(written: Path) -> None:
    document = read_latency({"profile": str(written)}, Path())
    assert document.label.startswith("measured 2026-11-23 on one T4, n=80, p50 off by ")
    text = written.read_text(encoding="utf-8")
    assert text.startswith(f"{MARK}\n")
    for said in ("app: Serve YOLO", "sizes: [64x48, 400x400]", "batch_sizes: [1, 3]", "held_out: 40", "url: http://"):
        assert said in text
    assert all(f"  p{at}: {{" in text or f"    p{at}: {{" in text for at in (10, 50, 90, 99))


def test_the_session_token_of_the_url_is_not_in_the_file(written: Path) -> None:
    assert "/net/***" in written.read_text(encoding="utf-8")


def test_a_table_says_how_good_it_is_and_the_bar_ends_where_it_should(measuring: Measuring, written: Path) -> None:
    lines = measuring.said[0].splitlines()
    assert [line.split()[0] for line in lines[1:5]] == ["p10", "p50", "p90", "p99"]
    assert all(line.endswith(" %") for line in lines[1:5])
    assert lines[-1].endswith("in a scenario: latency: {profile: yolo.yaml}")
    assert measuring.bar.done == measuring.bar.total == 1 + 31 * 4


def test_it_writes_over_its_own_file_and_over_no_other(measuring: Measuring, tmp_path: Path) -> None:
    url, wanted = measuring.server.add_model(latency=1).session_url, Wanted("8x8", "1", 6, 86400)
    ours, other = tmp_path / "ours.yaml", tmp_path / "other.yaml"
    other.write_text("mine")
    for _ in range(2):
        measuring.profile(url, ours, wanted)
    with pytest.raises(CannotServe, match=r"other\.yaml was not written by modeldouble profile; name another file"):
        measuring.profile(url, other, wanted)
    assert other.read_text() == "mine"
    assert sorted(tmp_path.iterdir()) == [other, ours][:: 1 if other < ours else -1]


def test_a_device_stands_for_hardware_that_was_not_told(measuring: Measuring, tmp_path: Path) -> None:
    url = measuring.server.add_model(latency=1, info={"device": "cuda:0"}).session_url
    measuring.profile(url, tmp_path / "a.yaml", Wanted("8x8", "1", 6, 86400))
    assert "hardware: device cuda:0" in (tmp_path / "a.yaml").read_text()


def test_settings_are_sent(measuring: Measuring, tmp_path: Path) -> None:
    model = measuring.server.add_model(latency=1)
    (tmp_path / "s.yaml").write_text("conf_thres: 0.75")
    measuring.profile(model.session_url, tmp_path / "a.yaml", Wanted("8x8", "1", 6, 86400, tmp_path / "s.yaml"))
    assert {one.settings["conf_thres"] for one in model.received()} == {0.75}


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted(sizes="8"), "--sizes has '8'; give such as 640x480,1280x960"),
        (Wanted(sizes="8x8,"), "--sizes has ''; give such as"),
        (Wanted(batch_sizes="1,-2"), "--batch-sizes has '-2'; give such as 1,4"),
        (Wanted(requests=5), "--requests is 5; give 6 to 10000"),
        (Wanted(requests=10_001), "--requests is 10001; give 6 to 10000"),
        (Wanted(deadline=float("nan")), "--deadline is nan; give 1 to 86400 seconds"),
        (Wanted(hardware=" "), "--hardware is ' '; give one line of at most 200 characters"),
        (Wanted(settings=Path("nope.yaml")), "--settings nope.yaml: cannot be read .*; name a YAML or JSON file"),
    ],
)
def test_wrong_options_are_told_before_anything_is_asked(
    measuring: Measuring, tmp_path: Path, wanted: Wanted, said: str
) -> None:
    with pytest.raises(CannotServe, match=said):
        measuring.profile("http://127.0.0.1:9", tmp_path / "a.yaml", wanted)
    assert not list(tmp_path.iterdir())


def test_a_model_that_fails_is_told_with_the_remedy(measuring: Measuring, tmp_path: Path) -> None:
    url = measuring.server.add_model(predictor=lambda *_: 1 / 0).session_url
    with pytest.raises(CannotServe, match="give --settings, --sizes and --batch-sizes that it takes"):
        measuring.profile(url, tmp_path / "a.yaml", SMALL)


class Answering(HTTPServer):
    """An app that answers a route with what a test says."""

    answers: dict[str, tuple[int, bytes]]


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Answering)
        self.rfile.read(int(self.headers["Content-Length"]))
        status, body = self.server.answers.get(self.path.rpartition("/")[2], (404, b""))
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Location", "http://127.0.0.1:9/elsewhere")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def answering() -> Iterator[Answering]:
    with Answering(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(10)


INFO = (200, b'{"app_name": "x"}')


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({}, "answers get_session_info with 404: ''; give the root of a serving app, or its session URL"),
        ({"get_session_info": (200, b"[1]")}, "says \\[1\\] of itself, as no serving app does; give the root of one"),
        ({"get_session_info": (200, b"<html>")}, "answers get_session_info with no JSON; give the root of a serving"),
        ({"get_session_info": (302, b"")}, "answers get_session_info with 302"),
        ({"get_session_info": INFO, "inference_image": (500, b"a\nb")}, "answers inference_image with 500: 'a"),
        ({"get_session_info": INFO, "inference_image": (200, b"[]")}, "answers inference_image of 1 with \\[\\]; give"),
        ({"get_session_info": INFO, "inference_image": (200, b"{}"), "inference_batch": (200, b"[]")},
         "answers inference_batch of 3 with \\[\\]; give --batch-sizes 1, or see its log"),
    ],
)  # fmt: skip
def test_an_app_that_answers_wrongly_is_told_in_one_line(
    answering: Answering, measuring: Measuring, tmp_path: Path, answers: dict[str, tuple[int, bytes]], said: str
) -> None:
    answering.answers = answers
    url = f"http://127.0.0.1:{answering.server_port}/net/SECRETSECRET"
    with pytest.raises(CannotServe, match=said) as caught:
        measuring.profile(url, tmp_path / "a.yaml")
    assert str(caught.value).startswith(f"http://127.0.0.1:{answering.server_port}/net/*** ")
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.iterdir())


def test_an_answer_without_end_is_given_up(answering: Answering, measuring: Measuring, tmp_path: Path) -> None:
    answering.answers = {"get_session_info": (200, b" " * (MOST_ANSWER + 1))}
    with pytest.raises(CannotServe, match="answers with over 67,108,864 bytes; give smaller --sizes or --batch-sizes"):
        measuring.profile(f"http://127.0.0.1:{answering.server_port}", tmp_path / "a.yaml")


def test_json_that_nests_too_deep_is_no_json(answering: Answering, measuring: Measuring, tmp_path: Path) -> None:
    answering.answers = {"get_session_info": (200, b"[" * 100_000)}
    with pytest.raises(CannotServe, match="answers get_session_info with no JSON"):
        measuring.profile(f"http://127.0.0.1:{answering.server_port}", tmp_path / "a.yaml")


def test_a_call_that_outlasts_the_deadline_is_told_with_the_remedy(measuring: Measuring, tmp_path: Path) -> None:
    url = measuring.server.add_model(latency=100).session_url
    with pytest.raises(CannotServe, match="does not answer in time; name a longer --deadline"):
        measuring.profile(url, tmp_path / "a.yaml", Wanted("8x8", "1", 6, deadline=50))


def test_too_few_rounds_until_the_deadline_are_told_and_nothing_is_written(
    measuring: Measuring, tmp_path: Path
) -> None:
    url = measuring.server.add_model(latency=10).session_url
    with pytest.raises(CannotServe, match="only 3 of each kind of request were answered in time"):
        measuring.profile(url, tmp_path / "a.yaml", Wanted("8x8", "1", 6, deadline=50.5))
    assert not list(tmp_path.iterdir())


def test_what_an_app_says_of_itself_is_cut_to_one_line_without_secrets(measuring: Measuring, tmp_path: Path) -> None:
    info = {"app_name": "a\u2028b\x07 " + "x" * 300, "model_name": "api_token=SECRETSECRET", "device": {"no": "text"}}
    url = measuring.server.add_model(latency=1, info=info).session_url
    measuring.profile(url, tmp_path / "a.yaml", Wanted("8x8", "1", 6, 86400))
    card = read_profile(tmp_path / "a.yaml")["card"]
    assert card["app"].startswith("a b xxx")
    assert len(card["app"]) < 200
    assert "SECRET" not in card["model"]
    assert card["hardware"] == "unknown hardware"


@pytest.mark.parametrize("name", [".", "none/a.yaml"])
def test_an_output_that_cannot_be_is_told_first(measuring: Measuring, tmp_path: Path, name: str) -> None:
    with pytest.raises(CannotServe, match="is a folder, or there is none for it; name a file in a folder that exists"):
        measuring.profile("http://127.0.0.1:9", tmp_path / name)


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="there is no folder that nobody may write")
def test_an_output_that_may_not_be_written_is_told_first(measuring: Measuring) -> None:
    with pytest.raises(CannotServe, match=r"^--output /proc/a\.yaml cannot be used .*; name a file that you may write"):
        measuring.profile("http://127.0.0.1:9", Path("/proc/a.yaml"), SMALL)


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://a/b", ""])
def test_what_is_no_http_url_is_told(measuring: Measuring, tmp_path: Path, url: str) -> None:
    with pytest.raises(CannotServe, match="give the http or https address of a running serving app"):
        measuring.profile(url, tmp_path / "a.yaml")


def test_settings_that_are_no_names_are_told(measuring: Measuring, tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("[1]")
    with pytest.raises(CannotServe, match="give settings as names with values"):
        measuring.profile("http://127.0.0.1:9", tmp_path / "a.yaml", SMALL._replace(settings=tmp_path / "s.yaml"))


def test_the_command_writes_a_profile_and_tells_errors_with_status_1(tmp_path: Path) -> None:
    output, short = tmp_path / "a.yaml", ["--sizes", "8x8", "--batch-sizes", "1", "--requests", "6"]
    with Server() as server:
        done = CliRunner().invoke(main, ["profile", server.session_url, "--output", str(output), *short])
    assert (done.exit_code, "worst median: " in done.output) == (0, True)
    assert read_latency({"profile": str(output)}, Path()).label.startswith("measured 2")
    gone = CliRunner().invoke(main, ["profile", server.session_url, "--output", str(output), *short])
    assert gone.exit_code == 1
    assert "does not answer get_session_info" in gone.output
    assert gone.output.count("\n") == 1
