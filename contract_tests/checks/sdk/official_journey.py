"""The journey with the unmodified official SDK of whatever release is installed.

`python official_journey.py ADDRESS TOKEN` prints one JSON line a step: its name and what came of it, `{"value": ...}`,
`{"lacks": true}` where the release has no such method, or `{"error": ...}`. Written for Python 3.8, which the oldest
releases need. The pictures go to the working folder.
"""

import inspect
import json
import sys
import traceback
from typing import Any

import supervisely as sly

TASK, RIDER, ORANGES, THIRD, VIDEO, PROJECT, WORKSPACE = 27209, 171250, 17551748, 17551750, 18635803, 17001, 662
URL = (
    "https://images.unsplash.com/photo-1674552791148-c756b0899dba?ixlib=rb-4.0.3"
    "&ixid=MnwxMjA3fDB8MHxwaG90by1wYWdlfHx8fGVufDB8fHx8&auto=format&fit=crop&w=387&q=80"
)


class Lacks(Exception):
    """The release has no method for this step."""


def need(owner: Any, *names: str) -> Any:
    """The first of the methods that the release has."""
    for name in names:
        if hasattr(owner, name):
            return getattr(owner, name)
    raise Lacks(", ".join(names))


def found(prediction: Any) -> Any:
    """Classes and boxes (left, top, right, bottom), of the dict of early releases and of the later annotation alike."""
    if isinstance(prediction, dict):
        corners = [(one["classTitle"], one["points"]["exterior"]) for one in prediction["annotation"]["objects"]]
        return [[name, left_top + right_bottom] for name, (left_top, right_bottom) in corners]
    boxes = [(label.obj_class.name, label.geometry) for label in prediction.labels]
    return [[name, [box.left, box.top, box.right, box.bottom]] for name, box in boxes]


def classes(prediction: Any) -> Any:
    return [name for name, _ in found(prediction)]


