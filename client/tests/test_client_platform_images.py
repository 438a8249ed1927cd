"""Images on their way from the platform, and the lists of them."""

from __future__ import annotations

import io
import os
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble import (
    AnswerLost,
    Api,
    BadAnswer,
    BadArgument,
    BadImage,
    DeadlineExceeded,
    EmptyAnswer,
    HtmlAnswer,
    HttpTransport,
    ImageInfo,
    ListIncomplete,
    NotFound,
    WrongToken,
)

from .little_platform import TOKEN, LittlePlatform, connect, sha

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import Json, Reply, RoughServer


@pytest.fixture
def platform(rough: RoughServer, reply: type[Reply]) -> LittlePlatform:
    return LittlePlatform(rough, reply)


@pytest.fixture
def api(rough: RoughServer, platform: LittlePlatform) -> Iterator[Api]:
    made = connect(rough)
    yield made
    made.close()


def page(total: Any, pages: Any, *ids: int, **other: Any) -> Json:
    return {
        "total": total,
        "perPage": 2,
        "pagesCount": pages,
        "entities": [{"id": i, "name": "n"} for i in ids],
    } | other


def test_the_info_has_the_names_of_the_official_fields(platform: LittlePlatform, api: Api) -> None:
    number = platform.put_image(7, b"x", labelsCount=3, size=1, fullStorageUrl="http://u", new="field")
    info = api.image.get_info_by_id(number)
    assert isinstance(info, ImageInfo)
    assert (info.width, info.height, info.mime, info.ext, info.hash) == (9, 8, "image/jpeg", "jpeg", sha(b"x"))
    assert (info.labels_count, info.full_storage_url, info.raw["new"]) == (3, "http://u", "field")
    assert platform.bodies("images.info") == [{"id": number, "forceMetadataForLinks": True}]


def test_a_list_is_followed_over_its_pages(platform: LittlePlatform, api: Api) -> None:
    platform.per_page = 2
    ids = [platform.put_image(7, b"%d" % index) for index in range(5)]
    platform.put_image(8, b"elsewhere")
    assert [info.id for info in api.image.get_list(7)] == ids
    first, *others = platform.bodies("images.list")
    assert "page" not in first
    assert others == [{**first, "page": 2, "per_page": 2}, {**first, "page": 3, "per_page": 2}]


def test_an_empty_list_and_a_filtered_one(platform: LittlePlatform, api: Api) -> None:
    assert api.image.get_list(7) == []
    number = platform.put_image(7, b"x", name="x.jpg")
    platform.put_image(7, b"y", name="y.jpg")
    wanted = {"field": "name", "operator": "=", "value": "x.jpg"}
    assert [info.id for info in api.image.get_list(7, filters=[wanted])] == [number]


def test_no_page_is_asked_for_beyond_the_total(platform: LittlePlatform, api: Api, reply: type[Reply]) -> None:
    platform.rough.on("images.list", reply(page(2, 9**9, 1, 2)), reply(page(2, 9**9)))
    assert [info.id for info in api.image.get_list(7)] == [1, 2]
    assert len(platform.bodies("images.list")) == 1


@pytest.mark.parametrize(
    ("pages", "received"),
    [
        ([page(3, 2, 1, 2), page(3, 2)], 2),
        ([page(3, 1, 1, 2)], 2),
        ([page(3, 2, 1, 2), page(3, 2, 2)], 2),
        ([page(4, 2, 1, 2), page(4, 2, 1, 2)], 2),
        ([page(1, 1, 1, 2)], 2),
        ([page(3, 2, 1, 2), page(3, 2, 3, 4)], 4),
        ([page(3, 9**9, 1), page(3, 9**9)], 1),
        ([page(1, 0)], 0),
    ],
)
def test_pages_that_lie_are_an_error(
    platform: LittlePlatform, api: Api, reply: type[Reply], pages: list[Json], received: int
) -> None:
    platform.rough.on("images.list", *map(reply, pages))
    with pytest.raises(ListIncomplete, match="announced") as caught:
        api.image.get_list(7)
    assert (caught.value.announced, caught.value.received) == (pages[0]["total"], received)
    assert len(platform.bodies("images.list")) == len(pages)


