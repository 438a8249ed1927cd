"""Ask the fake what a real app was asked in a recording, in the same order, and keep the answers side by side."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import requests

import modeldouble_server
from modeldouble_server.meta import boxes
from modeldouble_server.model import ModelSpec
from modeldouble_server.scene import Answer, Detection, Query

from .recordings import Exchange, content, exchanges, files

MODEL, LONG, PACE = "the-rule", 100.0, 1.0
ABOUT = ("get_session_info", "get_custom_inference_settings")
_JOB = re.compile(r"\buuid-[0-9]+\b")
_WAITS = {"some frames": 2.5 * PACE, "ended": LONG, "stopped": LONG, "expired": LONG}
"""How the steps begin for which a recording waited, and the seconds after which the fake's job is as far."""


class Pair(NamedTuple):
    """One request, what the real app answered and what the fake did. `asked` is False if the fake has no such job."""

    real: Exchange
    status: int
    content_type: str
    text: str
    asked: bool = True

    @property
    def json(self) -> Any:
        """The fake's answer, None where it is none."""
        return json.loads(self.text) if self.content_type == "application/json" and self.text else None


class Rule:
    """The rule of the recorded apps as a predictor of the fake; `fails` is what their setting of that name does."""

    fails = False

    def predict(self, query: Query) -> Answer:
        """The same boxes with the same confidences."""
        if self.fails:
            raise RuntimeError("the rule was told to fail")
        width, height = query.subject.width, query.subject.height
        middle = (width // 4, height // 4, width * 3 // 4, height * 3 // 4)
        left_top = (0, 0, width // 2, height // 2)
        return Answer((Detection("person", middle, 0.9), Detection("horse", left_top, 0.4)))


def replay(file: Path, *, dialect: str | None = None) -> list[Pair]:
    """Every exchange of a recording on a fake of its own; in a dialect, the fake is in the mode of the recording."""
    recorded = exchanges(file)
    how = {} if dialect is None else {"dialect": dialect, "mode": recorded[0].mode}
    clock, rule = modeldouble_server.Clock(lambda: 1e9), Rule()
    with modeldouble_server.serve(clock=clock, sleep=_at_once, **how) as server:
        world = server.fake.worlds[server.api_token]
        server.fake.add_model(MODEL, _spec(file, dialect, rule), world)
        return list(_pairs(recorded, server, clock, rule))


async def _at_once(seconds: float) -> None:
    """Nobody waits for a video that is answered at once."""


def _pairs(
    recorded: list[Exchange], server: modeldouble_server.Server, clock: modeldouble_server.Clock, rule: Rule
) -> Iterator[Pair]:
    jobs: dict[str, str] = {}
    scenario, before = "", ("", "")
    for one in recorded:
        if one.scenario != scenario:
            scenario, jobs = one.scenario, {}
        if (one.scenario, one.step) != before:
            clock.advance(sum(wait for step, wait in _WAITS.items() if one.step.startswith(step)))
        before = (one.scenario, one.step)
        rule.fails = "the model raises" in (one.step, one.scenario.rpartition(": ")[2])
        pair = _ask(one, f"{server.server_address}/net/{MODEL}", server.api_token, jobs)
        _learn(one.response.get("json"), pair.json, jobs)
        yield pair


def _ask(one: Exchange, url: str, token: str, jobs: dict[str, str]) -> Pair:
    sent = json.dumps(one.request.get("json"))
    if any(name not in jobs for name in _JOB.findall(sent)):
        return Pair(one, 0, "", "", asked=False)
    sent = _JOB.sub(lambda found: jobs[found[0]], sent).replace('"TOKEN"', json.dumps(token))
    how: dict[str, Any] = {}
    if "json" in one.request:
        how["json"] = json.loads(sent)
    elif "form" in one.request:
        how["files"] = [_part(part) for part in one.request["form"]]
    elif "text" in one.request:
        how = {"data": one.request["text"], "headers": {"Content-Type": one.request["headers"]["content-type"]}}
    answer = requests.request(one.method, f"{url}/{one.route}", timeout=20, allow_redirects=False, **how)
    return Pair(one, answer.status_code, answer.headers.get("Content-Type", "").split(";")[0], answer.text)


def _part(part: dict[str, Any]) -> tuple[str, tuple[str | None, str | bytes]]:
    if "sha256" in part:
        return part["name"], (part["filename"], content(part["sha256"]))
    return part["name"], (None, part["text"])


def _learn(real: Any, fake: Any, jobs: dict[str, str]) -> None:
    key = "inference_request_uuid"
    if isinstance(real, dict) and isinstance(fake, dict) and key in real and key in fake:
        jobs[real[key]] = fake[key]


def _spec(file: Path, dialect: str | None, rule: Rule) -> ModelSpec:
    """A model that says of itself what the recorded one says, or without a dialect that of the newest release."""
    newest = files()[-1].parent
    folder = newest if dialect is None else file.parent
    own, usual = folder / file.name, folder / "detection.jsonl"
    info, told = (_said(own, route) or _said(usual, route) for route in ABOUT)
    colors = {"person": "#000000", "horse": "#000000"}
    full = newest / "batches.jsonl"
    return ModelSpec(
        info, told["settings"], boxes(colors), rule, PACE, max_batch_size=info.get("max_batch_size"),
        deploy_info=_said(full, "get_deploy_info"), pretrained=_said(own, "list_pretrained_model_infos") or (),
    )  # fmt: skip


def _said(file: Path, route: str) -> Any:
    """What a route first answered in a recording, None where it was not asked."""
    asked = exchanges(file) if file.exists() else []
    return next((one.response["json"] for one in asked if one.route == route and one.status == 200), None)


def differences(real: Any, fake: Any, where: str = "$") -> set[str]:
    """Where two JSON values have other keys or other types; of two lists, the first items are compared."""
    if isinstance(real, dict) and isinstance(fake, dict):
        alone = {f"{where}.{key}: only real" for key in real.keys() - fake.keys()}
        alone |= {f"{where}.{key}: only fake" for key in fake.keys() - real.keys()}
        both = (differences(real[key], fake[key], f"{where}.{key}") for key in real.keys() & fake.keys())
        return alone.union(*both)
    if isinstance(real, list) and isinstance(fake, list):
        if real and fake:
            return differences(real[0], fake[0], f"{where}[0]")
        return {f"{where}: {len(real)} real, {len(fake)} fake"} if real or fake else set()
    kinds = _kind(real), _kind(fake)
    return set() if kinds[0] == kinds[1] else {f"{where}: {kinds[0]} real, {kinds[1]} fake"}


def _kind(value: Any) -> str:
    return "number" if type(value) in (int, float) else type(value).__name__
