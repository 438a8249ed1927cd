"""`python -m modeldouble_contract.bench.distributed RESULTS [CLONE]`: docs/distributed.md anew, from a run's JSON."""

import sys
from pathlib import Path

from .files import publish

if __name__ == "__main__":
    publish(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else "."))
