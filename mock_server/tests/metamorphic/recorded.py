"""A small recording, made of what another model says: as the folder of `modeldouble record` has it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from modeldouble_server import wire
from modeldouble_server.model import ModelSpec
from modeldouble_server.project_meta import project_meta
from modeldouble_server.recording import recorded_model
from modeldouble_server.recording.exchange import ABOUT, BLOBS, FORMAT, LINES
from modeldouble_server.scene import Query, Subject
from modeldouble_server.wire import UUID


def recorded(folder: Path, spec: ModelSpec, picture: Subject, frames: Sequence[Subject]) -> ModelSpec:
    """The model of a recording in which another one was asked for a picture and frames of a video."""
    job = {UUID: "0" * 32}
    popped = {"pending_results": [_prediction(spec, one) for one in frames]}
    told = [
        ("get_session_info", {}, dict(spec.info)),
        ("get_custom_inference_settings", {}, {"settings": dict(spec.settings)}),
        ("get_output_classes_and_tags", {}, project_meta(spec.meta)),
        ("inference_image", _form(picture), _prediction(spec, picture)),
        ("inference_video_async", _form(frames[0]), job),
        ("pop_inference_results", {"json": {"state": job}}, popped),
    ]
    (folder / BLOBS).mkdir()
    (folder / ABOUT).write_text(json.dumps({"format": FORMAT, "url": "http://app.invalid"}), "utf-8")
    lines = [json.dumps(_line(at, *one)) for at, one in enumerate(told)]
    (folder / LINES).write_text("\n".join(lines) + "\n", "utf-8")
    return recorded_model(folder, "synthetic")


def _prediction(spec: ModelSpec, subject: Subject) -> dict[str, Any]:
    annotated = wire.annotation((subject.width, subject.height), spec.predict(Query(subject, spec.settings)))
    return wire.prediction(annotated, frame_index=subject.frame)


def _form(subject: Subject) -> dict[str, Any]:
    return {"form": [{"name": "files", "filename": "1.png", "sha256": subject.sha256, "size": 1}]}


def _line(number: int, route: str, request: Any, answer: Any) -> dict[str, Any]:
    return {
        "number": number, "method": "POST", "route": route, "request": request, "status": 200,
        "response": {"json": answer},
    }  # fmt: skip
