"""Annotations of images that lie on the platform."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from modeldouble.answers import read_json
from modeldouble.arguments import several
from modeldouble.errors import BadAnswer, BadArgument
from modeldouble.platform.calls import Calls, Filter, Json, batches, listing, nothing, repeated, same_length
from modeldouble.platform.files import ProgressCb
from modeldouble.platform.infos import AnnotationInfo, image_info
from modeldouble.platform.subpixel import to_pixel, to_subpixel
from modeldouble.values import whole_number

if TYPE_CHECKING:
    from modeldouble.annotation import Annotation

_FLAGS = {"withCustomBigData": False, "forceMetadataForLinks": True, "integerCoords": False}


class AnnotationApi:
    """Annotations of images that lie on the platform.

    Coordinates are pixels, as everywhere here; they are converted to the platform's on the way, and back.
    """

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def upload_ann(self, image_id: int, ann: Annotation | Mapping[str, Any]) -> None:
        """Store the annotation of an image, in place of the one it has. `ann` may be its JSON, or a prediction.

        Raises `NotFound` when there is no such image, `Refused` for example when its project lacks a class.
        """
        self.upload_anns([image_id], [ann])

    def upload_anns(
        self,
        image_ids: Sequence[int],
        anns: Sequence[Annotation | Mapping[str, Any]],
        progress_cb: ProgressCb | None = None,
    ) -> None:
        """Store the annotations of images, fifty at a time; they may lie in several datasets. Raises as `upload_ann`.

        `progress_cb` is told the annotations as they are stored.
        """
        same_length("image_ids", image_ids, "anns", anns)
        numbers = [whole_number("image_id", id, 1) for id in image_ids]
        twice = repeated(numbers)
        if twice is not None:
            raise BadArgument("image_ids", twice, "it occurs more than once; an image has one annotation")
        ready = {number: _on_wire(ann) for number, ann in zip(numbers, anns, strict=True)}
        end = self._calls.end()
        for portion in batches(numbers):
            for dataset_id, batch in self._by_dataset(portion, end):
                items = [{"imageId": number, "annotation": ready[number]} for number in batch]
                body = {"datasetId": dataset_id, "annotations": items, "skipBoundsValidation": False}
                # It replaces what is there, so a repetition ends in the same state.
                self._calls.post("annotations.bulk.add", body, end)
                (progress_cb or nothing)(len(batch))

    def download(self, image_id: int) -> AnnotationInfo:
        """Return the annotation of an image; one without labels is empty, not missing. Raises `NotFound`."""
        number = whole_number("image_id", image_id, 1)
        answer = self._calls.object("annotations.info", {"imageId": number, **_FLAGS}, self._calls.end())
        return _info("annotations.info", answer)

    def download_json(self, image_id: int) -> dict[str, Any]:
        """Return the JSON of an image's annotation."""
        return self.download(image_id).annotation

    def download_batch(
        self, dataset_id: int, image_ids: Sequence[int], progress_cb: ProgressCb | None = None
    ) -> list[AnnotationInfo]:
        """Return the annotations of images of one dataset, in the order of the ids, fetched fifty at a time.

        `progress_cb` is told the annotations as they come.
        """
        end, dataset = self._calls.end(), whole_number("dataset_id", dataset_id, 1)
        infos: list[AnnotationInfo] = []
        method = "annotations.bulk.info"
        ids = several("image_ids", image_ids, "annotation.download")
        for batch in batches([whole_number("image_id", id, 1) for id in ids]):
            body = {"datasetId": dataset, "imageIds": list(dict.fromkeys(batch)), **_FLAGS}
            found = self._calls.call(method, body, partial(_read_infos, method), end)
            missing = [id for id in batch if id not in found]
            if missing:
                raise BadAnswer(method, "imageId", sorted(found), f"also those of the images {missing}")
            infos += [found[id] for id in batch]
            (progress_cb or nothing)(len(batch))
        return infos

    def download_json_batch(
        self, dataset_id: int, image_ids: Sequence[int], progress_cb: ProgressCb | None = None
    ) -> list[dict[str, Any]]:
        """Return the JSON of the annotations, in the order of the ids."""
        return [info.annotation for info in self.download_batch(dataset_id, image_ids, progress_cb)]

    def _by_dataset(self, image_ids: Sequence[int], end: float) -> Iterator[tuple[int, list[int]]]:
        """Yield each dataset with those of the images that lie in it: two requests for each, not one for each image."""
        left = list(image_ids)
        while left:
            body = {"id": left[0], "forceMetadataForLinks": False}
            dataset_id = image_info("images.info", self._calls.object("images.info", body, end)).dataset_id
            if dataset_id is None:
                raise BadAnswer("images.info", "datasetId", None, "the id of a dataset")
            there: set[Any] = {left[0]}
            if len(left) > 1:
                wanted = listing({"datasetId": dataset_id}, Filter("id", "in", left))
                there |= {entry.get("id") for entry in self._calls.all("images.list", wanted, end)}
            yield dataset_id, [number for number in left if number in there]
            left = [number for number in left if number not in there]


def as_json(ann: Annotation | Mapping[str, Any]) -> Json:
    """Return the JSON of an annotation, of a prediction, or of what is JSON already; classes get their ids."""
    if isinstance(ann, Mapping):
        # A prediction holds its annotation under this name.
        inner = ann.get("annotation", ann)
        if not isinstance(inner, Mapping) or not isinstance(inner.get("objects"), list):
            raise BadArgument("ann", ann, "give an annotation, its JSON with size and objects, or a prediction")
        return dict(inner)
    if not hasattr(ann, "to_json"):
        raise BadArgument("ann", ann, "give an annotation, its JSON with size and objects, or a prediction")
    made = ann.to_json()
    for item, label in zip(made.get("objects", ()), ann.labels, strict=True):
        if label.obj_class.sly_id is not None:
            item.setdefault("classId", label.obj_class.sly_id)
    return made


def _on_wire(ann: Annotation | Mapping[str, Any]) -> Json:
    made = as_json(ann)
    try:
        return to_subpixel(made)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        raise BadArgument("ann", made, "its objects need points.exterior, a list of [x, y]") from None


def _read_infos(method: str, status: int, headers: Mapping[str, str], body: bytes) -> dict[int, AnnotationInfo]:
    answer = read_json(method, status, headers, body)
    if not isinstance(answer, list):
        raise BadAnswer(method, "the body", answer, "a list of annotations")
    infos = [_info(method, one) for one in answer]
    return {info.image_id: info for info in infos}


def _info(method: str, value: Any) -> AnnotationInfo:
    number, annotation = (value.get("imageId"), value.get("annotation")) if isinstance(value, dict) else (None, None)
    if not isinstance(number, int) or not isinstance(annotation, dict):
        raise BadAnswer(method, "the body", value, "an object with imageId and annotation")
    try:
        pixels = to_pixel(annotation)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        raise BadAnswer(method, "annotation", annotation, "objects with points [x, y]") from None
    dates = (value.get("createdAt"), value.get("updatedAt"))
    return AnnotationInfo(number, str(value.get("imageName", "")), pixels, *dates, value.get("datasetId"))
