"""Which texts are addresses of the web."""

import pytest

from modeldouble_server.address import is_http


@pytest.mark.parametrize("url", ["http://a", "https://a.b:8000/c.jpg?d=e", "HTTP://A/"])
def test_an_http_url_with_a_host_is_one(url: str) -> None:
    assert is_http(url)


@pytest.mark.parametrize("url", ["", "a.jpg", "http://", "ftp://a/b", "file:///etc/passwd", "http://[::1", "//a/b"])
def test_anything_else_is_none(url: str) -> None:
    assert not is_http(url)
