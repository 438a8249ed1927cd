"""A stream that does not take what it is told: the run ends with 2, which blames nobody, and never with a traceback."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import modeldouble_server
from modeldouble_contract.command import Asked, contract
from modeldouble_contract.output import Output

COMMAND = "from modeldouble_server.cli import main; main()"


class Leaving(io.StringIO):
    """A stream whose reader leaves after some lines."""

    def __init__(self, lines: int) -> None:
        super().__init__()
        self.left = lines

    def write(self, text: str) -> int:
        if self.left == 0:
            raise BrokenPipeError(32, "Broken pipe")
        self.left -= 1
        return super().write(text)


@pytest.fixture(scope="module")
def server() -> Iterator[modeldouble_server.Server]:
    with modeldouble_server.serve() as server:
        yield server


@pytest.mark.parametrize("lines", [0, 1])
def test_a_report_that_nobody_reads_is_2(lines: int, server: modeldouble_server.Server, tmp_path: Path) -> None:
    err, file = io.StringIO(), tmp_path / "report.json"
    assert contract(Asked(url=server.session_url, sdk="6.74.51", json=file), {}, Leaving(lines), err) == 2
    told = "COULD NOT CHECK: stdout cannot be written (Broken pipe); let it be read to its end, or send it to a file\n"
    assert err.getvalue() == told
    assert '"verdict"' in file.read_text()


@pytest.mark.parametrize("streams", [(None, io.StringIO()), (io.StringIO(), None), (None, None)])
def test_a_closed_stream_is_2(streams: tuple[io.StringIO | None, io.StringIO | None]) -> None:
    assert contract(Asked(url="http://127.0.0.1:1"), {}, *streams) == 2


def test_what_is_lost_is_lost_once() -> None:
    output = Output(stream := Leaving(1))
    for line in ("one", "two", "three"):
        output.say(line)
    assert (output.lost, output.terminal, stream.getvalue()) == ("Broken pipe", False, "one\n")


def test_what_others_write_after_the_reader_left_harms_nobody() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as stream:
        output = Output(stream)
        output.say("one")
        stream.write("two\n")
        stream.flush()
    assert output.lost


def test_a_stream_that_takes_everything_has_lost_nothing() -> None:
    output = Output(stream := io.StringIO())
    output.say("one")
    assert (stream.getvalue(), output.lost, output.terminal) == ("one\n", "", False)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full file")
@pytest.mark.parametrize("option", ["junit", "json", "markdown", "html"])
def test_a_report_without_room_is_2_and_names_its_option(option: str, server: modeldouble_server.Server) -> None:
    err = io.StringIO()
    asked = Asked(url=server.session_url, first=True, **{option: Path("/dev/full")})  # type: ignore[arg-type]
    assert contract(asked, {}, io.StringIO(), err) == 2
    assert f"--{option} /dev/full cannot be written ([Errno 28]" in " ".join(err.getvalue().split())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full file")
def test_the_command_line_ends_with_2_where_stdout_is_full(server: modeldouble_server.Server) -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-c", COMMAND, "contract", server.session_url, "--first"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=120, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("COULD NOT CHECK: stdout cannot be written (No space left on device)")
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(os.name == "nt", reason="there is no shell that closes a stream")
@pytest.mark.parametrize(("closed", "status", "said"), [("2>&-", 0, "HOLDS"), (">&-", 2, "(it is closed)")])
def test_a_shell_may_close_either_stream(
    closed: str, status: int, said: str, server: modeldouble_server.Server, tmp_path: Path
) -> None:
    shell = f'"$0" -c "$1" contract {server.session_url} {closed}'
    command = ["/bin/sh", "-c", shell, sys.executable, COMMAND]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, said in done.stdout + done.stderr) == (status, True)
    assert "Traceback" not in done.stdout + done.stderr
