"""What a model of a test's own costs, and a suite of many tests with a model each, in parallel.

`python served_models.py [--rounds 400] [--tests 500] [--processes 4] [--no-limit]`. Prints the medians of set-up and
teardown, runs the suite under pytest-xdist, and fails if a set-up takes 2 ms or a test of the suite fails: each test
predicts a class that no other test has, must see that class and its own calls only, and tries ids and tokens of others.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import modeldouble_server

LIMIT = 0.002
SUITE = """
import pytest, requests

OTHERS = []

@pytest.fixture
def http():
    with requests.Session() as session:
        session.trust_env = False
        yield session

@pytest.mark.parametrize("number", range({tests}))
def test_its_own(served_model, http, number):
    def post(url, **state):
        return http.post(url, json={{"state": state, "context": {{}}}}, timeout=60)

    def info(token, image_id):
        url = served_model.server_address + "/public/api/v3/images.info"
        return http.post(url, json={{"id": image_id}}, headers={{"x-api-key": token}}, timeout=60).status_code

    route, mine = "/inference_image_id", 1000 + number
    served_model.when(image_id=mine).predict(f"class {{number}}", box=(1, 2, 30, 40))
    for _ in range(3):
        found = post(served_model.session_url + route, image_id=mine).json()["annotation"]["objects"]
        assert [one["classTitle"] for one in found] == [f"class {{number}}"]
    assert [one.image_id for one in served_model.received()] == [mine] * 3
    assert info(served_model.api_token, mine) == 200
    for url, token, theirs in OTHERS[-3:]:
        assert post(served_model.session_url + route, image_id=theirs).status_code == 404
        assert info(served_model.api_token, theirs) == 404
        assert (post(url + route, image_id=theirs).status_code, info(token, theirs)) == (404, 401)
    OTHERS.append((served_model.session_url, served_model.api_token, mine))
    served_model.assert_received(times=3)

@pytest.mark.parametrize("number", range({pairs}))
def test_two_at_once(served_model, model_server, http, number):
    with model_server.add_model() as other:
        served_model.when().predict(f"one {{number}}", box=(1, 2, 30, 40))
        other.when().predict(f"other {{number}}", box=(1, 2, 30, 40))
        ids = [one.add_image(one.picture("a.png", size=(50, 40)), image_id=7 + at) for at, one in
               enumerate((served_model, other))]
        for one, mine, theirs in ((served_model, *ids), (other, *ids[::-1])):
            url, state = one.session_url + "/inference_image_id", {{"context": {{}}}}
            assert http.post(url, json={{"state": {{"image_id": mine}}}}, timeout=60).status_code == 200
            assert http.post(url, json={{"state": {{"image_id": theirs}}}}, timeout=60).status_code == 404
            one.assert_received(times=1)
"""


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=400)
    parser.add_argument("--tests", type=int, default=500)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--no-limit", action="store_true")
    options = parser.parse_args()
    machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"{time.strftime('%Y-%m-%d')}, {machine}\n\n| step | median, ms | 95 %, ms |\n|---|---|---|")  # noqa: T201
    middles = []
    for name, seconds in _rounds(options.rounds).items():
        middles.append(statistics.median(seconds))
        print(f"| {name} | {1000 * middles[-1]:.2f} | {1000 * statistics.quantiles(seconds, n=20)[-1]:.2f} |")  # noqa: T201
    ended, took, last = _suite(options.tests, options.processes)
    print(f"\n{options.tests} tests, -n {options.processes}: {last.strip('= ')}; {took:.1f} s with the start of pytest")  # noqa: T201
    return 0 if ended == 0 and (options.no_limit or middles[0] < LIMIT) else 1


def _rounds(count: int) -> dict[str, list[float]]:
    """Seconds of `add_model` and of `close`; between them the model is told an answer, as by a test."""
    begun, ended = [], []
    with modeldouble_server.serve() as server:
        server.add_model().close()
        for _ in range(count):
            begin = time.perf_counter()
            model = server.add_model()
            begun.append(time.perf_counter() - begin)
            model.when(image="street.jpg").predict("person", box=(1, 2, 30, 40))
            end = time.perf_counter()
            model.close()
            ended.append(time.perf_counter() - end)
    return {"set-up": begun, "teardown": ended}


def _suite(tests: int, processes: int) -> tuple[int, float, str]:
    """Status, seconds and last line of a suite in which every test has a model."""
    pairs = tests // 10
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n", encoding="utf-8")
        source = SUITE.format(tests=tests - pairs, pairs=pairs)
        Path(folder, "test_many.py").write_text(source, encoding="utf-8")
        plugins = ["-p", "modeldouble_server.plugin", "-p", "xdist"]
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *plugins, "-n", str(processes)]
        begin = time.perf_counter()
        ran = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            capture_output=True,
            text=True,
        )
        took = time.perf_counter() - begin
    if ran.returncode:
        print(ran.stdout[-5000:], ran.stderr[-2000:])  # noqa: T201
    return ran.returncode, took, ran.stdout.splitlines()[-1]


if __name__ == "__main__":
    sys.exit(main())
