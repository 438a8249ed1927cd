"""The password of a Redis is shown nowhere, whatever is in it and however it is written."""

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import quote

import pytest
import requests

from modeldouble_server import CannotServe, Server
from modeldouble_server.redaction import CUT, Secrets, cut_log
from modeldouble_server.redis_state import redis_state
from modeldouble_server.store.redis.address import Address
from modeldouble_server.store.redis.trouble import NotSent, down

from .conftest import Started
from .redis_server import RedisServer

PIECE = "s3same"
"""What of it would be left in any form that it is written in."""
PASSWORD = f"""{PIECE}%'"\\ä€ @/?#:{PIECE}%41"""
QUOTED = quote(PASSWORD, safe="")
_PATIENCE = 20.0


def url(redis: RedisServer, password: str = QUOTED) -> str:
    return f"redis://:{password}@127.0.0.1:{redis.port}/0"


def locked(redis: RedisServer) -> RedisServer:
    assert redis.say("CONFIG", "SET", "requirepass", PASSWORD) == b"+OK\r\n"
    return redis


FORMS = {
    "itself": PASSWORD,
    "in a URL": QUOTED,
    "in a URL, small": QUOTED.lower(),
    "in a URL, whose slashes are left": quote(PASSWORD),
    "in JSON": json.dumps(PASSWORD),
    "in JSON of any letters": json.dumps(PASSWORD, ensure_ascii=False),
    "shown": repr(PASSWORD),
    "shown in ASCII": ascii(PASSWORD),
    "as bytes": repr(PASSWORD.encode()),
    "in a list": repr([PASSWORD, 'a"b']),
    "in a dict of bytes": repr({b"AUTH": PASSWORD.encode()}),
}


@pytest.mark.parametrize("form", FORMS)
def test_the_registry_knows_every_form_of_it(form: str) -> None:
    cut = Secrets([PASSWORD]).cut(f"before {FORMS[form]} behind")
    assert PIECE not in cut
    assert CUT in cut
    assert (cut.startswith("before "), cut.endswith(" behind")) == (True, True)


def test_a_form_of_it_is_cut_also_where_a_secret_of_a_place_would_end_within_it() -> None:
    cut = Secrets([PASSWORD]).cut(f"cannot connect to redis://user:{PASSWORD}@store:6379/0?token={PASSWORD}")
    assert PIECE not in cut
    assert cut == "cannot connect to redis://***@store:6379/0?token=***"


@pytest.mark.parametrize("secret", ["plain", "plain-token-of-some-length", "\udcff\udcfe1234567"])
def test_a_plain_one_is_cut_as_ever_and_one_that_is_no_text_too(secret: str) -> None:
    secrets = Secrets([secret])
    assert secrets.cut(f"it is {secret}.") == f"it is {CUT}."
    assert not secrets.within(b"nothing of it")


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("sent", [True, False])
def test_what_redis_or_its_client_says_of_it_is_not_passed_on(form: str, sent: bool) -> None:
    error: Exception = ValueError(f"{'x' * 150} no entry for {FORMS[form]}")
    if not sent:
        error, cause = NotSent(), error
        error.__cause__ = cause
    text = str(down(error, Address(f"redis://:{QUOTED}@store"), 5.0))
    assert PIECE not in text
    assert "xxx no entry for " in text


@pytest.mark.parametrize(
    "text",
    [
        f"redis://user:12?{PIECE}=x@store/0", f"redis://user:12?x={PIECE}@store/0", f"redis://user:12/{PIECE}@store",
        f"redis://user:12#{PIECE}@store", f"redis://:{PIECE}/x@store", f"redis://:{PIECE}'x@store:port",
        f"redis://:{PIECE}\udcff@store", f"redis://user:12/{PIECE}?@store", f"unix://user:12/{PIECE}@/run/redis.sock",
        f"rediss://:{PIECE}[@store", f"redis://:{PIECE}@store/0?x={PIECE}", f"redis://:{PIECE}@:6379",
    ],
)  # fmt: skip
def test_an_address_that_is_wrong_does_not_show_it(text: str) -> None:
    with pytest.raises(CannotServe) as told:
        Address(text)
    assert PIECE not in str(told.value)