class Journey:
    """Its public methods are the steps, in the order of their definition."""

    def __init__(self, address: str, token: str) -> None:
        self._api = sly.Api(address, token)

    def connect(self) -> Any:
        self._session = sly.nn.inference.Session(self._api, task_id=TASK)
        return self._session.get_session_info()["app_name"]

    def settings_by_dict_and_yaml(self) -> Any:
        with open("settings.yml", "w") as file:
            file.write("conf_thres: 0.55\naugment: false\n")
        sessions = [
            sly.nn.inference.Session(self._api, task_id=TASK, inference_settings=settings)
            for settings in ({"conf_thres": 0.45}, "settings.yml")
        ]
        return [one.inference_settings for one in sessions]

    def model_meta(self) -> Any:
        self._meta = need(self._session, "get_model_project_meta", "get_model_meta")()
        return [one.name for one in self._meta.obj_classes][:10]

    def default_settings(self) -> Any:
        return self._session.get_default_inference_settings()

    def settings_change(self) -> Any:
        self._session.update_inference_settings(conf_thres=0.4, iou_thres=0.55)
        updated = dict(self._session.inference_settings)
        self._session.set_inference_settings({"conf_thres": 0.25})
        replaced = dict(self._session.inference_settings)
        self._session.set_inference_settings("settings.yml")
        return [updated, replaced, dict(self._session.inference_settings)]

    def image_id(self) -> Any:
        return found(self._session.inference_image_id(RIDER))

    def download(self) -> Any:
        for image_id, name in ((RIDER, "image_01.jpg"), (ORANGES, "lemons.jpg")):
            self._api.image.download_path(image_id, name)
        return list(sly.image.read("lemons.jpg").shape)

    def image_path(self) -> Any:
        return found(self._session.inference_image_path("image_01.jpg"))

    def image_paths(self) -> Any:
        return [classes(one) for one in self._session.inference_image_paths(["image_01.jpg", "lemons.jpg"])]

    def image_ids(self) -> Any:
        return [classes(one) for one in self._session.inference_image_ids([ORANGES, THIRD])]

    def image_url(self) -> Any:
        prediction = self._session.inference_image_url(URL)
        return len(found(prediction))

    def draw(self) -> Any:
        self._prediction = self._session.inference_image_id(ORANGES)
        self._annotation = self._as_annotation(self._prediction, self._meta)
        bitmap = sly.image.read("lemons.jpg")
        before = bitmap.copy()
        self._annotation.draw_pretty(bitmap=bitmap, output_path="lemons_predicted.jpg", fill_rectangles=False)
        return bool((before != sly.image.read("lemons_predicted.jpg")).any())

    def upload(self) -> Any:
        project = self._api.project.create(WORKSPACE, "My model predictions", change_name_if_conflict=True)
        dataset = self._api.dataset.create(project.id, "First dataset")
        self._api.project.update_meta(project.id, self._meta)
        meta = sly.ProjectMeta.from_json(self._api.project.get_meta(project.id))
        self._image = self._api.image.upload_path(dataset.id, name="lemons.jpg", path="lemons.jpg")
        self._api.annotation.upload_ann(self._image.id, self._as_annotation(self._prediction, meta))
        stored = self._api.annotation.download(self._image.id).annotation
        return found(sly.Annotation.from_json(stored, meta))

    def uploaded_bytes_come_back(self) -> Any:
        self._api.image.download_path(self._image.id, "again.jpg")
        with open("lemons.jpg", "rb") as one, open("again.jpg", "rb") as other:
            return one.read() == other.read()

    def video_async(self) -> Any:
        return [classes(one) for one in self._session.inference_video_id_async(VIDEO)]

    def video_length(self) -> Any:
        frames = self._session.inference_video_id_async(VIDEO)
        return [len(frames), sum(1 for _ in frames)]

    def video_stop(self) -> Any:
        seen = 0
        for number, _ in enumerate(self._session.inference_video_id_async(VIDEO)):
            seen += 1
            if number == 2:
                self._session.stop_async_inference()
        return seen

    def video_part(self) -> Any:
        part = self._session.inference_video_id(VIDEO, start_frame_index=5, frames_count=15, frames_direction="forward")
        # The first releases hand the server's object out as it is.
        return [classes(one) for one in (part["ann"] if isinstance(part, dict) else part)]

    def session_json(self) -> Any:
        session = need(sly.nn.inference, "SessionJSON")(self._api, task_id=TASK)
        return found(session.inference_image_id(RIDER))

    def preparing_callback(self) -> Any:
        session = need(sly.nn.inference, "SessionJSON")(self._api, task_id=TASK)
        call = session.inference_video_id_async
        if "preparing_cb" not in inspect.signature(call).parameters:
            raise Lacks("preparing_cb")
        bars: Any = []

        class Bar:
            def update(self, *arguments: Any) -> None:
                bars.append(arguments)

        def preparing(**about: Any) -> Any:
            bars.append(about)
            return Bar()

        frames = call(VIDEO, preparing_cb=preparing)
        return [sum(1 for _ in frames), bool(bars)]

    def image_ids_async(self) -> Any:
        session = need(sly.nn.inference, "SessionJSON")(self._api, task_id=TASK)
        return [classes(one) for one in need(session, "inference_image_ids_async")([RIDER, ORANGES])]

    def project_async(self) -> Any:
        session = need(sly.nn.inference, "SessionJSON")(self._api, task_id=TASK)
        infer = need(session, "inference_project_id_async")
        return len(list(infer(PROJECT, [one.id for one in self._api.dataset.get_list(PROJECT)])))

    def nn_connect(self) -> Any:
        model = need(need(self._api, "nn"), "connect")(TASK)
        return [classes(one.annotation) for one in model.predict(image_id=[RIDER, ORANGES])]

    def _as_annotation(self, prediction: Any, meta: Any) -> Any:
        data = prediction["annotation"] if isinstance(prediction, dict) else prediction.to_json()
        return sly.Annotation.from_json(data, meta)


def outcome(step: Any) -> Any:
    try:
        return {"value": step()}
    except Lacks as lacks:
        return {"lacks": True, "why": str(lacks)}
    except Exception as error:  # noqa: BLE001 - whatever a release does wrong is this step's outcome
        return {"error": f"{type(error).__name__}: {error}", "traceback": traceback.format_exc()[-2000:]}


def main() -> None:
    journey = Journey(*sys.argv[1:3])
    steps = [name for name in vars(Journey) if not name.startswith("_")]
    for name in steps:
        print("STEP " + json.dumps({"step": name, **outcome(getattr(journey, name))}), flush=True)  # noqa: T201 - its output


if __name__ == "__main__":
    main()
