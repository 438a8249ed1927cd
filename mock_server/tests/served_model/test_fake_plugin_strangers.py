"""The plugin in the suites of others: it costs them nothing, and works with what they use."""

import subprocess
import sys

import pytest

from .conftest import Suite

HEAVY = ("aiohttp", "PIL", "faker", "yaml", "requests", "numpy", "yarl", "modeldouble", "modeldouble_server.served")
STRICT = """[pytest]
addopts = --strict-markers --strict-config -p no:randomly
xfail_strict = true
filterwarnings = error
"""


def test_a_suite_that_does_not_use_it_loads_nothing_of_it(suite: Suite) -> None:
    source = f"""
import sys
def test_it():
    assert "modeldouble_server.plugin" in sys.modules
    assert [name for name in {HEAVY!r} if name in sys.modules] == []
"""
    ran = suite(source, ini=STRICT, head="")
    assert (ran.status, ran.counts["passed"]) == (0, 1), ran.text


def test_it_adds_no_option_and_no_marker(suite: Suite) -> None:
    for argument in ("--help", "--markers"):
        ran = suite("", argument, head="")
        assert ran.status == 0
        assert "modeldouble" not in "\n".join(line for line in ran.text.splitlines() if "plugin" not in line)


def test_fixtures_say_what_they_are(suite: Suite) -> None:
    text = suite("", "--fixtures", head="").text
    for name in ("served_model", "served_model_env", "served_model_spec", "model_server"):
        assert f"\n{name} " in text


def test_it_is_found_where_the_package_is_installed(suite: Suite) -> None:
    ran = suite("def test_it(served_model):\n    pass\n", installed=True)
    assert (ran.status, ran.counts["passed"]) == (0, 1), ran.text


def test_it_can_be_left_out(suite: Suite) -> None:
    source = "def test_it(served_model):\n    pass\n"
    assert "fixture 'served_model' not found" in suite(source, "-p", "no:modeldouble", installed=True).text


PARALLEL = """
@pytest.mark.parametrize("number", range(40))
def test_its_own(served_model, number):
    served_model.when(image_id=5).predict(f"class {number}", box=(1, 2, 3, 4))
    objects = ask(served_model, image_id=5).json()["annotation"]["objects"]
    assert [one["classTitle"] for one in objects] == [f"class {number}"]
    served_model.assert_received(times=1)
    assert ask(served_model, image_id=6).status_code == 404
"""


def test_models_do_not_mix_in_parallel(suite: Suite) -> None:
    ran = suite(PARALLEL, "-n", "2", ini=STRICT, plugins=("xdist",))
    assert (ran.status, ran.counts["passed"]) == (0, 40), ran.text


LIVING = """
import gc

@pytest.mark.parametrize("number", range(5))
def test_one(served_model, model_server, number):
    gc.collect()
    assert len(model_server.fake.models) == 2
    assert sum(type(one).__name__ == "ServedModel" for one in gc.get_objects()) == 1
    served_model.add_image(served_model.picture("a.png"), image_id=6)
    assert ask(served_model, image_id=6).status_code == (200 if number % 2 else 404)
"""


def test_no_model_outlives_its_test_whether_it_failed_or_not(suite: Suite) -> None:
    ran = suite(LIVING, "--tb=line", ini=STRICT)
    assert (ran.counts["passed"], ran.counts["failed"]) == (2, 3), ran.text
    assert sum(line.endswith("] - assert 200 == 404") for line in ran.text.splitlines()) == 3


ASYNCHRONOUS = """
import asyncio
MARK

async def test_in_a_thread(served_model):
    served_model.when(image_id=5).predict("cat", box=(1, 2, 3, 4))
    answers = await asyncio.gather(*[asyncio.to_thread(ask, served_model, image_id=5) for _ in range(4)])
    assert [one.status_code for one in answers] == [200] * 4
    served_model.assert_received(times=4)

async def test_one_more(model_server):
    async with model_server.add_model() as model:
        assert (await asyncio.to_thread(ask, model, image_id=5)).status_code == 404
"""


@pytest.mark.parametrize(("mode", "mark"), [("auto", ""), ("strict", "pytestmark = pytest.mark.asyncio")])
def test_it_works_in_event_loops(suite: Suite, mode: str, mark: str) -> None:
    ini = f"{STRICT}asyncio_mode = {mode}\nasyncio_default_fixture_loop_scope = function\n"
    ran = suite(ASYNCHRONOUS.replace("MARK", mark), ini=ini, plugins=("pytest_asyncio.plugin",))
    assert (ran.status, ran.counts["passed"]) == (0, 2), ran.text


UNITTEST = """
import threading, unittest
import modeldouble_server

class ByHand(unittest.TestCase):
    def setUp(self):
        self.server = modeldouble_server.serve().start()
        self.model = self.server.add_model()

    def tearDown(self):
        self.model.close()
        self.server.stop()

    def test_it(self):
        self.model.when(image_id=5).predict("cat", box=(1, 2, 3, 4))
        self.assertEqual(ask(self.model, image_id=5).status_code, 200)
        self.model.check()

class ByFixture(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def _model(self, served_model):
        self.model = served_model

    def test_it(self):
        self.model.when(image_id=5).predict("cat", box=(1, 2, 3, 4))
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(ask(self.model, image_id=5))) for _ in range(4)]
        [one.start() for one in threads], [one.join() for one in threads]
        self.assertEqual([one.status_code for one in answers], [200] * 4)

    def test_swallowed(self):
        self.model.when(image="no.jpg").predict()
        self.model.add_image(self.model.picture("a.png"), image_id=6)
        ask(self.model, image_id=6)
"""


def test_it_works_in_unittest(suite: Suite) -> None:
    ran = suite(UNITTEST, ini=STRICT)
    assert ran.status == 1
    assert (ran.counts["passed"], ran.counts["error"]) == (3, 1), ran.text
    assert "no stub answers call 1, inference_image_id" in ran.text


def test_importing_the_package_for_its_warning_loads_no_server() -> None:
    use = "import modeldouble_server, sys; modeldouble_server.UnusedStub"
    source = f"{use}; print([name for name in {HEAVY!r} if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout.strip() == "[]"
