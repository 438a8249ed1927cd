"""The fake with a scenario file: `fake.py FILE`. It serves until its stdin ends."""

import json
import os
import sys

import modeldouble_server


def main(scenario: str) -> None:
    """Say where it is, and wait for the end."""
    with modeldouble_server.serve(scenario=scenario) as served:
        ready = {"url": served.server_address, "token": served.api_token, "process": os.getpid()}
        sys.stdout.write(json.dumps({"ready": ready}) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(sys.argv[1])
