"""What a target may say, in the shapes of the newest release: tests change what they are about."""

import base64
import io
import zlib
from importlib.resources import files
from typing import Any

import yaml
from PIL import Image

from modeldouble_contract.exchange import Exchange, Sent
from modeldouble_contract.truth import Truth, load

UUID = "0123456789abcdef" * 2
STARTED = {"message": "Inference has started.", "inference_request_uuid": UUID}
MEMORY = {"allocated": 1, "total": 2}


def poll(results: list[Any] | int, current: int, total: int, *, finished: bool = False, **more: Any) -> dict[str, Any]:
    """An answer of get_inference_progress (results as a count) or pop_inference_results (as a list)."""
    stage = "Finished" if finished else "Running inference..."
    progress = {"status": stage, "current": current, "total": total, "is_size": False}
    return {
        "uuid": UUID, "stage": stage, "progress": progress, "pending_results": results, "final_result": finished,
        "exception": None, "is_inferring": not finished, "stopped": False, "paused": False, "finished": finished,
        "created_at": 1.0, "updated_at": 2.0, "cancel_inference": False, "has_result": finished,
        "preparing_progress": progress, "result": finished, **more,
    }  # fmt: skip


def prediction(*objects: dict[str, Any], size: tuple[int, int] = (64, 48), **more: Any) -> dict[str, Any]:
    """A prediction of a picture of `size`, width and height."""
    annotation = {
        "description": "", "size": {"width": size[0], "height": size[1]}, "tags": [], "objects": list(objects),
        "customBigData": {},
    }  # fmt: skip
    names = ("source", "name", "path", "url", "project_id", "dataset_id", "image_id", "video_id", "frame_index")
    return {"annotation": annotation, **dict.fromkeys(names), "slides_data": {}, "data": {}, **more}


def thing(shape: str, payload: dict[str, Any], name: str = "cat", confidence: float | None = 0.9) -> dict[str, Any]:
    """An object of any geometry."""
    tags = [] if confidence is None else [{"name": "confidence", "value": confidence}]
    common = {"classTitle": name, "description": "", "tags": tags, "nnCreated": True, "nnUpdated": True}
    return {**common, "geometryType": shape, "shape": shape, **payload}


def box(left: float, top: float, right: float, bottom: float, **more: Any) -> dict[str, Any]:
    """A rectangle."""
    points = {"exterior": [[left, top], [right, bottom]], "interior": []}
    return thing("rectangle", {"points": points}, **more)


def mask(origin: tuple[int, int], size: tuple[int, int], *, filled: bool = True, **more: Any) -> dict[str, Any]:
    """A bitmap as real apps write it: a palette of two, the first of which is transparent."""
    picture = Image.new("P", size, 1 if filled else 0)
    picture.putpalette([0, 0, 0, 255, 255, 255])
    return masked(origin, png(picture, transparency=0), **more)


def masked(origin: tuple[int, int], content: bytes, **more: Any) -> dict[str, Any]:
    """A bitmap of whatever bytes."""
    data = base64.b64encode(zlib.compress(content)).decode()
    return thing("bitmap", {"bitmap": {"origin": list(origin), "data": data}}, **more)


def png(picture: Image.Image, **how: Any) -> bytes:
    """A picture as a PNG."""
    out = io.BytesIO()
    picture.save(out, "PNG", **how)
    return out.getvalue()


def meta(**shapes: str) -> dict[str, Any]:
    """A project meta of these classes."""
    classes = [
        {"title": title, "shape": shape, "color": "#00FF00", "description": "", "geometry_config": {}, "hotkey": ""}
        for title, shape in shapes.items()
    ]
    return {"classes": classes, "tags": [], "projectSettings": {}}


def answered(
    body: bytes, status: int = 200, route: str = "get_session_info", kind: str = "application/json"
) -> Exchange:
    """An exchange that nobody made."""
    return Exchange(route, Sent("POST", f"http://app/{route}"), status, kind, body, 0.1)


def truth_with(**deviations: dict[str, Any]) -> Truth:
    """The truth with these deviations in the place of those that are listed."""
    listed: dict[str, Any] = {"since": None, "until": None, "seen": [], "text": "it does otherwise"}
    components = {
        **load().document["components"], "x-deviations": {name: {**listed, **one} for name, one in deviations.items()},
    }  # fmt: skip
    lifecycle = yaml.safe_load((files("modeldouble_contract") / "lifecycle.yaml").read_text(encoding="utf-8"))
    return Truth({**load().document, "components": components}, lifecycle)
