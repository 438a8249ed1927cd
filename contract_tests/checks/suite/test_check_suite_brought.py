"""What the author brings is read before anything is asked; what cannot be used is refused with option and remedy."""

from pathlib import Path

import pytest
from PIL import Image

from modeldouble_contract.brought import PICTURES, VIDEO, VIDEO_FRAMES, VIDEO_SIZE, bring, shipped_video
from modeldouble_contract.plan import Plan


def saved(folder: Path, name: str, mode: str = "RGB", turn: int = 1) -> str:
    """A picture of 40 x 30 pixels with an EXIF orientation."""
    exif = Image.Exif()
    exif[0x0112] = turn
    Image.new(mode, (40, 30)).save(folder / name, exif=exif)
    return str(folder / name)


def test_without_material_the_suite_brings_its_own() -> None:
    found = bring(Plan("http://app"))
    assert [one.file.name for one in found.pictures] == list(PICTURES)
    assert len({(one.width, one.height) for one in found.pictures}) == 3
    assert found.video == shipped_video()
    assert not found.own
    assert found.settings == {}


def test_own_pictures_come_first_and_are_four_at_most(tmp_path: Path) -> None:
    paths = tuple(saved(tmp_path, f"{at}.png") for at in range(6))
    found = bring(Plan("http://app", image=paths))
    assert [one.file.name for one in found.pictures] == ["0.png", "1.png", "2.png", "3.png", *PICTURES]
    assert found.own
    assert found.pictures[0].file.where == paths[0]


@pytest.mark.parametrize(("turn", "size"), [(1, (40, 30)), (3, (40, 30)), (6, (30, 40)), (8, (30, 40))])
def test_a_picture_is_measured_as_it_is_shown(turn: int, size: tuple[int, int], tmp_path: Path) -> None:
    picture = bring(Plan("http://app", image=(saved(tmp_path, "a.jpg", turn=turn),))).pictures[0]
    assert (picture.width, picture.height) == size


@pytest.mark.parametrize(
    ("name", "mode"), [("ж圖 ;.png", "RGBA"), ("a.gif", "P"), ("grey.jpg", "L"), ("a.png", "1"), ("a.webp", "RGB")]
)
def test_any_kind_of_picture_is_read(name: str, mode: str, tmp_path: Path) -> None:
    path = tmp_path / name
    Image.new(mode, (4, 3)).save(path)
    picture = bring(Plan("http://app", image=(str(path),))).pictures[0]
    assert (picture.width, picture.height, picture.file.name) == (4, 3, name)


def test_what_is_no_picture_is_told_without_what_holds_it(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    with pytest.raises(ValueError, match=r"a\.jpg cannot be read \(it is no picture\); give"):
        bring(Plan("http://app", image=(str(tmp_path / "a.jpg"),)))


@pytest.mark.parametrize("content", [b"", b"text", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"])
def test_what_is_no_picture_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "a.jpg"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=r"--image .*a\.jpg cannot be read .*; give a picture such as a JPEG or PNG"):
        bring(Plan("http://app", image=(str(file),)))


def test_a_truncated_picture_is_refused(tmp_path: Path) -> None:
    file = Path(saved(tmp_path, "a.jpg", turn=6))
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(ValueError, match="--image"):
        bring(Plan("http://app", image=(str(file),)))


@pytest.mark.parametrize("path", ["/nowhere/a", "/", "\0"])
@pytest.mark.parametrize("option", ["image", "video"])
def test_what_cannot_be_read_is_refused(path: str, option: str) -> None:
    plan = Plan("http://app", image=(path,)) if option == "image" else Plan("http://app", video=path)
    with pytest.raises(ValueError, match=f"--{option} .* cannot be read"):
        bring(plan)


def test_a_video_that_is_too_large_to_be_sent_many_times_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "v.mp4"
    with file.open("wb") as out:
        out.truncate(100 * 1024 * 1024 + 1)
    with pytest.raises(ValueError, match="it has over 104,857,600 bytes, which are the most"):
        bring(Plan("http://app", video=str(file)))


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="there is no file without end")
@pytest.mark.parametrize("option", ["image", "video"])
def test_a_file_without_end_is_refused(option: str) -> None:
    plan = Plan("http://app", image=("/dev/zero",)) if option == "image" else Plan("http://app", video="/dev/zero")
    with pytest.raises(ValueError, match=rf"--{option} /dev/zero cannot be read \(it has over 104,857,600 bytes"):
        bring(plan)


@pytest.mark.parametrize("content", [b"", b"import os\n" * 50, b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"ftyp"])
def test_what_is_no_video_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "v.mp4"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=r"--video .*v\.mp4 cannot be read \(it is no video\); give a video such as"):
        bring(Plan("http://app", video=str(file)))


@pytest.mark.parametrize(
    ("name", "codec"), [("mp4", "mpeg4"), ("mov", "mpeg4"), ("3gp", "mpeg4"), ("matroska", "mpeg4"), ("webm", "libvpx"),
                        ("avi", "mpeg4"), ("mpegts", "mpeg2video"), ("mpeg", "mpeg2video"), ("flv", "flv"),
                        ("asf", "mpeg4"), ("mxf", "mpeg2video"), ("yuv4mpegpipe", "rawvideo"),
                        ("mpeg2video", "mpeg2video"), ("mpegts", "mpeg4")],
)  # fmt: skip
def test_any_kind_of_video_is_taken(name: str, codec: str, tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    file = tmp_path / "v"
    with av.open(str(file), "w", format=name) as opened:
        stream = opened.add_stream(codec, rate=25)
        stream.width, stream.height, stream.pix_fmt = 176, 144, "yuv420p"
        for packet in [*stream.encode(av.VideoFrame(176, 144, "yuv420p")), *stream.encode()]:
            opened.mux(packet)
    assert bring(Plan("http://app", video=str(file))).video.file is not None


@pytest.mark.parametrize("content", [b"\0\0\0\x20ftypisom", b"\0\0\0\x08wide", b"OggS\0\2", b"\0\0\1\xba"])
def test_own_videos_are_a_file_or_an_id(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "v.mp4"
    file.write_bytes(content)
    by_file = bring(Plan("http://app", video=str(file))).video
    assert by_file.file is not None
    assert (by_file.route, by_file.file.content, by_file.frames) == ("inference_video_async", content, None)
    assert bring(Plan("http://app", video=str(file), video_id=5)).video.route == "inference_video_id_async"


def test_the_suites_video_is_what_it_says() -> None:
    av = pytest.importorskip("av")
    file = shipped_video().file
    assert file is not None
    assert file.name == VIDEO
    with av.open(__import__("io").BytesIO(file.content)) as opened:
        sizes = [(frame.width, frame.height) for frame in opened.decode(video=0)]
    assert sizes == [VIDEO_SIZE] * VIDEO_FRAMES


def test_a_picture_goes_by_another_name() -> None:
    picture = bring(Plan("http://app")).pictures[0]
    assert picture.named("x.jpg").file == picture.file._replace(name="x.jpg")
