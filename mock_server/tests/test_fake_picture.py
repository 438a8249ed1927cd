"""Pictures: which bytes are one, and what is remembered of them."""

import contextlib
import hashlib
import io
import struct
import threading
import zlib
from typing import Any

import pytest
from PIL import Image

from modeldouble_server import picture
from modeldouble_server.picture import Examiner, Picture
from modeldouble_server.refusal import Refused

FORMATS = ["JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF"]
MIMES = ["image/jpeg", "image/png", "image/webp", "image/bmp", "image/gif", "image/tiff"]


def drawn(kind: str, size: tuple[int, int] = (31, 17), mode: str = "RGB", **options: Any) -> bytes:
    content = io.BytesIO()
    Image.effect_noise(size, 50).convert(mode).save(content, kind, **options)
    return content.getvalue()


def png_header(width: int, height: int, *more: tuple[bytes, bytes]) -> bytes:
    """A PNG of a few dozen bytes that claims any size, and has no pixels."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(b"")), *more]
    joined = b"".join(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
                      for kind, data in chunks)  # fmt: skip
    return b"\x89PNG\r\n\x1a\n" + joined


def examine(content: bytes, most: int = 1_000_000) -> Picture:
    return Examiner(most).examine(content, hashlib.sha256(content).hexdigest(), "file 'a.jpg'")


def refusal(content: bytes, most: int = 1_000_000) -> str:
    with pytest.raises(Refused) as refused:
        examine(content, most)
    assert refused.value.status == 400
    assert refused.value.text.startswith("file 'a.jpg'")
    return refused.value.text


@pytest.mark.parametrize(("kind", "mime"), list(zip(FORMATS, MIMES, strict=True)))
def test_a_whole_picture_gives_its_facts(kind: str, mime: str) -> None:
    content = drawn(kind)
    assert examine(content) == Picture(hashlib.sha256(content).hexdigest(), 31, 17, mime, len(content))


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "I;16", "CMYK"])
def test_a_picture_may_have_any_colours(mode: str) -> None:
    assert examine(drawn("TIFF", mode=mode)).width == 31


def test_a_picture_of_one_pixel_is_a_picture() -> None:
    assert examine(drawn("PNG", (1, 1)))[1:3] == (1, 1)


def test_a_rotation_in_the_metadata_does_not_turn_the_size() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    assert examine(drawn("JPEG", exif=turned))[1:3] == (31, 17)


def test_an_empty_file_is_refused() -> None:
    assert "is empty" in refusal(b"")


@pytest.mark.parametrize("content", [b"hello", b"\0" * 100, b"\xff\xd8\xff", b"<svg/>", b"GIF89a", b"RIFF0000WEBP"])
def test_what_is_no_picture_is_refused_in_the_same_words_each_time(content: bytes) -> None:
    assert "unsupported format: send the bytes of a whole JPEG" in refusal(content)
    assert "0x" not in refusal(content)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("part", [0.2, 0.6, 0.9])
def test_a_truncated_picture_is_refused(kind: str, part: float) -> None:
    content = drawn(kind, (200, 100))
    assert "unsupported format" in refusal(content[: int(len(content) * part)])


def test_a_jpeg_without_its_last_bytes_is_refused() -> None:
    content = drawn("JPEG", (200, 100))
    assert "unsupported format" in refusal(content[:-40])


@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_of_flipped_bytes_is_read_or_refused_but_nothing_else(kind: str) -> None:
    content = drawn(kind)
    for at in range(0, len(content), 5):
        with contextlib.suppress(Refused):
            assert examine(content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]).size == len(content)


@pytest.mark.parametrize("kind", ["EPS", "PPM", "ICO", "TGA", "PCX", "SGI", "PDF"])
def test_no_other_format_is_opened(kind: str) -> None:
    content = drawn(kind, (32, 32))
    assert "unsupported format" in refusal(content)


def test_the_pixel_limit_is_exact() -> None:
    content = drawn("PNG", (100, 50))
    assert examine(content, 5000).width == 100
    assert refusal(content, 4999).endswith("has 100 x 50 pixels, over the limit of 4,999; send a smaller picture")


@pytest.mark.parametrize("size", [(9500, 9500), (60_000, 60_000), (2**31 - 1, 2**31 - 1)])
def test_a_bomb_is_refused_by_its_header(size: tuple[int, int]) -> None:
    assert "send a smaller picture" in refusal(png_header(*size), 80_000_000)


def test_a_header_within_the_limit_but_without_pixels_is_refused() -> None:
    assert "unsupported format" in refusal(png_header(100, 100))


def test_a_picture_that_breaks_off_into_something_else_is_refused() -> None:
    assert "unsupported format" in refusal(png_header(1, 1, (b"\0\1\2\3", b"")))


def test_content_is_decoded_once() -> None:
    examiner = Examiner(1000)
    known = examiner.examine(drawn("PNG"), "aa", "x")
    assert examiner.examine(b"never looked at", "aa", "y") is known
    assert examiner.recall("aa") is known
    assert examiner.recall("bb") is None


def test_what_was_refused_is_not_remembered() -> None:
    examiner = Examiner(1000)
    for _ in range(2):
        with pytest.raises(Refused):
            examiner.examine(b"hello", "aa", "x")
    assert examiner.recall("aa") is None


def test_the_picture_that_was_asked_for_longest_ago_is_forgotten_first() -> None:
    examiner, content = Examiner(1000), drawn("GIF", (1, 1))
    for number in range(picture._REMEMBERED):
        examiner.examine(content, str(number), "x")
    examiner.recall("0")
    examiner.examine(content, "one more", "x")
    assert (examiner.recall("0") is None, examiner.recall("1") is None, examiner.recall("2") is None) == (
        False, True, False,
    )  # fmt: skip


def test_threads_may_examine_at_the_same_time() -> None:
    examiner, content = Examiner(1000), drawn("GIF", (2, 3))
    found: list[Picture] = []

    def work() -> None:
        found.extend(examiner.examine(content, str(number % 5), "x") for number in range(200))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [one[1:3] for one in found] == [(2, 3)] * 1600


@pytest.mark.parametrize(("orientation", "size"), [(1, (40, 30)), (3, (40, 30)), (6, (30, 40)), (8, (30, 40))])
def test_a_picture_is_seen_as_its_exif_data_turns_it(orientation: int, size: tuple[int, int]) -> None:
    file, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = orientation
    Image.new("RGB", (40, 30)).save(file, "JPEG", exif=exif)
    picture = Examiner(10_000).examine(file.getvalue(), "hash", "file")
    assert (picture.width, picture.height) == (40, 30)
    assert picture.upright == size
