"""The journey itself: what a person with a served model does first, in that order, each step shown as it happens."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from PIL import Image

from .folder import INDEX, TITLE, writing
from .gallery import Exhibit, page

log = logging.getLogger(__name__)
Bar = Callable[..., Iterable[Any]]


class Prediction(Protocol):
    """What the tour asks of an answer: its JSON, and a picture with it drawn on."""

    def __getitem__(self, key: str, /) -> Any: ...
    def draw(self, image: Any, /, *, fill_rectangles: bool) -> Image.Image: ...


class Job(Protocol):
    """A running video inference: predictions frame by frame, and how many there will be."""

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Any]: ...


class Session(Protocol):
    """What the tour asks of a client."""

    def get_session_info(self) -> Mapping[str, Any]: ...
    def get_model_project_meta(self) -> Any: ...
    def get_default_inference_settings(self) -> Mapping[str, Any]: ...
    def update_inference_settings(self, **settings: Any) -> Mapping[str, Any]: ...
    def set_inference_settings(self, settings: Any, /) -> Any: ...
    def inference_image_id(self, image_id: int, /) -> Prediction: ...
    def inference_image_ids(self, image_ids: Any, /) -> Sequence[Prediction]: ...
    def inference_image_path(self, path: Any, /) -> Prediction: ...
    def inference_image_paths(self, paths: Any, /) -> Sequence[Prediction]: ...
    def inference_image_url(self, url: str, /) -> Prediction: ...
    def inference_video_id(
        self, video_id: int, start: int | None, count: int | None, direction: str | None, /
    ) -> Sequence[Prediction]: ...
    def inference_video_id_async(self, video_id: int, /) -> Job: ...
    def stop_async_inference(self) -> Any: ...


class Tour:
    """One walk: `session` infers, `download` fetches a platform image to a path, pictures go to `output`."""

    def __init__(
        self, session: Session, download: Callable[[int, str], Any], output: Path, show: Callable[[str], None], bar: Bar
    ) -> None:
        self._session = session
        self._download = download
        self._output = output
        self._show = show
        self._bar = bar
        self._exhibits: list[Exhibit] = []

    def model(self) -> None:
        """Who is served: session info, classes, settings."""
        self._show(f"Session info: {dict(self._session.get_session_info())}")
        meta = self._session.get_model_project_meta()
        classes = [one.name for one in meta.obj_classes]
        self._show(f"The first 10 classes of {len(classes)}: {classes[:10]}")
        self._show(f"Default settings: {dict(self._session.get_default_inference_settings())}")
        self._show(f"Settings now: {dict(self._session.update_inference_settings(conf_thres=0.4, iou_thres=0.55))}")
        self._session.set_inference_settings({"conf_thres": 0.45})

    def images(self, ids: Sequence[int], url: str) -> None:
        """Pictures of the platform: by id one by one, as a batch, and by URL."""
        for image_id in ids:
            path = self._output / f"image-{image_id}.jpg"
            with writing(self._output):
                self._download(image_id, str(path))
            self._keep(path, f"session.inference_image_id({image_id})", self._session.inference_image_id(image_id))
        batch = self._session.inference_image_ids(list(ids))
        self._show(f"The batch of {len(batch)}: {[_classes(one) for one in batch]}")
        self._show(f"By URL: {_classes(self._session.inference_image_url(url))}")

    def photographs(self, folder: Path) -> None:
        """Local photographs: one alone, then all of them in one batch."""
        photographs = sorted(folder.glob("*.jpg"))
        alone = self._session.inference_image_path(str(photographs[0]))
        self._show(f"{photographs[0].name}: {_classes(alone)}")
        predictions = self._session.inference_image_paths([str(path) for path in photographs])
        for path, prediction in self._bar(list(zip(photographs, predictions, strict=True)), desc="photographs"):
            self._keep(path, f'session.inference_image_path("{path.name}")', prediction)

    def video(self, video_id: int, path: Path, shown: Sequence[int]) -> None:
        """A video frame by frame, then one that is stopped, then a part of it at once."""
        job = self._session.inference_video_id_async(video_id)
        total = len(job)
        predictions = []
        for number, prediction in enumerate(self._bar(job, desc="video", total=total), 1):
            self._show(f"Frame {number}/{total} done. Predicted classes = {_classes(prediction)}")
            predictions.append(prediction)
        self._keep_frames(path, video_id, {at: predictions[at] for at in shown})
        done = 0
        for at, _ in enumerate(self._session.inference_video_id_async(video_id)):
            done += 1
            if at == 2:
                self._session.stop_async_inference()
        self._show(f"Stopped at the third frame: {done} of {total} frames came")
        part = self._session.inference_video_id(video_id, 5, 15, "forward")
        self._show(f"15 frames from the 5th, clipped to the video: {len(part)}")

    def finish(self) -> Path:
        """Write the page that shows every picture of the tour; its path."""
        index = self._output / INDEX
        about = "Predictions of a model that was never there: every box came over a socket from the fake."
        with writing(self._output):
            index.write_text(page(TITLE, about, self._exhibits), encoding="utf-8")
        return index

    def _keep(self, path: Path, asked: str, prediction: Prediction) -> None:
        self._hang(prediction.draw(path, fill_rectangles=False), f"{path.stem}-predicted.jpg", asked, prediction)

    def _keep_frames(self, path: Path, video_id: int, predictions: Mapping[int, Prediction]) -> None:
        for at, frame in _frames(path, predictions):
            asked = f"session.inference_video_id_async({video_id}), frame {at}"
            self._hang(predictions[at].draw(frame, fill_rectangles=False), f"frame-{at}.jpg", asked, predictions[at])

    def _hang(self, picture: Image.Image, file: str, asked: str, prediction: Prediction) -> None:
        with writing(self._output):
            picture.save(self._output / file, quality=90)
        found = [caption(one) for one in prediction["annotation"]["objects"]]
        self._show(f"{asked}: {', '.join(found) or 'nothing'}")
        self._exhibits.append(Exhibit(file, asked, found))


def _frames(path: Path, wanted: Iterable[int]) -> Iterator[tuple[int, Image.Image]]:
    try:
        import av
    except ImportError:
        log.warning("frames of %s are not drawn: pip install 'modeldouble[video]' to see them", path.name)
        return
    with av.open(str(path), "r") as container:
        for at, frame in enumerate(container.decode(container.streams.video[0])):
            if at in wanted:
                yield at, Image.fromarray(frame.to_ndarray(format="rgb24"))


def _classes(prediction: Prediction) -> list[str]:
    return [one["classTitle"] for one in prediction["annotation"]["objects"]]


def caption(found: Mapping[str, Any]) -> str:
    """Class, and confidence with two digits if the object has one."""
    confidence = next((tag["value"] for tag in found["tags"] if tag["name"] == "confidence"), None)
    return found["classTitle"] if confidence is None else f"{found['classTitle']} {confidence:.2f}"
