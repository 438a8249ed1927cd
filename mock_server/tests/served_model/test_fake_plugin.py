"""The fixtures, in suites of their own: what passes, what fails and with which words."""

import pytest

from .conftest import Ran, Suite

TELLING = """
def test_good(served_model):
    served_model.when(image_id=5).predict("person", box=(1, 2, 3, 4))
    assert ask(served_model, image_id=5).status_code == 200

def test_swallowed(served_model):
    served_model.when(image_id=5).predict("person", box=(1, 2, 3, 4))
    served_model.add_image(served_model.picture("a.png"), image_id=6)
    ask(served_model, image_id=5)
    ask(served_model, image_id=6)

def test_failed_anyway(served_model):
    served_model.when(image_id=5).predict("person", box=(1, 2, 3, 4))
    served_model.add_image(served_model.picture("a.png"), image_id=6)
    assert ask(served_model, image_id=6).status_code == 200

@pytest.mark.xfail(reason="known", strict=True)
def test_expected(served_model):
    served_model.when(image="no.jpg").predict()
    served_model.add_image(served_model.picture("a.png"), image_id=6)
    assert ask(served_model, image_id=6).status_code == 200

def test_unused(served_model):
    served_model.when(image="never.jpg").predict("person", box=(1, 2, 3, 4))

@pytest.mark.parametrize("served_model_spec", [{"unused": "error"}], indirect=True)
def test_unused_fails(served_model):
    served_model.when(image="nor.jpg").predict("person", box=(1, 2, 3, 4))

@pytest.mark.parametrize("served_model_spec", [{"unused": "ignore"}], indirect=True)
def test_unused_passes(served_model):
    served_model.when(image="neither.jpg").predict("person", box=(1, 2, 3, 4))

@pytest.mark.parametrize("served_model_spec", [{"clases": []}, ["a"], {"unused": "fail"}], indirect=True)
def test_wrong_spec(served_model):
    pass

def test_without():
    assert False
"""


@pytest.fixture(scope="module")
def told(suite: Suite) -> Ran:
    """A suite in which tests pass and fail for the reasons that the plugin has."""
    return suite(TELLING, "-rA")


def part(ran: Ran, name: str) -> str:
    """What is told of one test, from its headline to the next."""
    _, _, rest = ran.text.partition(f" {name} __")
    return rest.partition("\n____")[0]


def test_the_suite_ends_with_the_failures_that_it_has(told: Ran) -> None:
    assert told.status == 1
    counts = {name: told.counts[name] for name in ("failed", "passed", "xfailed", "warning", "error")}
    assert counts == {"failed": 2, "passed": 5, "xfailed": 1, "warning": 1, "error": 5}


def test_a_call_that_no_stub_answers_fails_the_test_even_if_it_was_swallowed(told: Ran) -> None:
    text = part(told, "ERROR at teardown of test_swallowed")
    assert "no stub answers call 2, inference_image_id, image='a.png', image_id=6" in text
    assert "  near: when(image_id=5) (stub 1)\n    image_id: 5 expected, 6 sent" in text
    assert "Traceback" not in text


def test_a_failed_test_shows_its_calls_and_is_not_failed_twice(told: Ran) -> None:
    text = part(told, "test_failed_anyway")
    assert "- modeldouble -" in text
    assert "call 1, inference_image_id, image='a.png', image_id=6" in text
    assert "image_id: 5 expected, 6 sent" in text
    assert "teardown of test_failed_anyway" not in told.text


def test_an_expected_failure_stays_one(told: Ran) -> None:
    assert "XFAIL test_it.py::test_expected" in told.text


def test_an_unused_stub_warns_at_its_test(told: Ran) -> None:
    assert "UnusedStub: when(image='never.jpg') (stub 1) was never used" in told.text
    assert "PASSED test_it.py::test_unused\n" in told.text


def test_an_unused_stub_fails_or_passes_as_the_spec_says(told: Ran) -> None:
    assert "when(image='nor.jpg') (stub 1) was never used" in part(
        told, "ERROR at teardown of test_unused_fails[served_model_spec0]"
    )
    assert "neither.jpg" not in told.text