def test_an_address_whose_password_was_not_quoted_is_told_how_to() -> None:
    with pytest.raises(CannotServe, match=r"has an @ behind its host.*write / . # and @ of a password as %2F %3F %23"):
        Address(f"redis://user:12/{PIECE}@store")
    assert Address("unix:///run/a%40b.sock").connection()["path"] == "/run/a@b.sock"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the command line's log writes."""
    written = io.StringIO()
    handler = cut_log(written, {})
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize("form", FORMS)
async def test_no_line_of_a_log_shows_it_once_the_store_was_opened(
    form: str, log: io.StringIO, own_redis: Started
) -> None:
    async with redis_state(url(locked(own_redis()))):
        logging.getLogger("redis.connection").warning("cannot connect with %s", FORMS[form])
        try:
            raise ConnectionError(FORMS[form])
        except ConnectionError:
            logging.getLogger("asyncio").exception("a task has failed")
    assert PIECE not in log.getvalue()
    assert "WARNING redis.connection: cannot connect with " in log.getvalue()
    assert "\nTraceback" in log.getvalue()


async def test_a_store_that_does_not_open_does_not_show_it(log: io.StringIO, own_redis: Started) -> None:
    redis = locked(own_redis())
    for wrong in (url(redis, f"{QUOTED}x"), "redis://:" + QUOTED + "@127.0.0.1:1/0"):
        with pytest.raises(CannotServe) as told:
            async with redis_state(wrong):
                pass
        logging.getLogger("modeldouble_server").error("%s", told.value, exc_info=told.value)
        assert PIECE not in f"{told.value} {told.value!r} {told.value.__cause__!r} {log.getvalue()}"
        assert "127.0.0.1:" in str(told.value)


def ask(server: Server, verb: str, path: str, body: object = None) -> requests.Response:
    return requests.request(verb, f"{server.server_address}/{path}", json=body, timeout=_PATIENCE)


@pytest.mark.parametrize("admin_token", [None, "an-admin-token"])
def test_no_answer_and_no_journal_shows_it(
    own_redis: Started, caplog: pytest.LogCaptureFixture, admin_token: str | None
) -> None:
    redis = locked(own_redis())
    with Server(redis=url(redis), admin_token=admin_token) as server:
        own = f"net/{server.session_token}"
        assert ask(server, "POST", f"{own}/{QUOTED}", {}).status_code == 404
        assert ask(server, "POST", f"net/nobody/{QUOTED}", {}).status_code == 404
        redis.kill()
        start = {"state": {"videoId": 18635803}}
        answers = [ask(server, "GET", f"{own}/is_ready"), ask(server, "POST", f"{own}/inference_video_id_async", start)]
        assert [one.status_code for one in answers] == [503, 503]
        entries = [*server.fake.console.journal.entries(), *next(iter(server.fake.models.values())).journal.entries()]
    assert entries
    told = "".join([one.text for one in answers])
    assert PIECE not in f"{told}{entries}{caplog.text}{server!r}"


def test_the_command_line_does_not_show_it() -> None:
    command = [sys.executable, "-m", "modeldouble_server.cli", "serve", "--port", "0", "--redis"]
    for address in (f"redis://:{QUOTED}@127.0.0.1:1/0", f"redis://user:12/{PIECE}@store"):
        done = subprocess.run([*command, address], capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode != 0
        assert "Redis" in done.stderr
        assert PIECE not in done.stdout + done.stderr


def test_the_address_may_come_from_the_environment_which_no_list_of_processes_shows() -> None:
    command = [sys.executable, "-m", "modeldouble_server.cli", "serve", "--port", "0"]
    environment = {**os.environ, "MODELDOUBLE_REDIS": f"redis://:{QUOTED}@127.0.0.1:1/0"}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=environment)
    assert done.returncode == 1
    assert "Redis at redis://127.0.0.1:1/0" in done.stderr
    assert PIECE not in done.stdout + done.stderr
