"""Bytes posted with a pooled `requests.Session`. Arguments: URL, whether the answer's JSON is read.

The bytes are those that came to the server last.
"""

from collections.abc import Callable

import requests


def calls(url: str, read: str) -> dict[str, Callable[[], object]]:
    """Each call by the name of its case."""
    session = requests.Session()
    picture = posting(session, url, "inference_image", bool(read))
    return {
        "session info": posting(session, url, "get_session_info", bool(read)),
        "picture by path": picture,
        "picture in memory": picture,
    }


def posting(session: requests.Session, url: str, route: str, read: bool) -> Callable[[], object]:
    """A call of one route."""
    last = session.get(f"{url}/seen/{route}", timeout=60)
    last.raise_for_status()
    target, body, headers = f"{url}/{route}", last.content, {"Content-Type": last.headers["Content-Type"]}

    def post() -> object:
        answer = session.post(target, data=body, headers=headers, timeout=60)
        return answer.json() if read else answer.content

    return post