def test_a_spec_that_cannot_be_meant_is_told(told: Ran) -> None:
    assert "served_model_spec has 'clases', did you mean 'classes'?" in told.text
    assert "served_model_spec is ['a']; give a dict of arguments of Server.add_model" in told.text
    assert "unused is 'fail'; give 'warn', 'error' or 'ignore'" in told.text


def test_a_test_without_a_model_is_reported_as_ever(told: Ran) -> None:
    assert "- modeldouble -" not in part(told, "test_without")


@pytest.mark.parametrize("arguments", [["-W", "error::modeldouble_server.UnusedStub"], ["-W", "error"]])
def test_a_warning_filter_makes_unused_stubs_an_error(suite: Suite, arguments: list[str]) -> None:
    ran = suite("def test_it(served_model):\n    served_model.when(image='x.jpg').predict()\n", *arguments)
    assert (ran.status, ran.counts["error"]) == (1, 1)
    assert "UnusedStub: when(image='x.jpg') (stub 1) was never used" in ran.text


SPECS = """
class TestOfAModule:
    @pytest.fixture
    def served_model_spec(self):
        return {"classes": ["rust"], "settings": {"conf_thres": 0.7}}

    def test_class(self, served_model):
        classes = requests.post(served_model.session_url + "/get_output_classes_and_tags", json={}).json()["classes"]
        assert [one["title"] for one in classes] == ["rust"]

@pytest.fixture
def served_model_spec():
    return {"preset": "pose"}

def test_module(served_model):
    info = requests.post(served_model.session_url + "/get_session_info", json={}).json()
    assert info["task type"] == "pose estimation"

@pytest.mark.parametrize("served_model_spec", [{"info": {"device": name}} for name in ("a", "b")])
def test_parametrized(served_model, served_model_spec):
    info = requests.post(served_model.session_url + "/get_session_info", json={}).json()
    assert info["device"] == served_model_spec["info"]["device"]

def test_environment(served_model_env, served_model):
    import os
    assert os.environ["SERVER_ADDRESS"] == served_model.server_address == served_model_env["SERVER_ADDRESS"]
    assert os.environ["API_TOKEN"] == served_model.api_token
    assert "127.0.0.1" in os.environ["NO_PROXY"] and "127.0.0.1" in os.environ["no_proxy"]

def test_after_it():
    import os
    assert os.environ.get("API_TOKEN") is None

def test_one_server(model_server, served_model):
    assert served_model.server_address == model_server.server_address
    with model_server.add_model() as other:
        assert other.session_url != served_model.session_url
"""


def test_a_spec_is_overridden_at_every_level(suite: Suite) -> None:
    ran = suite(SPECS, ini="[pytest]\nfilterwarnings = error\n")
    assert (ran.status, ran.counts["passed"]) == (0, 7), ran.text


DEVIATING = """
@pytest.mark.parametrize("number", range(3))
def test_url(served_model, number):
    body = {"state": {"image_url": f"http://example.com/{number}.jpg"}, "context": {}}
    assert requests.post(served_model.session_url + "/inference_image_url", json=body).status_code == 200

def test_nothing(served_model):
    pass
"""


@pytest.mark.parametrize("arguments", [[], ["-n", "2"]])
def test_what_real_servers_do_otherwise_is_summed_up_once(suite: Suite, arguments: list[str]) -> None:
    ran = suite(DEVIATING, *arguments, plugins=("xdist",))
    assert (ran.status, ran.counts["passed"]) == (0, 4), ran.text
    assert ran.text.count("modeldouble: real servers would have answered otherwise") == 1
    [line] = [line for line in ran.text.splitlines() if line.endswith("[url-not-fetched]")]
    assert line.startswith("3 tests: image URL 'http://example.com/")
    assert "real servers (all) fetch the URL" in line


def test_where_nothing_deviates_nothing_is_summed_up(suite: Suite) -> None:
    assert "real servers" not in suite("def test_it(served_model):\n    pass\n").text
