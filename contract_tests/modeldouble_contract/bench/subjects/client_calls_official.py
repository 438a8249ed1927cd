"""Calls of the official client. Arguments: URL, picture, class: Session, or SessionJSON, whose answers stay JSON."""

from collections.abc import Callable

import supervisely  # pyright: ignore[reportMissingImports]
from supervisely.nn import inference  # pyright: ignore[reportMissingImports]


def calls(url: str, picture: str, kind: str) -> dict[str, Callable[[], object]]:
    """Each call by the name of its case. It takes a picture by its path only."""
    supervisely.logger.setLevel("ERROR")
    api = supervisely.Api("http://127.0.0.1:1", "token")
    session = getattr(inference, kind)(api, session_url=url)
    return {
        "session info": session.get_session_info,
        "picture by path": lambda: session.inference_image_path(picture),
    }
