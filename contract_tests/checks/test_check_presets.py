"""The contract holds for the fake's model of every task: masks, keypoints and tags as much as boxes."""

import io
import json
from pathlib import Path

import pytest

import modeldouble_server
from modeldouble_contract.command import Asked, contract
from modeldouble_server.presets import NAMES, preset


@pytest.mark.parametrize("name", NAMES)
def test_a_model_of_every_task_keeps_the_contract(name: str, tmp_path: Path) -> None:
    out, err = io.StringIO(), io.StringIO()
    with modeldouble_server.serve() as server:
        tenant = server.call(server.fake.add_tenant(preset(name)))
        url = f"{server.server_address}/net/{tenant.session_token}"
        status = contract(Asked(url, json=tmp_path / "report.json", strict=True), {}, out, err)
    assert status == 0, out.getvalue() + err.getvalue()
    assert len(json.loads((tmp_path / "report.json").read_text())["checks"]) > 130