@pytest.mark.parametrize(
    "answer",
    [page("3", 1), page(-1, 1), page(0, None), page(True, 1), page(1, 1, entities=None), page(1, 1, entities=[1]), []],
)
def test_answers_that_are_no_page(platform: LittlePlatform, api: Api, reply: type[Reply], answer: Any) -> None:
    platform.rough.on("images.list", reply(answer))
    with pytest.raises(BadAnswer, match=r"images\.list"):
        api.image.get_list(7)


@pytest.mark.parametrize("answer", [{"id": 1}, {"name": "x"}, {"id": "1", "name": "x"}, {"id": True, "name": "x"}, []])
def test_an_info_without_id_or_name_is_refused(
    platform: LittlePlatform, api: Api, reply: type[Reply], answer: Any
) -> None:
    platform.rough.on("images.info", reply(answer))
    with pytest.raises(BadAnswer, match=r"images\.info"):
        api.image.get_info_by_id(7)


def test_progress_counts_every_byte_once(
    platform: LittlePlatform, api: Api, reply: type[Reply], tmp_path: Path
) -> None:
    content = os.urandom(300_000)
    platform.first("images.download", reply(content, way="cut"), reply({}, 500))
    number, seen = platform.put_image(7, content), list[int]()
    api.image.download_path(number, tmp_path / "x.jpg", progress_cb=seen.append)
    assert (tmp_path / "x.jpg").read_bytes() == content
    assert (sum(seen), min(seen) > 0) == (300_000, True)


def test_a_callback_that_raises_leaves_no_file(platform: LittlePlatform, api: Api, tmp_path: Path) -> None:
    def stop(done: int) -> None:
        raise KeyboardInterrupt

    number = platform.put_image(7, b"x" * 300_000)
    with pytest.raises(KeyboardInterrupt):
        api.image.download_path(number, tmp_path / "x.jpg", stop)
    assert os.listdir(tmp_path) == []


def test_where_a_file_cannot_go(platform: LittlePlatform, api: Api, tmp_path: Path) -> None:
    with pytest.raises(BadArgument, match="directory"):
        api.image.download_path(1, tmp_path)
    assert platform.rough.received == []


def test_a_name_as_long_as_the_file_system_allows(platform: LittlePlatform, api: Api, tmp_path: Path) -> None:
    number = platform.put_image(7, b"x")
    api.image.download_path(number, tmp_path / ("n" * 255))
    assert os.listdir(tmp_path) == ["n" * 255]


@pytest.mark.parametrize(
    ("answer", "status", "kind", "error"),
    [
        (b"<html>", 200, "text/html", HtmlAnswer),
        (b"", 204, "image/jpeg", EmptyAnswer),
        ({"error": "no"}, 401, "application/json", WrongToken),
    ],
)
def test_what_is_no_file_is_not_saved_as_one(
    platform: LittlePlatform,
    api: Api,
    reply: type[Reply],
    tmp_path: Path,
    answer: Any,
    status: int,
    kind: str,
    error: Any,
) -> None:
    platform.rough.on("images.download", reply(answer, status, {"Content-Type": kind}))
    with pytest.raises(error):
        api.image.download_path(1, tmp_path / "x.jpg")
    assert os.listdir(tmp_path) == []


def test_many_files_come_fifty_at_a_time_in_the_order_asked_for(platform: LittlePlatform, api: Api) -> None:
    contents = [b"\r\n--%d\r\n\r\n" % index for index in range(70)]
    ids = [platform.put_image(7, content) for content in contents]
    seen: list[int] = []
    assert api.image.download_bytes(7, [*ids, ids[0]], seen.append) == [*contents, contents[0]]
    assert seen == [50, 21]
    assert platform.bodies("images.bulk.download")[0] == {"datasetId": 7, "imageIds": ids[:50]}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"--lim\r\n", "image/jpeg"),
        (b"--lim\r\n", "multipart/form-data"),
        (b"", "multipart/form-data; boundary=lim"),
        (b'--lim\r\nContent-Disposition: form-data; name="5"\r\n\r\nab', "multipart/form-data; boundary=lim"),
        (b"--lim\r\nX: y\r\n\r\nab\r\n--lim--\r\n", "multipart/form-data; boundary=lim"),
        (
            b'--lim\r\nContent-Disposition: form-data; name="6"\r\n\r\nab\r\n--lim--',
            'multipart/form-data; boundary="lim"',
        ),
    ],
)
def test_parts_that_are_not_whole_or_not_ours(
    platform: LittlePlatform, api: Api, reply: type[Reply], body: bytes, kind: str
) -> None:
    platform.rough.on("images.bulk.download", reply(body, headers={"Content-Type": kind}))
    with pytest.raises(BadAnswer, match=r"bulk\.download"):
        api.image.download_bytes(7, [5])


