"""What an address of the web looks like."""

from urllib.parse import urlsplit


def is_http(url: str) -> bool:
    """It is an http or https URL that names a host."""
    try:
        split = urlsplit(url)
    except ValueError:
        return False
    return split.scheme in ("http", "https") and bool(split.hostname)
