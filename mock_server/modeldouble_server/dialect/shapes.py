"""Which routes, keys of answers and names of parameters there are, and since when. What has no row was always there."""

from .release import Span, span

_REWRITE = "6.73.358"
_MIDDLE = "6.73.95"

ROUTES: dict[str, Span] = {
    "clear_inference_request": span("6.69.53"),
    "inference_image_id_async": span("6.72.12"),
    "smart_cache": span("6.73.285"),
    "get_preparing_progress": span("6.72.112"),
    "is_deployed": span("6.73.50"),
    "deploy_from_api": span("6.73.50"),
    "get_deploy_settings": span("6.73.50"),
    "smart_cache_files": span("6.73.285"),
    "inference_project_id_async": span("6.73.95"),
    "get_inference_result": span("6.73.107"),
    "run_speedtest": span("6.73.166"),
    "get_deploy_info": span("6.73.166"),
    "is_running": span("6.73.50"),
    **{route: span("6.73.171") for route in ("livez", "is_alive", "readyz", "is_ready")},
    "inference_batch_ids_async": span("6.73.173"),
    **{
        route: span(_REWRITE)
        for route in (
            "get_model_meta", "inference_batch_async", "inference_video_async", "get_inference_status", "get_status",
            "list_pretrained_models", "list_pretrained_model_infos",
        )
    },
    "freeze_model": span("6.73.408"),
    "get_tracking_settings": span("6.73.458"),
    "tracking_by_detection": span("6.73.464"),
}  # fmt: skip
"""Routes that came later than 6.69.47."""

_ORIGIN = ("source", "name", "path", "url", "project_id", "dataset_id", "image_id", "video_id", "frame_index")

Keys = dict[str, tuple[Span, ...]]
KEYS: dict[str, Keys] = {
    "info": {
        "tracking_on_videos_support": (span("6.69.57"),),
        "async_image_inference_support": (span("6.72.12"),),
        "tracking_algorithms": (span("6.73.107"),),
        "batch_inference_support": (span("6.73.186"),),
        "max_batch_size": (span("6.73.186"),),
    },
    "meta": {"projectSettings": (span("6.72.230"),)},
    "class": {"description": (span("6.73.2"),)},
    "tag": {"target_type": (span("6.73.260"),)},
    "object": {"nnCreated": (span("6.73.440"),), "nnUpdated": (span("6.73.440"),)},
    "prediction": {key: (span(_REWRITE),) for key in (*_ORIGIN, "slides_data")} | {"image_name": ()},
    "prediction of a project": {
        **{key: (span(_REWRITE),) for key in (*_ORIGIN, "slides_data")},
        **{key: (span(_MIDDLE),) for key in ("image_id", "image_name", "dataset_id")},
    },
    "prediction of ids": {
        **{key: (span(_REWRITE),) for key in (*_ORIGIN, "slides_data")},
        **{key: (span("6.73.173"),) for key in ("image_id", "dataset_id")},
        "image_name": (span("6.73.173", _REWRITE),),
    },
    "video": {"video_ann": (span("6.73.107"),)},
    "progress": {"status": (span(_REWRITE),), "is_size": (span(_REWRITE),)},
    "status": {"paused": (span("6.73.475"),)},
    "poll": {
        **{
            key: (span(_REWRITE),)
            for key in (
                "uuid", "stage", "final_result", "stopped", "finished", "created_at", "updated_at",
                "has_result",
            )
        },
        "paused": (span("6.73.475"),),
        "preparing_progress": (span("6.72.112"),),
        "exception": (span("6.73.73"),),
        "result": (span(None, "6.73.445"), span("6.73.446")),
    },
}  # fmt: skip
"""Answer -> key -> the spans in which it is there; none at all: no release sends it there."""

PARAMETERS: dict[str, Span] = {
    "direction": span("6.73.107"),
    "framesDirection": span(None, "6.73.73"),
    **{
        name: span(_REWRITE)
        for name in (
            "imageId", "image_ids", "imageIds", "project_id", "start_frame_index", "start_frame", "frames_count",
            "num_frames",
        )
    },
    "video_id": span("6.73.361"),
    "images_ids": span("6.73.173"),
}  # fmt: skip
"""Names in a request's state that only some releases read."""
