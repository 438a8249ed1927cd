"""Schemathesis, driven by the truth, against a fake at a URL: `python schemathesis_run.py URL EXAMPLES FOLDER`.

Three runs: every operation by itself; jobs that begin with files, followed by the document's links; jobs that begin
with ids, likewise. The last is a run of its own because Schemathesis begins elsewhere only where no operation promises
to succeed. EXAMPLES are those per operation, or sequences of requests; FOLDER takes a report of each run.

What is found: a status that the document does not list, an answer that breaks its schema, content type or headers, a
method that is not refused, any 5xx. Not asked is whether the document accepts what the fake accepts: ids and the bytes
of files decide that, which no schema knows.
"""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
TRUTH = HERE.parents[1] / "modeldouble_contract" / "openapi.yaml"
ALONE = ("--phases", "coverage,fuzzing")
BRIEFLY = ("--phases", "fuzzing")
FROM_FILES = ("--phases", "stateful")
FROM_IDS = (*FROM_FILES, "--exclude-path", "/inference_batch_async", "--exclude-path", "/inference_video_async")
RUNS = {"alone": ALONE, "from_files": FROM_FILES, "from_ids": FROM_IDS}
_NOT_ASKED = "negative_data_rejection,positive_data_acceptance"


def run(
    url: str, examples: int, report: Path, options: tuple[str, ...], truth: Path = TRUTH, *, har: bool = True
) -> "subprocess.CompletedProcess[str]":
    """One run, without the terminal's colours; `report` is a HAR file (10 MB a second), with a JSON summary beside."""
    command = [sys.executable, "-m", "schemathesis.cli", "run", str(truth), "--url", url, "--seed", "1", "--no-color"]
    reports = ["--report", "har,json" if har else "json", "--report-json-path", str(report.with_suffix(".json"))]
    reports += ["--report-har-path", str(report)] if har else []
    limits = ["-n", str(examples), "--exclude-checks", _NOT_ASKED, "--generation-database", "none"]
    hooks = {"SCHEMATHESIS_HOOKS": "known_to_the_fake", "PYTHONPATH": str(HERE)}
    return subprocess.run(
        [*command, *limits, *reports, *options],
        env={**os.environ, **hooks}, capture_output=True, text=True, encoding="utf-8", check=False, cwd=report.parent,
    )  # fmt: skip


def main() -> None:
    """All runs, one after the other."""
    url, examples, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    done = [run(url, examples, (folder / f"{name}.har").resolve(), RUNS[name], har=False) for name in RUNS]
    sys.stdout.write("\n".join(one.stdout + one.stderr for one in done))
    sys.exit(max(one.returncode for one in done))


if __name__ == "__main__":
    main()
