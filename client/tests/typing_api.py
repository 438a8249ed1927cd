"""The public types, as a type checker sees them. Checked by mypy and pyright, never run."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import modeldouble.sly as sly
from modeldouble import (
    Annotation,
    AnnotationInfo,
    Api,
    Bitmap,
    DatasetInfo,
    Detections,
    Graph,
    ImageInfo,
    Job,
    Label,
    ModelDoubleError,
    ObjClass,
    Point,
    Polygon,
    Polyline,
    Prediction,
    Progress,
    ProjectInfo,
    ProjectMeta,
    Rectangle,
    ResultsLost,
    Session,
    SessionInfo,
    Shape,
    VideoInfo,
)
from modeldouble.aio import AsyncHttpTransport, AsyncJob, AsyncSession

if TYPE_CHECKING:
    from PIL.Image import Image
    from typing_extensions import assert_type

    api = Api("http://host", "token")
    assert_type(Api.from_env(), Api)
    assert_type(api.task.get_info_by_id(1), dict[str, Any])
    assert_type(api.image.get_info_by_id(1), ImageInfo)
    assert_type(api.image.get_list(1), list[ImageInfo])
    assert_type(api.image.upload_paths(1, ["a.jpg"], [Path("a.jpg")], progress_cb=print), list[ImageInfo])
    assert_type(api.image.download_bytes(1, [2, 3]), list[bytes])
    assert_type(api.project.create(1, "name", change_name_if_conflict=True), ProjectInfo)
    assert_type(api.project.update_meta(1, ProjectMeta()), ProjectMeta)
    assert_type(api.project.get_meta(1), dict[str, Any])
    assert_type(api.dataset.get_list(1), list[DatasetInfo])
    assert_type(api.annotation.download(1), AnnotationInfo)
    assert_type(api.annotation.download_batch(1, [2]), list[AnnotationInfo])
    assert_type(api.video.get_info_by_id(1), VideoInfo)

    session = Session(api, task_id=1, inference_settings={"conf_thres": 0.4}, deadline=10)
    Session(session_url="http://host", inference_settings=Path("settings.yml"))
    assert_type(session.get_session_info(), SessionInfo)
    assert_type(session.get_model_meta(), ProjectMeta)
    assert_type([cls for cls in session.get_model_project_meta().obj_classes], list[ObjClass])
    assert_type(session.get_model_meta().obj_classes.get("car"), ObjClass | None)
    assert_type(session.update_inference_settings(conf_thres=0.4), dict[str, Any])
    assert_type(session.inference_settings, dict[str, Any])
    assert_type(session.inference_image_path("x.jpg"), Prediction)
    assert_type(session.inference_image_paths([Path("x.jpg")]), list[Prediction])
    assert_type(session.inference_image(b""), Prediction)
    assert_type(session.infer_many(["x.jpg", b""], progress=print), list[Prediction])
    assert_type(session.infer_many([Path("x.jpg")], errors="return"), list[Prediction | ModelDoubleError])
    assert_type(session.inference_image_ids([1]), list[Prediction])
    assert_type(session.inference_video_id(1, 0, 5, "backward"), list[Prediction])

    job = session.inference_video_id_async(1, start_frame_index=5)
    assert_type(job, Job)
    assert_type(job.progress, Progress)
    assert_type(next(job), Prediction)
    for _index, frame in enumerate(job):
        assert_type(frame, Prediction)
        assert_type(frame.labels, list[Label])
        assert_type(frame.labels[0].geometry, Rectangle | Polygon | Polyline | Point | Bitmap | Graph | Shape)
        assert_type(frame.img_size, tuple[int, int])
        assert_type(frame.labels[0].confidence, float | None)
        assert_type(frame.draw("x.jpg", opacity=0.3), Image)
        assert_type(frame.to_coco(1, ["car"]), list[dict[str, Any]])
        assert_type(frame.to_yolo({"car": 0}), list[str])
        assert_type(frame.to_detections(), Detections)
        assert_type(frame.annotation.clone(labels=[]), Annotation)
    assert_type(session.stop_async_inference(), dict[str, Any])

    assert_type(sly.nn.inference.SessionJSON(api, task_id=1), Session)
    assert_type(sly.Annotation.from_json({}, session.get_model_meta()), Annotation)
    api.annotation.upload_ann(1, session.inference_image_id(1))
    api.annotation.upload_anns([1, 2], [session.inference_image_id(1).annotation, {}])

    def handle(error: ResultsLost) -> None:
        assert_type(error.missing, list[int] | None)
        assert_type(error.received, int)

    async def awaited() -> None:
        async with AsyncSession(api, task_id=1, deadline=10, transport=AsyncHttpTransport(connections=8)) as session:
            assert_type(session, AsyncSession)
            assert_type(await session.get_session_info(), SessionInfo)
            assert_type(await session.get_model_project_meta(), ProjectMeta)
            assert_type(await session.update_inference_settings(conf_thres=0.4), dict[str, Any])
            assert_type(await session.inference_image_path(Path("x.jpg")), Prediction)
            assert_type(await session.inference_image_paths(["x.jpg"]), list[Prediction])
            assert_type(await session.infer_many(["x.jpg", b""], progress=print), list[Prediction])
            assert_type(await session.infer_many([Path("x.jpg")], errors="return"), list[Prediction | ModelDoubleError])
            coming = session.iter_many([b""], concurrency=2, errors="return")
            assert_type(coming, AsyncGenerator[tuple[int, Any], None])
            async for position, _outcome in coming:
                assert_type(position, int)
            job = await session.inference_video_id_async(1, start_frame_index=5)
            assert_type(job, AsyncJob)
            assert_type(job.progress, Progress)
            assert_type(await job.total(), int)
            async for frame in job:
                assert_type(frame, Prediction)
            assert_type(await session.stop_async_inference(), dict[str, Any])
        assert_type(await AsyncSession.connect(session_url="http://host"), AsyncSession)
