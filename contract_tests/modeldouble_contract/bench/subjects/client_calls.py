"""Calls of our client. Arguments: URL, picture."""

from collections.abc import Callable
from pathlib import Path

from modeldouble import Session


def calls(url: str, picture: str) -> dict[str, Callable[[], object]]:
    """Each call by the name of its case."""
    session, content = Session(session_url=url), Path(picture).read_bytes()
    return {
        "session info": session.get_session_info,
        "picture by path": lambda: session.inference_image_path(picture),
        "picture in memory": lambda: session.inference_image(content),
    }
