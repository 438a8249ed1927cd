"""A bare aiohttp server that reads a request and answers stored bytes, for what clients cost. Serves until it is ended.

`GET /seen/ROUTE` is the last body that came to a route, so that another client can send the very same bytes.
"""

import json
import sys

from aiohttp import web

INFO = {
    "app_name": "Neural Network Serving", "session_id": None, "number_of_classes": 2,
    "sliding_window_support": "basic", "videos_support": True, "async_video_inference_support": True,
    "tracking_on_videos_support": True, "async_image_inference_support": True, "tracking_algorithms": ["botsort"],
    "batch_inference_support": False, "max_batch_size": None, "task type": "object detection",
    "model_name": "Stored", "checkpoint_name": "stored-1", "device": "cpu",
}  # fmt: skip
META = {
    "classes": [{"title": name, "shape": "rectangle", "color": "#E6194B", "geometry_config": {}, "id": None,
                 "hotkey": ""} for name in ("person", "car")],
    "tags": [{"name": "confidence", "value_type": "any_number", "color": "#3CB44B", "id": None, "hotkey": "",
              "applicable_type": "all", "classes": []}],
    "projectType": "images",
}  # fmt: skip
OBJECTS = [
    {
        "classTitle": ("person", "car")[at % 2], "description": "", "labelerLogin": "", "geometryType": "rectangle",
        "tags": [{"name": "confidence", "value": 0.5 + at / 64, "labelerLogin": "", "createdAt": "", "updatedAt": ""}],
        "points": {"exterior": [[30 * at, 20], [30 * at + 25, 200]], "interior": []},
    }
    for at in range(20)
]  # fmt: skip
SIZE = {"height": 480, "width": 640}
ANNOTATION = {"description": "", "tags": [], "size": SIZE, "objects": OBJECTS, "customBigData": {}}
PREDICTION = {"annotation": ANNOTATION, "data": {}, "name": "stored.jpg", "image_name": "stored.jpg", "image_id": None}

ANSWERS = {
    "get_session_info": INFO,
    "get_output_classes_and_tags": META,
    "get_custom_inference_settings": {"settings": {"conf": 0.4}},
    "inference_image": PREDICTION,
}
STORED = {route: json.dumps(answer).encode() for route, answer in ANSWERS.items()}
JSON = {"Content-Type": "application/json"}

seen: dict[str, tuple[str, bytes]] = {}


async def answer(request: web.Request) -> web.Response:
    """The stored bytes of a route, once the body is whole."""
    route = request.match_info["route"]
    seen[route] = request.headers.get("Content-Type", ""), await request.read()
    return web.Response(body=STORED[route], headers=JSON)


async def told(request: web.Request) -> web.Response:
    """What came last."""
    kind, body = seen[request.match_info["route"]]
    return web.Response(body=body, headers={"Content-Type": kind})


async def ready(app: web.Application) -> None:
    """Take a free port, and say which."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    sys.stdout.write(json.dumps({"ready": {"url": f"http://127.0.0.1:{port}"}}) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Serve."""
    import asyncio

    app = web.Application(client_max_size=1 << 26)
    app.router.add_post("/{route}", answer)
    app.router.add_get("/seen/{route}", told)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(ready(app))
    loop.run_forever()


if __name__ == "__main__":
    main()
