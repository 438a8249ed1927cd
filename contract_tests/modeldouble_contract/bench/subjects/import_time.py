"""Seconds of an import in a fresh interpreter: `import_time.py STATEMENT`, which is timed and no more."""

import json
import os
import sys
import time


def main(statement: str) -> None:
    """Carry it out, and tell its time and that of the process so far."""
    # What a library prints is no answer.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    code = compile(statement, "statement", "exec")
    used, begun = time.process_time(), time.perf_counter()
    exec(code, {"__name__": "__main__"})  # noqa: S102 - the statements are those of the workload
    taken, total = time.perf_counter() - begun, time.process_time()
    told = {"seconds": taken, "cpu": total - used, "whole_cpu": total, "modules": len(sys.modules)}
    answers.write(json.dumps({"ready": told}) + "\n")
    answers.flush()


if __name__ == "__main__":
    main(sys.argv[1])
