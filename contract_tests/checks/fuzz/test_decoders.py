"""The tests of whatever decodes a stranger's bytes, with as many examples each as this run has steps."""

import os
import subprocess
import sys
from pathlib import Path

REPO = Path(__file__).parents[3]
FILES = ("mock_server/tests/decoders", "client/tests/test_client_decoders.py")


def test_decoders_hold_with_more_examples(steps: int) -> None:
    command = [sys.executable, "-m", "pytest", "-q", *FILES]
    known = {**os.environ, "MODELDOUBLE_EXAMPLES": str(steps)}
    done = subprocess.run(command, cwd=REPO, env=known, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-20_000:]