def test_parts_without_their_end_were_cut_off(platform: LittlePlatform, api: Api, reply: type[Reply]) -> None:
    body = b'--lim\r\nContent-Disposition: form-data; name="5"\r\n\r\nab\r\n--lim\r\n'
    platform.rough.on(
        "images.bulk.download", reply(body, headers={"Content-Type": "multipart/form-data; boundary=lim"})
    )
    with pytest.raises(BadAnswer, match="closing"):
        api.image.download_bytes(7, [5])


def test_an_image_as_an_array(platform: LittlePlatform, api: Api) -> None:
    image = pytest.importorskip("PIL.Image")
    file = io.BytesIO()
    image.new("RGBA", (3, 2), (10, 20, 30, 99)).save(file, "PNG")
    number = platform.put_image(7, file.getvalue())
    assert api.image.download_np(number).tolist() == [[[10, 20, 30]] * 3] * 2
    assert api.image.download_np(number, keep_alpha=True)[1, 2].tolist() == [10, 20, 30, 99]


def test_bytes_that_are_no_image(platform: LittlePlatform, api: Api) -> None:
    pytest.importorskip("PIL")
    with pytest.raises(BadImage, match="no image"):
        api.image.download_np(platform.put_image(7, b"text"))


def test_the_info_and_the_file_of_a_video(rough: RoughServer, api: Api, reply: type[Reply], tmp_path: Path) -> None:
    file = {"framesCount": 10, "width": 9, "height": 8, "framesToTimecodes": [0.0], "duration": 1}
    rough.on("videos.info", reply({"id": 5, "name": "v.mp4", "datasetId": 3, "fileMeta": file}))
    info = api.video.get_info_by_id(5)
    assert (info.frames_count, info.frame_width, info.frame_height, info.frames_to_timecodes) == (10, 9, 8, [0.0])
    rough.on("videos.download", reply(b"mp4" * 90_000, headers={"Content-Type": "video/mp4"}))
    seen: list[int] = []
    api.video.download_path(5, tmp_path / "v.mp4", progress_cb=seen.append)
    assert (tmp_path / "v.mp4").read_bytes() == b"mp4" * 90_000
    assert sum(seen) == 270_000


@pytest.mark.parametrize("part", ["image", "video", "project", "dataset"])
def test_what_does_not_exist_is_not_found(rough: RoughServer, api: Api, reply: type[Reply], part: str) -> None:
    rough.on(f"{part}s.info", reply({"error": "no"}, 404))
    with pytest.raises(NotFound):
        getattr(api, part).get_info_by_id(5)
    with pytest.raises(BadArgument, match=f"{part}_id"):
        getattr(api, part).get_info_by_id("5")


def test_reads_are_repeated_when_they_fail_in_passing(platform: LittlePlatform, api: Api, reply: type[Reply]) -> None:
    number = platform.put_image(7, b"x")
    platform.first("images.info", reply({}, 500), reply({}, way="lost"), reply({}, 429))
    assert api.image.get_info_by_id(number).id == number


def test_a_deadline_bounds_the_whole_call(rough: RoughServer, platform: LittlePlatform) -> None:
    platform.per_page = 1
    for index in range(9):
        platform.put_image(7, b"%d" % index)
    ticks = count()
    transport = HttpTransport(clock=lambda: float(next(ticks)))
    with pytest.raises(DeadlineExceeded):
        Api(rough.url, TOKEN, transport=transport, deadline=12).image.get_list(7)
    assert 0 < len(platform.bodies("images.list")) < 9
    transport.close()


def test_a_download_that_keeps_breaking(platform: LittlePlatform, api: Api, reply: type[Reply], tmp_path: Path) -> None:
    platform.rough.on("videos.download", reply(b"x" * 300_000, way="cut"))
    with pytest.raises(AnswerLost):
        api.video.download_path(5, tmp_path / "v.mp4")
    assert os.listdir(tmp_path) == []
