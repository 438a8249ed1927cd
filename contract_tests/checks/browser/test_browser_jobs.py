"""Jobs: a bar that moves to its end, and a button that stops one."""

import requests
from playwright.sync_api import Locator, Page, expect

from modeldouble import Job
from modeldouble_server.served import ServedModel
from modeldouble_server.server import Server

from .visiting import Visits, number

FRAMES, PACE = 40, 10.0
"""Seconds of the model's clock for a frame: nothing moves unless the check moves it."""


def begin(model: ServedModel) -> Job:
    """A job over a video of FRAMES frames."""
    return model.session().inference_video_id_async(model.add_video(FRAMES))


def listed(page: Page, job: Job) -> Locator:
    """A job in the page's list."""
    return page.locator(f'#jobs-list [data-job="{job.uuid}"]')


def state(model: ServedModel, job: Job) -> str:
    """What the admin API says of a job."""
    url = f"{model.server_address}/__admin/models/{number(model)}/jobs"
    known = requests.get(url, timeout=20).json()["jobs"]
    return next(str(one["state"]) for one in known if one["uuid"] == job.uuid)


def test_a_job_is_watched_to_its_end(server: Server, visits: Visits) -> None:
    model = server.add_model(pace=PACE)
    page, job = visits.of(model), begin(model)
    bar = listed(page, job).locator("progress")
    expect(bar).to_have_js_property("max", FRAMES)
    expect(bar).to_have_js_property("value", 0)
    for done in (7, 23):
        model.clock.advance(done * PACE - model.clock.offset)
        expect(bar).to_have_js_property("value", done)
        expect(listed(page, job)).not_to_have_attribute("data-state", "finished")
    model.clock.advance(FRAMES * PACE)
    expect(bar).to_have_js_property("value", FRAMES)
    assert len(list(job)) == FRAMES
    expect(listed(page, job)).to_have_attribute("data-state", "finished")


def test_a_job_is_stopped_by_its_button_and_no_other_is(server: Server, visits: Visits) -> None:
    model = server.add_model(pace=PACE)
    page, stopped, other = visits.of(model), begin(model), begin(model)
    listed(page, stopped).locator("button.stop").click()
    expect(listed(page, stopped)).to_have_attribute("data-state", "cancelled")
    assert (state(model, stopped), state(model, other)) == ("cancelled", "running")
    expect(listed(page, other)).to_have_attribute("data-state", "running")


def test_what_one_tab_stops_is_seen_in_another(server: Server, visits: Visits) -> None:
    model = server.add_model(pace=PACE)
    mine = visits.of(model)
    other = visits.open(model.server_address, number(model), within=mine.context)
    job = begin(model)
    expect(listed(other, job)).to_have_attribute("data-state", "running")
    listed(mine, job).locator("button.stop").click()
    expect(listed(other, job)).to_have_attribute("data-state", "cancelled")
    expect(listed(mine, job)).to_have_attribute("data-state", "cancelled")


def test_two_models_are_told_apart(server: Server, visits: Visits) -> None:
    first, second = server.add_model(classes=["cat"], pace=PACE), server.add_model(classes=["dog", "cow"], pace=PACE)
    page, job = visits.of(first), begin(second)
    expect(page.locator("#classes [data-class]")).to_have_count(1)
    expect(page.locator("#jobs-list [data-job]")).to_have_count(0)
    page.locator("#models").select_option(str(number(second)))
    expect(page.locator("#classes [data-class]")).to_have_count(2)
    expect(listed(page, job)).to_be_visible()
    page.locator("#models").select_option(str(number(first)))
    expect(page.locator('#classes [data-class="cat"]')).to_be_visible()
    expect(page.locator("#jobs-list [data-job]")).to_have_count(0)


def test_a_model_that_is_taken_away_leaves_the_page(server: Server, visits: Visits) -> None:
    model = server.add_model(info={"app_name": "Soon gone"})
    page, gone = visits.of(model), str(number(model))
    model.close()
    expect(page.locator("#models")).not_to_have_value(gone)
    expect(page.locator("#state")).to_have_text("live")
    expect(page.locator("#models option")).to_have_count(1)
