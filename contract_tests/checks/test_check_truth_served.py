"""The fake hands out the truth as it stands, at the root and by session token, without running the contract's code."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
import requests

from modeldouble_contract.truth import load
from modeldouble_server import Server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


def test_the_document_is_the_truth_at_the_root_and_by_token(server: Server) -> None:
    for base in (server.server_address, server.session_url):
        answer = requests.get(f"{base}/openapi.json", timeout=20)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
        assert answer.json() == load().document


def test_another_method_is_405_and_another_token_404(server: Server) -> None:
    answer = requests.post(f"{server.session_url}/openapi.json", timeout=20)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")
    assert requests.get(f"{server.server_address}/net/nobody/openapi.json", timeout=20).status_code == 404


def test_the_contract_runs_no_code_for_it() -> None:
    code = (
        "import sys; from modeldouble_server.openapi import describe; before = 'yaml' in sys.modules;"
        "body = describe('GET').body; assert body is describe('GET').body and len(body) > 10_000;"
        "print(before, sorted(name for name in sys.modules if name.startswith(('modeldouble_contract', 'jsonschema'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "False ['modeldouble_contract']\n"
