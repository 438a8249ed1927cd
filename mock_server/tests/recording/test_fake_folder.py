"""The folder of a recording: lines at the end, blobs once, bounds, and what a crash leaves."""

from pathlib import Path

import pytest

from modeldouble_server import CannotServe
from modeldouble_server.recording.exchange import ABOUT, BLOBS, LINES
from modeldouble_server.recording.folder import Bounds, Folder
from modeldouble_server.recording.reading import read_about, read_exchanges
from modeldouble_server.redaction import Secrets

from .conftest import line, lines, written


def folder(path: Path, **bounds: int) -> Folder:
    return Folder(path / "r", Secrets(["known-secret"]), Bounds(**bounds))


def test_a_line_is_on_the_disk_at_once(tmp_path: Path) -> None:
    made = folder(tmp_path)
    assert made.add({"number": 0, "route": "ä"})
    assert lines(made.path) == [{"number": 0, "route": "ä"}]


def test_a_recording_goes_on_where_it_ended(tmp_path: Path) -> None:
    made = folder(tmp_path)
    made.tell({"url": "first"})
    made.add({"number": 41})
    made.close()
    again = folder(tmp_path)
    again.tell({"url": "second"})
    assert (again.count, again.next_number) == (1, 42)
    assert read_about(again.path)["url"] == "first"


def test_half_a_line_does_not_spoil_the_next(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = written(tmp_path / "r", line("a", {}, {}))
    with (path / LINES).open("a") as file:
        file.write('{"number": 1, "rou')
    folder(tmp_path).add(line("b", {}, {}, 2))
    assert [one.route for one in read_exchanges(path)] == ["a", "b"]
    assert "line 2 is broken" in caplog.text


@pytest.mark.parametrize("broken", ["{}", "[]", '{"number": 1, "route": 2, "status": 200}', "null", "[" * 9000])
def test_a_line_that_is_no_exchange_is_passed_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    path = written(tmp_path, line("a", {}, {}))
    with (path / LINES).open("a") as file:
        file.write(broken + "\n")
    assert len(read_exchanges(path)) == 1
    assert "line 2" in caplog.text


def test_exchanges_are_read_in_the_order_of_their_requests(tmp_path: Path) -> None:
    path = written(tmp_path, line("second", {}, {}, 2), line("first", {}, {}, 1))
    assert [one.route for one in read_exchanges(path)] == ["first", "second"]


def test_a_blob_is_kept_once_and_counted(tmp_path: Path) -> None:
    made = folder(tmp_path)
    known = made.keep(b"picture")
    assert made.keep(b"picture") == known
    assert (made.path / BLOBS / str(known["sha256"])).read_bytes() == b"picture"
    assert made.bytes == known["size"] == 7


def test_a_blob_with_a_secret_is_known_by_its_hash_only(tmp_path: Path) -> None:
    made = folder(tmp_path)
    assert made.keep(b"a known-secret in it")["kept"] is False
    assert list((made.path / BLOBS).iterdir()) == []


def test_a_blob_over_the_bound_of_the_disk_is_known_by_its_hash_only(tmp_path: Path) -> None:
    made = folder(tmp_path, disk=5)
    assert made.keep(b"picture")["kept"] is False


@pytest.mark.parametrize("bounds", [{"exchanges": 1}, {"disk": 20}])
def test_a_full_recording_says_so_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, bounds: dict[str, int]
) -> None:
    made = folder(tmp_path, **bounds)
    assert [made.add({"number": at}) for at in range(3)] == [True, False, False]
    assert caplog.text.count("is not complete") == 1


def test_what_the_recording_is_about_has_no_secret(tmp_path: Path) -> None:
    made = folder(tmp_path)
    made.tell({"url": "http://h/net/abc", "info": {"note": "known-secret"}})
    assert read_about(made.path) == {"format": 1, "url": "http://h/net/***", "info": {"note": "***"}}


def test_a_folder_with_something_else_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / "thesis.tex").touch()
    with pytest.raises(CannotServe, match="other files"):
        folder(tmp_path)


def test_lines_without_a_word_about_their_app_are_something_else(tmp_path: Path) -> None:
    folder(tmp_path).add({"number": 0})
    with pytest.raises(CannotServe, match="other files"):
        folder(tmp_path)


def test_what_a_start_left_that_was_killed_is_used_again(tmp_path: Path) -> None:
    folder(tmp_path).close()
    assert folder(tmp_path).add({"number": 0})


def test_blobs_of_somebody_else_are_something_else(tmp_path: Path) -> None:
    (tmp_path / BLOBS).mkdir()
    (tmp_path / BLOBS / "mine.bin").write_bytes(b"mine")
    with pytest.raises(CannotServe, match="has other files in it; name a new folder"):
        Folder(tmp_path, Secrets([]))
    assert (tmp_path / BLOBS / "mine.bin").read_bytes() == b"mine"


def test_a_recording_that_never_began_leaves_nothing(tmp_path: Path) -> None:
    made = folder(tmp_path)
    made.keep(b"a page")
    made.add({"number": 0})
    made.abandon()
    assert list(made.path.iterdir()) == []


def test_a_recording_that_cannot_go_on_keeps_what_it_has(tmp_path: Path) -> None:
    path = written(tmp_path / "r", line("a", {}, {}))
    folder(tmp_path).abandon()
    assert [one.route for one in read_exchanges(path)] == ["a"]


@pytest.mark.parametrize("option", ["--output", "--replay"])
def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path, option: str) -> None:
    (tmp_path / "r").touch()
    with pytest.raises(CannotServe, match=f"^{option} .* cannot be written .*; name a folder that you may write"):
        Folder(tmp_path / "r", Secrets([]), option=option)


@pytest.mark.parametrize(
    ("about", "why"),
    [(None, "is no recording"), ("{", "is broken"), ("[]", "is broken"), ('{"format": 2}', "format 2")],
)
def test_a_folder_that_is_no_recording_is_refused(tmp_path: Path, about: str | None, why: str) -> None:
    if about is not None:
        (tmp_path / ABOUT).write_text(about)
    with pytest.raises(CannotServe, match=why):
        read_about(tmp_path)
