"""A request can be asked again by hand: its curl line survives a shell, and gives no secret away."""

import json
import subprocess
from pathlib import Path

import pytest

from modeldouble_contract.exchange import Exchange, File, Sent

from .said import answered

NASTY = """it's "quoted", $HOME `id` \\ é 圖; @x <y
second line"""


def words(line: str, **environment: str) -> list[str]:
    """What a shell makes of a line: the arguments that curl would get."""
    script = f'curl() {{ printf "%s\\0" "$@"; }}; {line}'
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, check=True, timeout=20)
    return done.stdout.decode().split("\0")[:-1]


@pytest.mark.parametrize("text", [NASTY, "", "--", "{'a': 1}", "$API_TOKENS", "a\tb"])
def test_a_body_comes_out_of_the_shell_as_it_was_sent(text: str) -> None:
    sent = Sent("POST", "http://app/x?a=1&b=2", text, "application/json")
    expected = text.replace("$API_TOKEN", "t") if "$API_TOKEN" in text else text
    assert words(sent.curl(), API_TOKEN="t") == [
        "-sS", "-X", "POST", "http://app/x?a=1&b=2", "-H", "Content-Type: application/json", "--data-binary", expected,
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["API_TOKEN", "SESSION_TOKEN", "PASSWORD"])
def test_a_secret_is_a_variable_that_the_shell_fills_in(name: str) -> None:
    line = Sent("POST", f"http://app/net/${name}/x", json.dumps({"token": f"${name}", "text": "it's"})).curl()
    found = words(line, **{name: "a b'c"})
    assert found[3] == "http://app/net/a b'c/x"
    assert found[-1] == '{"token": "a b\'c", "text": "it\'s"}'


def test_text_of_a_form_is_not_read_as_a_file_nor_cut() -> None:
    sent = Sent("POST", "http://app/x", files=(), fields=(("settings", "@it's;type=text/plain"),))
    assert words(sent.curl())[-2:] == ["--form-string", "settings=@it's;type=text/plain"]


def test_a_file_of_the_authors_is_named_with_where_it_lies() -> None:
    sent = Sent("POST", "http://app/x", files=(File("a.jpg", b"", "/pictures/it's.jpg"), File("own.jpg", b"")))
    assert words(sent.curl())[-3:] == [
        "files=@/pictures/it's.jpg;filename=a.jpg", "-F", "files=@own.jpg;filename=own.jpg",
    ]  # fmt: skip


def test_names_with_semicolons_and_quotes_are_quoted_for_curl() -> None:
    sent = Sent("POST", "http://app/x", files=(File('a;"b".jpg', b""),))
    assert words(sent.curl())[-1] == 'files=@"a;\\"b\\".jpg";filename="a;\\"b\\".jpg"'


def test_a_joint_makes_several_lines() -> None:
    sent = Sent("POST", "http://app/x", "{}", "application/json")
    line = sent.curl(" \\\n  ")
    assert line.count("\n") == 2
    assert words(line) == words(sent.curl())


def test_an_answer_is_shown_in_one_short_line() -> None:
    shown = answered(b"line\nline " * 400, 500, kind="text/plain").shown()
    assert shown.startswith("500 text/plain: line line")
    assert len(shown) < 400
    assert shown.endswith(" ...")
    assert "\n" not in shown


def test_an_answer_of_bytes_without_a_type_is_shown() -> None:
    assert answered(b"\xff\x00", kind="").shown() == "200 without a content type: \ufffd\x00"


def test_curl_itself_reads_the_line(tmp_path: Path) -> None:
    picture = tmp_path / "it's;here.jpg"
    picture.write_bytes(b"123")
    at = Exchange("x", Sent("POST", "file:///dev/null", files=(File("a;b", b"", str(picture)),)), 200, "", b"", 0.0)
    done = subprocess.run(["bash", "-c", at.sent.curl()], capture_output=True, timeout=20)
    if done.returncode == 127:
        pytest.skip("there is no curl here")
    assert b"option" not in done.stderr, done.stderr
    assert b"read" not in done.stderr, done.stderr
