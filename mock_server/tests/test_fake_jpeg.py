"""JPEGs that surely decode: whatever is said to be sure, Pillow decodes to the same facts."""

import io
from collections.abc import Iterator

import pytest
from PIL import Image

from modeldouble_server.jpeg import Head, sure_head
from modeldouble_server.picture import Examiner
from modeldouble_server.predict.chance import Chance

SCAN, END = b"\xff\xda", b"\xff\xd9"


def drawn(size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: object) -> bytes:
    content = io.BytesIO()
    Image.effect_noise(size, 50).convert(mode).save(content, "JPEG", **options)
    return content.getvalue()


def decoded(content: bytes) -> tuple[int, int]:
    image = Image.open(io.BytesIO(content), formats=("JPEG",))
    image.load()
    return image.size


@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize(
    "options", [{}, {"subsampling": 0}, {"subsampling": 1}, {"optimize": True}, {"restart_marker_blocks": 2}]
)
def test_an_ordinary_picture_is_sure(mode: str, options: dict[str, object]) -> None:
    assert sure_head(drawn((31, 17), mode, **options)) == Head(31, 17, is_bare=True)


@pytest.mark.parametrize("content", [drawn(progressive=True), drawn(mode="CMYK"), drawn() + b"\0", drawn()[:-2], b""])
def test_of_everything_else_only_a_decoder_can_tell(content: bytes) -> None:
    assert sure_head(content) is None


def test_metadata_has_to_be_read() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    head = sure_head(drawn(exif=exif))
    assert head == Head(64, 48, is_bare=False)


def test_a_cut_picture_that_is_given_an_end_is_drawn_as_a_decoder_draws_it() -> None:
    cut = drawn()[:-400] + END
    assert sure_head(cut) == (*decoded(cut), True)


@pytest.mark.parametrize("more", [END, b"\xff\xc4\0\2", b"\xff\xda\0\x08", b"\xff\xc0\0\2"])
def test_nothing_but_the_end_may_stand_behind_the_data(more: bytes) -> None:
    whole = drawn()
    assert sure_head(whole[:-2] + more + END) is None


def test_huffman_codes_of_which_there_cannot_be_so_many_are_for_a_decoder() -> None:
    whole = drawn()
    at = whole.find(b"\xff\xc4") + 5
    # Three codes of one bit; the number of all stays.
    spoiled = bytearray(whole)
    spoiled[at], spoiled[at + 2] = 3, whole[at + 2] - 3 + whole[at]
    assert sum(spoiled[at : at + 16]) == sum(whole[at : at + 16])
    assert sure_head(bytes(spoiled)) is None
    with pytest.raises(OSError, match="broken data stream"):
        decoded(bytes(spoiled))


def test_thousands_of_segments_are_not_walked_through() -> None:
    whole = drawn()
    comment = b"\xff\xfe\0\2"
    assert sure_head(whole[:2] + comment * 50 + whole[2:]) is not None
    assert sure_head(whole[:2] + comment * 64 + whole[2:]) is None


def damaged(whole: bytes, number: int) -> bytes:
    """Some bytes changed, taken out or put in, most of them before the data."""
    chance = Chance("damaged", number)
    content, head = bytearray(whole), whole.find(SCAN) + 14
    for _ in range(chance.whole(1, 3)):
        at = chance.whole(2, head if chance.unit() < 0.8 else len(content) - 3)
        how = chance.whole(0, 3)
        if how == 0:
            content[at : at + chance.whole(1, 30)] = b""
        elif how == 1:
            content[at:at] = bytes(chance.choice((0xFF, 0xD9, 0xDA, 0xC0, 0xC4, 0, 1)) for _ in range(3))
        else:
            content[at] = chance.whole(0, 255)
        if len(content) < head + 10:
            break
    return bytes(content)


def damages() -> Iterator[bytes]:
    wholes = [drawn((31, 17)), drawn((8, 8), "L"), drawn(subsampling=0, restart_marker_blocks=1)]
    return (damaged(whole, number) for number in range(1500) for whole in wholes)


def test_what_is_sure_of_damaged_pictures_is_what_a_decoder_says() -> None:
    sure = 0
    for content in damages():
        head = sure_head(content)
        if head is not None:
            sure += 1
            assert decoded(content) == head[:2]
    assert sure > 300


def test_a_glance_tells_the_facts_and_remembers_them() -> None:
    examiner, content = Examiner(10_000), drawn()
    found = examiner.glance(content, "hash")
    assert found is not None
    assert (found[:4], found.size, found.upright) == (("hash", 64, 48, "image/jpeg"), len(content), (64, 48))
    assert found == Examiner(10_000).examine(content, "hash", "x")
    assert examiner.recall("hash") is found


def test_a_glance_leaves_refusals_and_turns_to_who_knows_them() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert Examiner(64 * 48 - 1).glance(drawn(), "hash") is None
    assert Examiner(10_000).glance(drawn(exif=exif), "hash") is None
    assert Examiner(10_000).examine(drawn(exif=exif), "hash", "x").upright == (48, 64)


def test_a_segment_of_tables_is_refused_as_often_as_it_comes_and_taken_again() -> None:
    examiner, good = Examiner(10_000), drawn()
    at = good.index(b"\xff\xc4") + 4
    bad = good[:at] + b"\x0f" + good[at + 1 :]
    seen = [examiner.glance(one, f"{number}") is None for number, one in enumerate((good, bad, good, bad))]
    assert seen == [False, True, False, True]


def test_a_broken_segment_of_tables_is_refused_beside_whole_ones() -> None:
    good = drawn()
    assert sure_head(good[:2] + b"\xff\xc4\x00\x03\x00" + good[2:]) is None
