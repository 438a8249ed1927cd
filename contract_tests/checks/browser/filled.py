"""A server with a model of which every panel of the page has something to show."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect

import modeldouble_server
from modeldouble import ModelDoubleError
from modeldouble_contract.report import as_json
from modeldouble_server.admin import Admin
from modeldouble_server.presets import preset
from modeldouble_server.served import ServedModel

from ..made_up import full
from .asking import ask
from .drawn import CAT, DEMO

PHOTOGRAPH = CAT
VIDEO, FRAMES, SIZE = 27, 90, (480, 270)
_CLASSES = ("person", "bicycle", "car", "bus", "truck", "traffic light", "bench", "dog", "backpack", "umbrella")
_SEED, _PACE, _DONE = 117, 1.0, 57
_WHEN = "2026-11-22T18:00:00+00:00"
_FILLED = (
    "#journal-rows tr",
    "#jobs-list [data-job]",
    "#faults-list [data-fault]",
    "#misses-list > li",
    "#deviations-list > li",
)


@contextmanager
def filled(folder: Path) -> Iterator[ServedModel]:
    """Serve it; the contract report lies in `folder`."""
    report = folder / "report.json"
    report.write_text(as_json.render(full(), version="1.2.3", when=_WHEN), encoding="utf-8")
    with modeldouble_server.serve(contract_report=report) as server:
        spec = preset("instance_segmentation", classes=_CLASSES, seed=_SEED, track_tags=True)
        model = server.add_model(spec=spec, info={"app_name": "Street segmentation"}, pace=_PACE)
        _miss(model)
        _ask(model)
        yield model


def _ask(model: ServedModel) -> None:
    session = model.session()
    model.add_image(CAT, "cat.jpg")
    model.add_video(FRAMES, SIZE, video_id=VIDEO)
    for file in ("cat.jpg", "espresso.jpg", "astronaut.jpg"):
        session.inference_image_path(DEMO / file)
    done = _begun(model, framesCount=20)
    model.clock.advance(30)
    ask(model, "pop_inference_results", inference_request_uuid=done)
    ask(model, "stop_inference", inference_request_uuid=_begun(model))
    _begun(model)
    model.clock.advance(_DONE)
    _refused(model)


def _begun(model: ServedModel, **frames: int) -> str:
    """The uuid of a job, which a client of ours would give back as soon as nobody holds it."""
    return str(ask(model, "inference_video_id_async", videoId=VIDEO, **frames).json()["inference_request_uuid"])


def _refused(model: ServedModel) -> None:
    model.fail(503, calls=2, route="get_session_info")
    model.fail("reset", probability=0.25, route="inference_*")
    for _ in range(2):
        ask(model)
    ask(model, "no_such_route")
    ask(model, "get_inference_progress", inference_request_uuid="00000000")


def _miss(model: ServedModel) -> None:
    stub = model.when(image="stret.jpg").predict("person", box=(0, 0, 9, 9))
    try:
        model.session().inference_image_path(CAT)
    except ModelDoubleError:
        # What was missed stays, and the model answers by itself again.
        with Admin(model.server_address) as admin:
            admin.models()[-1].remove_stub(stub.number)


def see_all(page: Page) -> None:
    """Wait until all panels show something."""
    for selector in _FILLED:
        expect(page.locator(selector).first).to_be_attached()
    expect(page.locator("#contract-report")).to_contain_text("VIOLATED")
