"""Single frames of a video, as the platform sends them."""

from __future__ import annotations

import io
from collections.abc import Callable
from email import message_from_bytes
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from modeldouble_server.default_world import VIDEO_ID

if TYPE_CHECKING:
    from requests import Response

    from tests.served.conftest import Caller

    Refused = Callable[[Response, int], str]

ONE, MANY = "videos.download-frame", "videos.bulk.download-frame"


def parts(answer: Response) -> dict[str, bytes]:
    """Parts of a multipart answer by name, read by a foreign parser."""
    head = f"Content-Type: {answer.headers['Content-Type']}\r\n\r\n".encode()
    message = message_from_bytes(head + answer.content)
    found: dict[str, bytes] = {}
    for part in message.get_payload():
        content: Any = part.get_payload(decode=True)  # type: ignore[union-attr]
        found[str(part.get_param("name", header="content-disposition"))] = content  # type: ignore[union-attr]
    return found


def test_a_frame_is_a_png_of_the_videos_size(fake: Caller) -> None:
    answer = fake.platform(ONE, {"videoId": VIDEO_ID, "frame": 3})
    assert answer.headers["Content-Type"] == "image/png"
    picture = Image.open(io.BytesIO(answer.content))
    assert (picture.format, picture.size) == ("PNG", (640, 360))


def test_many_frames_are_parts_that_are_named_by_their_index(fake: Caller) -> None:
    found = parts(fake.platform(MANY, {"videoId": VIDEO_ID, "frames": [7, 0, 3]}))
    assert list(found) == ["7", "0", "3"]
    assert len({*found.values()}) == 3
    assert found["3"] == fake.platform(ONE, {"videoId": VIDEO_ID, "frame": 3}).content


@pytest.mark.parametrize("frame", [10, -1, 2**70])
def test_a_frame_outside_the_video_is_404(fake: Caller, refused: Refused, frame: int) -> None:
    assert "0 to 9" in refused(fake.platform(ONE, {"videoId": VIDEO_ID, "frame": frame}), 404)
    assert refused(fake.platform(MANY, {"videoId": VIDEO_ID, "frames": [0, frame]}), 404)


@pytest.mark.parametrize("frames", [None, [], [True], ["1"], 3, [0] * 51, {"0": 1}])
def test_frames_that_are_no_list_of_indexes_are_400(fake: Caller, refused: Refused, frames: object) -> None:
    assert refused(fake.platform(MANY, {"videoId": VIDEO_ID, "frames": frames}), 400).startswith("frames is ")


def test_a_video_without_content_has_no_frames_to_send(fake: Caller, refused: Refused) -> None:
    video_id = fake.server.add_video(frames=5)
    assert "no content" in refused(fake.platform(ONE, {"videoId": video_id, "frame": 0}), 404)
