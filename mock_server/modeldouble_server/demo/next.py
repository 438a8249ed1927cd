"""What the demo tells at its end: lines that can be typed as they are."""

import shlex
from pathlib import Path


def try_next(index: Path, picture: Path, address: str) -> str:
    """The end of the demo: where its page is, and what to type next.

    `picture` is one that the demo left; `address` is where `modeldouble serve` answers.
    """
    steps = [
        ("modeldouble serve", f"Keep a server running, and look at {address}/ in a browser."),
        (f"curl -F {shlex.quote(f'files=@{picture}')} {address}/inference_image", "Ask it about a picture."),
        (f"modeldouble contract {address}", "Judge a serving app: this one, or yours."),
        ("modeldouble run -- python my_script.py", "Run a script of yours against a server of its own."),
    ]
    told = "\n".join(f"  {command}\n      {what}" for command, what in steps)
    in_a_test = "In a test, pytest has a fixture now: def test_it(served_model). docs/start.md goes on from here."
    return f"\nThe pictures are on one page: {index}\n\nTry next:\n{told}\n{in_a_test}"
