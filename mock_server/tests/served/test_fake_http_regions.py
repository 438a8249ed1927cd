"""A region of interest that real servers would not take, and what the log says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.served.conftest import Caller

ORANGES = 17551748
"""A picture of 1067 x 800 pixels."""
WINDOWS: dict[str, Any] = {
    "inference_mode": "sliding_window", "sliding_window_params": {"windowHeight": 400, "windowWidth": 500},
}  # fmt: skip


def told(fake: Caller, caplog: pytest.LogCaptureFixture, region: list[list[int]], **more: Any) -> set[str]:
    """Kinds of deviations of which the log says something after two requests; each is told once."""
    rectangle = {"points": {"exterior": region, "interior": []}}
    for _ in range(2):
        fake.ask("inference_image_id", image_id=ORANGES, settings={"rectangle": rectangle, **more})
    said = [one.getMessage().rpartition("[")[2].rstrip("]") for one in caplog.records]
    assert len(set(said)) == len(said)
    return {one for one in said if one.startswith("region")}


@pytest.mark.parametrize("region", [[[-1, 0], [9, 9]], [[0, -1], [9, 9]], [[0, 0], [1067, 9]], [[0, 0], [9, 800]]])
def test_a_region_beyond_the_picture_is_told(
    fake: Caller, caplog: pytest.LogCaptureFixture, region: list[list[int]]
) -> None:
    assert told(fake, caplog, region) == {"region-beyond"}


def test_a_region_that_fills_the_picture_is_nothing_to_tell(fake: Caller, caplog: pytest.LogCaptureFixture) -> None:
    assert told(fake, caplog, [[0, 0], [1066, 799]]) == set()


def test_a_region_together_with_windows_is_told(fake: Caller, caplog: pytest.LogCaptureFixture) -> None:
    assert told(fake, caplog, [[0, 0], [99, 99]], **WINDOWS) == {"region-in-windows"}
