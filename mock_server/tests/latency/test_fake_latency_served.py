"""A served model takes its time: once for a request, on the clock of its tenant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from modeldouble_server import Server
from modeldouble_server.clock import Clock
from modeldouble_server.model_options import model_spec
from modeldouble_server.scenario.command import explained
from modeldouble_server.scenario.generated import picture

PNG = picture((1000, 500))


class Lived:
    """A server on a clock that only its sleep moves."""

    def __init__(self) -> None:
        self.now, self.slept = 1000.0, 0.0
        self.server = Server(clock=Clock(lambda: self.now), sleep=self.sleep)
        self.http = requests.Session()
        self.http.trust_env = False

    async def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.now += seconds

    def took(self, url: str, route: str, count: int = 1) -> float:
        before, files = self.slept, [("files", (f"{at}.png", PNG)) for at in range(count)]
        answer = self.http.post(f"{url}/{route}", files=files, data={"settings": "{}"}, timeout=20)
        assert answer.status_code == 200, answer.text
        return self.slept - before


@pytest.fixture
def lived() -> Iterator[Lived]:
    made = Lived()
    with made.server:
        yield made
    made.http.close()


def test_a_batch_counts_once(lived: Lived) -> None:
    model = lived.server.add_model(latency={"fixed": 1, "per_image": 0.25, "per_megapixel": 2, "cold_start": 5})
    url = model.session_url
    assert lived.took(url, "inference_image") == pytest.approx(5 + 1 + 1)
    assert lived.took(url, "inference_batch", 4) == pytest.approx(1 + 0.75 + 4)
    assert lived.took(url, "inference_image") == pytest.approx(2)


def test_a_number_is_for_each_picture(lived: Lived) -> None:
    url = lived.server.add_model(latency=0.5).session_url
    assert [lived.took(url, "inference_image"), lived.took(url, "inference_batch", 3)] == [0.5, 1.5]


def test_a_job_takes_its_pace_and_no_latency(lived: Lived) -> None:
    model = lived.server.add_model(latency=5)
    assert lived.took(model.session_url, "inference_batch_async", 2) == 0


def test_each_call_has_a_time_of_its_own_and_the_next_server_the_same(lived: Lived) -> None:
    def times(seed: int) -> list[float]:
        url = lived.server.add_model(latency={"uniform": {"min": 1, "max": 2}}, seed=seed).session_url
        return [lived.took(url, "inference_image") for _ in range(3)]

    first = times(1)
    assert len(set(first)) == 3
    assert times(1) == pytest.approx(first)
    assert times(2) != pytest.approx(first)


def test_models_of_one_spec_are_cold_each(lived: Lived) -> None:
    spec = model_spec(latency={"fixed": 1, "cold_start": 3})
    urls = [lived.server.add_model(spec=spec).session_url for _ in range(2)]
    assert [lived.took(url, "inference_image") for url in urls] == [4, 4]


@pytest.mark.parametrize("value", ["soon", {"min": 1}, {"profile": "nope.yaml"}])
def test_a_wrong_latency_of_add_model_is_a_value_error(lived: Lived, value: Any) -> None:
    with pytest.raises(ValueError, match=r"^latency"):
        lived.server.add_model(latency=value)


def test_explain_tells_the_first_call_s_time_and_that_it_is_made_up(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(PNG)
    (tmp_path / "s.yaml").write_text("models:\n  - preset: detection\n    latency: {per_megapixel: 2, cold_start: 3}\n")
    told = explained(str(tmp_path / "s.yaml"), tmp_path / "a.png", None).splitlines()
    assert told[1] == "  takes 4 s (latency: synthetic)"
