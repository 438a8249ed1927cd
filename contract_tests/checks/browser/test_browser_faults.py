"""Faults that a test armed, near misses, deviations and the contract report."""

from pathlib import Path

from playwright.sync_api import expect

import modeldouble_server
from modeldouble import Refused
from modeldouble_contract.report import as_json
from modeldouble_server.server import Server

from ..made_up import full
from .asking import ask
from .drawn import CAT
from .visiting import Visits

WHEN = "2026-11-22T18:00:00+00:00"


def test_a_fault_is_seen_to_fire(server: Server, visits: Visits) -> None:
    model = server.add_model()
    page = visits.of(model)
    armed = model.fail(503, calls=2, route="get_session_info")
    order = page.locator(f'#faults-list [data-fault="{armed}"]')
    expect(order).to_have_attribute("data-seen", "0")
    expect(order).to_contain_text("get_session_info")
    assert ask(model).status_code == 200
    expect(order).to_have_attribute("data-seen", "1")
    expect(order).to_have_attribute("data-fired", "0")
    assert ask(model).status_code == 503
    expect(order).to_have_attribute("data-seen", "2")
    expect(order).to_have_attribute("data-fired", "1")
    named = model.journal()[-1].fault
    assert named
    expect(page.locator('#journal-rows tr[data-status="503"]')).to_contain_text(named)


def test_a_fault_that_is_taken_back_leaves_the_list(server: Server, visits: Visits) -> None:
    model = server.add_model()
    page, number = visits.of(model), model.fail("reset", times=3)
    expect(page.locator("#faults-list [data-fault]")).to_have_count(1)
    model.faults.remove(number)
    expect(page.locator("#faults-list [data-fault]")).to_have_count(0)


def test_a_near_miss_is_told(server: Server, visits: Visits) -> None:
    model = server.add_model()
    page = visits.of(model)
    model.when(image="stret.jpg").predict("person", box=(0, 0, 9, 9))
    try:
        model.session().inference_image_path(CAT)
    except Refused:
        expect(page.locator("#misses-list")).to_contain_text("'stret.jpg' expected, 'cat.jpg' sent")
        expect(page.locator("#misses-list > li")).to_have_count(1)
        return
    raise AssertionError("a stub for another picture answered")


def test_a_deviation_is_told(server: Server, visits: Visits) -> None:
    model = server.add_model()
    page = visits.of(model)
    ask(model, "get_inference_progress", inference_request_uuid="00000000")
    [text] = model.deviations.values()
    expect(page.locator("#deviations-list > li")).to_have_count(1)
    expect(page.locator("#deviations-list")).to_contain_text(text[:40])


def test_the_contract_report_is_shown_and_read_anew(visits: Visits, tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.write_text(as_json.render(full(), version="1.2.3", when=WHEN), encoding="utf-8")
    with modeldouble_server.serve(contract_report=file) as server:
        page = visits.open(server.server_address)
        shown = page.locator("#contract-report")
        for text in ("VIOLATED", "made.up", "made.slow", "http://host/net/"):
            expect(shown).to_contain_text(text)
        file.write_text("no report", encoding="utf-8")
        page.locator("#contract-again").click()
        expect(shown).to_contain_text("is not JSON")


def test_without_a_report_the_page_says_how_to_get_one(server: Server, visits: Visits) -> None:
    expect(visits.open(server.server_address).locator("#contract")).to_contain_text("--contract-report")
