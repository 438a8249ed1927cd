"""What Redis runs for us in one go: the files in `scripts`."""

import hashlib
from pathlib import Path

_SCRIPTS = Path(__file__).with_name("scripts")


class Script:
    """A script of Redis, by its name, and the digest under which Redis knows it once it has run."""

    def __init__(self, name: str) -> None:
        self.text = b"".join((_SCRIPTS / f"{one}.lua").read_bytes() for one in ("prelude", name))
        self.digest = hashlib.sha1(self.text, usedforsecurity=False).hexdigest()
