"""Images that lie on the platform."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from modeldouble.answers import check_status
from modeldouble.arguments import several
from modeldouble.errors import BadAnswer, BadImage, MissingExtra
from modeldouble.platform import uploads
from modeldouble.platform.calls import Calls, batches, listing, nothing, same_length
from modeldouble.platform.files import ProgressCb
from modeldouble.platform.infos import ImageInfo, image_info
from modeldouble.platform.parts import read_parts
from modeldouble.values import whole_number

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

AnyPath = str | os.PathLike[str]


class ImageApi:
    """Images that lie on the platform. Uploads go by the hash of the bytes: what is there already is not sent again."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def get_info_by_id(self, id: int) -> ImageInfo:
        """Return name and size of an image. Raises `NotFound` when there is none."""
        body = {"id": whole_number("image_id", id, 1), "forceMetadataForLinks": True}
        return image_info("images.info", self._calls.object("images.info", body, self._calls.end()))

    def get_list(self, dataset_id: int, filters: Sequence[Mapping[str, Any]] = ()) -> list[ImageInfo]:
        """Return the images of a dataset, by id. `filters` are {"field", "operator", "value"} of the platform.

        Raises `ListIncomplete` when the platform gives other than it has announced, `NotFound` for no such dataset.
        """
        body = listing({"datasetId": whole_number("dataset_id", dataset_id, 1)})
        body |= {"filter": [dict(one) for one in filters], "forceMetadataForLinks": True}
        found = self._calls.all("images.list", body, self._calls.end())
        return [image_info("images.list", one) for one in found]

    def download_path(self, id: int, path: AnyPath, progress_cb: ProgressCb | None = None) -> None:
        """Save an image as a file. It gets its name only when it is whole; missing folders are made.

        `progress_cb` is told the bytes as they come.
        """
        body = {"id": whole_number("image_id", id, 1)}
        self._calls.save("images.download", body, path, self._calls.end(), progress_cb or nothing)

    def download_bytes(self, dataset_id: int, ids: Iterable[int], progress_cb: ProgressCb | None = None) -> list[bytes]:
        """Return the files of images of one dataset, in the order of `ids`, fetched fifty at a time.

        `progress_cb` is told the images as they come. Raises `NotFound` when one of them does not exist.
        """
        end, dataset = self._calls.end(), whole_number("dataset_id", dataset_id, 1)
        files: list[bytes] = []
        for batch in batches([whole_number("image_id", id, 1) for id in several("ids", ids, "image.download_np")]):
            method = "images.bulk.download"
            body = {"datasetId": dataset, "imageIds": list(dict.fromkeys(batch))}
            found = self._calls.call(method, body, partial(read_parts, method), end)
            missing = [id for id in batch if id not in found]
            if missing:
                raise BadAnswer(method, "the parts", sorted(found), f"also those of the images {missing}")
            files += [found[id] for id in batch]
            (progress_cb or nothing)(len(batch))
        return files

    def download_np(self, id: int, keep_alpha: bool = False) -> NDArray[np.uint8]:
        """Return an image as an array, height x width x 3, RGB; with `keep_alpha` RGBA where the file has it.

        Needs the extra `draw`. Raises `BadImage` when the bytes are no image.
        """
        body = {"id": whole_number("image_id", id, 1)}
        content = self._calls.call("images.download", body, _read_file, self._calls.end())
        return _decoded(content, id, keep_alpha)

    def upload_path(self, dataset_id: int, name: str, path: AnyPath) -> ImageInfo:
        """Upload an image file under a name that the dataset does not have yet.

        Raises `BadImage` for a file that cannot be read, `NameTaken` with the id of the image that has the name,
        `UploadFailed` when the platform stored other bytes or refused them, `CreateUncertain` when the last answer
        was lost and the image cannot be found.
        """
        return self._upload(dataset_id, [uploads.from_path(name, path)], None)[0]

    def upload_bytes(self, dataset_id: int, name: str, content: bytes) -> ImageInfo:
        """Upload the bytes of an image file. Raises as `upload_path`."""
        return self._upload(dataset_id, [uploads.from_bytes(name, content)], None)[0]

    def upload_paths(
        self, dataset_id: int, names: Sequence[str], paths: Sequence[AnyPath], progress_cb: ProgressCb | None = None
    ) -> list[ImageInfo]:
        """Upload image files, fifty at a time, and return their infos in the same order. Raises as `upload_path`.

        `progress_cb` is told the images as they are added. When a batch fails, those before it stay.
        """
        same_length("names", names, "paths", paths)
        pieces = [uploads.from_path(name, path) for name, path in zip(names, paths, strict=True)]
        return self._upload(dataset_id, pieces, progress_cb)

    def _upload(
        self, dataset_id: int, pieces: Sequence[uploads.Piece], progress_cb: ProgressCb | None
    ) -> list[ImageInfo]:
        dataset = whole_number("dataset_id", dataset_id, 1)
        return uploads.upload(self._calls, dataset, pieces, progress_cb or nothing)


def _read_file(status: int, headers: Mapping[str, str], body: bytes) -> bytes:
    check_status("images.download", status, headers, body)
    return body


def _decoded(content: bytes, id: int, keep_alpha: bool) -> NDArray[np.uint8]:
    try:
        import numpy as np
        from PIL import Image
    except ImportError:
        raise MissingExtra("image.download_np", "draw") from None
    try:
        with Image.open(io.BytesIO(content)) as image:
            alpha = keep_alpha and ("A" in image.getbands() or "transparency" in image.info)
            return np.array(image.convert("RGBA" if alpha else "RGB"), dtype=np.uint8)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise BadImage("image_id", id, f"its bytes are no image that can be read ({error})") from None
