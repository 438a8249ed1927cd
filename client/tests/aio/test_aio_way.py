"""The way to a host, as the environment says."""

from __future__ import annotations

import base64
import ssl
from pathlib import Path

import pytest

from modeldouble.aio.way import way_to

PROXY = "http://proxy:3128"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "netrc", "requests_ca_bundle", "curl_ca_bundle"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return monkeypatch


def test_without_a_word_it_is_straight() -> None:
    assert way_to("http://host:1") == (None, {}, None)


@pytest.mark.parametrize(
    ("name", "url", "proxy"),
    [
        ("HTTP_PROXY", "http://host", PROXY),
        ("http_proxy", "http://host", PROXY),
        ("HTTPS_PROXY", "https://host", PROXY),
        ("ALL_PROXY", "http://host", PROXY),
        ("HTTPS_PROXY", "http://host", None),
    ],
)
def test_a_proxy_is_for_its_scheme(environment: pytest.MonkeyPatch, name: str, url: str, proxy: str | None) -> None:
    environment.setenv(name, PROXY)
    assert way_to(url).proxy == proxy


def test_a_proxy_without_a_scheme_speaks_http(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("HTTP_PROXY", "proxy:3128")
    assert way_to("http://host").proxy == PROXY


@pytest.mark.parametrize(
    ("excepted", "url", "straight"),
    [
        ("host", "http://host:80", True),
        ("host:81", "http://host:80", False),
        (".example.com", "http://a.example.com", True),
        ("127.0.0.1", "http://127.0.0.1:27209", True),
        ("10.0.0.0/8, x", "http://10.1.2.3", True),
        ("10.0.0.0/8", "http://11.1.2.3", False),
        ("nonsense/8", "http://10.1.2.3", False),
        ("*", "http://host", True),
        ("other", "http://host", False),
    ],
)
def test_some_hosts_are_excepted(environment: pytest.MonkeyPatch, excepted: str, url: str, straight: bool) -> None:
    environment.setenv("HTTP_PROXY", PROXY)
    environment.setenv("NO_PROXY", excepted)
    assert (way_to(url).proxy is None) is straight


def test_a_password_comes_from_the_netrc_file_unless_the_address_has_one(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "passwords"
    file.write_text("machine host login me password secret\n", encoding="utf-8")
    file.chmod(0o600)
    environment.setenv("NETRC", str(file))
    assert way_to("http://host:5").headers == {"Authorization": f"Basic {base64.b64encode(b'me:secret').decode()}"}
    assert way_to("http://other").headers == way_to("http://you:own@host").headers == {}
    file.write_text("machine", encoding="utf-8")
    assert way_to("http://host").headers == {}


def test_https_trusts_what_requests_trusts(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    trust = way_to("https://host").trust
    assert trust is not None
    assert (trust.verify_mode, trust.check_hostname) == (ssl.CERT_REQUIRED, True)
    environment.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    with pytest.raises(OSError, match="No such file"):
        way_to("https://host")
