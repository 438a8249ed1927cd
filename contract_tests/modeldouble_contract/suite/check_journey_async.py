"""The journey of an application once more, made by the asynchronous client."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from modeldouble_contract.finding import not_checked
from modeldouble_contract.plan import Plan
from modeldouble_contract.suite.check_journey import (  # noqa: F401  they are collected here too, with this tour
    test_the_client_changes_a_setting_and_changes_it_back,
    test_the_client_gets_a_video_at_once,
    test_the_client_infers_a_picture_by_url,
    test_the_client_infers_files_alone_and_together,
    test_the_client_infers_pictures_by_id,
    test_the_client_iterates_a_video,
    test_the_client_learns_what_the_model_is,
    test_the_client_stops_a_video_in_the_middle,
)

if TYPE_CHECKING:
    from modeldouble_contract.journeys.tour_async import AsyncTour


# The one parameter tells its checks from the others, by their names.
@pytest.fixture(scope="session", params=["async"])
def tour(plan: Plan, settings: Mapping[str, Any]) -> "Iterator[AsyncTour]":
    try:
        from modeldouble_contract.journeys.tour_async import AsyncTour
    except ImportError:
        not_checked("the asynchronous client lacks aiohttp", "pip install 'modeldouble[async]' where the suite runs")
    found = AsyncTour(plan.target, plan.server_address, plan.api_token, plan.task_id, settings, plan.patience * 2)
    yield found
    found.close()
