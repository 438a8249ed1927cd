"""Which route is answered by which handler, and which routes of real apps the fake still lacks."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from ..answer import WrongMethod
from ..refusal import Refused
from . import cache, deploy, images, info, polls, speedtest, tracking, videos
from .call import Call

Handler = Callable[[Call], Awaitable[web.Response]]

_POST: dict[str, Handler] = {
    "get_session_info": info.session_info,
    "get_custom_inference_settings": info.default_settings,
    "get_output_classes_and_tags": info.meta,
    "get_model_meta": info.meta,
    "get_tracking_settings": info.tracking_settings,
    "is_deployed": info.is_deployed,
    "get_status": info.status,
    "get_deploy_info": deploy.deploy_info,
    "get_deploy_settings": deploy.deploy_settings,
    "list_pretrained_models": deploy.pretrained_models,
    "list_pretrained_model_infos": deploy.pretrained_model_infos,
    "deploy_from_api": deploy.deploy_from_api,
    "freeze_model": deploy.freeze_model,
    "smart_cache": cache.smart_cache,
    "smart_cache_files": cache.smart_cache_files,
    "run_speedtest": speedtest.run_speedtest,
    "tracking_by_detection": tracking.tracking_by_detection,
    "inference_image_id": images.image_id,
    "inference_image_id_async": images.image_id_async,
    "inference_batch_ids": images.batch_ids,
    "inference_batch_ids_async": images.batch_ids_async,
    "inference_image": images.image_file,
    "inference_batch": images.batch,
    "inference_batch_async": images.batch_async,
    "inference_image_url": images.image_url,
    "inference_project_id_async": images.project_async,
    "inference_video_id": videos.video_id,
    "inference_video_id_async": videos.video_id_async,
    "inference_video_async": videos.video_file_async,
    "get_inference_progress": polls.progress,
    "pop_inference_results": polls.pop,
    "get_inference_result": polls.result,
    "get_inference_status": polls.status,
    "get_preparing_progress": polls.preparing,
    "stop_inference": polls.stop,
    "clear_inference_request": polls.clear,
}
ROUTES: dict[str, dict[str, Handler]] = {
    **{route: {"POST": handler} for route, handler in _POST.items()},
    "livez": {"GET": info.running},
    "is_alive": {"GET": info.running},
    "is_running": {"POST": info.running},
    "readyz": {"GET": info.ready},
    "is_ready": {"GET": info.ready, "POST": info.ready},
}
"""route -> method -> handler, of every route that the fake answers."""

LACKING = frozenset(
    (
        "track,track-api,track-api-files,track_async,"
        "stop_tracking,pop_tracking_results,clear_tracking_results,smart_segmentation,smart_segmentation_batch,"
        "smart_segmentation_files,inference_pointcloud_id,inference_pointcloud_ids"
    ).split(",")
)
"""Routes of real serving apps that are answered with 501, which no client repeats."""


def find(route: str, method: str) -> Handler:
    """The handler of a route; one that is not there, or not for this method, is refused as a real app refuses it."""
    if route in LACKING:
        raise Refused(501, f"route {route} is real, but this fake lacks it; it answers {', '.join(sorted(ROUTES))}")
    methods = ROUTES.get(route)
    if methods is None:
        text = f"route {route[:80]!r} does not exist; a serving app answers {', '.join(sorted(_POST))}"
        raise Refused(404, text, "route")
    handler = methods.get("GET" if method == "HEAD" else method)
    if handler is None:
        raise WrongMethod(f"method {method[:16]} is not for {route}; send {' or '.join(methods)}", methods)
    return handler
