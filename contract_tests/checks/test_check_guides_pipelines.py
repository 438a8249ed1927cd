"""The files for CI systems: which lines they run, what they keep; and that guides do not take each other's ports."""

import os
import re
from pathlib import Path

import pytest

from .guides import pipelines
from .guides.following import Differs
from .guides.reading import Command, File, read
from .guides.readme import as_a_user
from .guides.terminal import Terminal

DOCS = Path(__file__).parents[2] / "docs"
GUIDES = {page.stem: page.read_text(encoding="utf-8") for page in [DOCS / "start.md", *sorted(DOCS.glob("guide-*.md"))]}
PIPELINES = [
    step for text in GUIDES.values() for step in read(text) if isinstance(step, File) and pipelines.is_pipeline(step)
]
GITHUB = File(1, ".github/workflows/a.yml", "jobs: {a: {steps: [{uses: x}, {run: b}, {run: c, with: {path: d e}}]}}")
GITLAB = File(1, ".gitlab-ci.yml", "a: {before_script: [b], script: [c], artifacts: {paths: [d], reports: {junit: e}}}")


def test_the_lines_of_a_job_come_in_order() -> None:
    assert pipelines.jobs(GITHUB) == [["b", "c"]]
    assert pipelines.jobs(GITLAB) == [["b", "c"]]


def test_what_is_kept_is_found() -> None:
    assert pipelines.artefacts(GITHUB) == ["d", "e"]
    assert pipelines.artefacts(GITLAB) == ["d", "e"]


def test_another_file_is_no_pipeline() -> None:
    assert pipelines.is_pipeline(GITHUB)
    assert not pipelines.is_pipeline(File(1, "site.yaml", ""))


def test_the_guides_have_one_file_for_each_system() -> None:
    assert [file.name for file in PIPELINES] == [".github/workflows/contract.yml", ".gitlab-ci.yml"]


@pytest.mark.parametrize("file", PIPELINES, ids=lambda file: file.name)
def test_a_file_installs_starts_the_app_and_checks_it(file: File) -> None:
    [[install, start, check]] = pipelines.jobs(file)
    assert install.startswith("pip install 'modeldouble[contract")
    assert start == "sh start-app.sh > /dev/null &"
    assert check.startswith("modeldouble contract http://127.0.0.1:")
    assert set(pipelines.artefacts(file)) <= set(check.split())


def test_two_guides_never_name_the_same_port() -> None:
    ports = {guide: set(re.findall(r"(?:127\.0\.0\.1:|--port )(\d+)", text)) for guide, text in GUIDES.items()}
    assert all(ports.values())
    assert sum(map(len, ports.values())) == len(set.union(*ports.values()))


@pytest.mark.skipif(os.name == "nt", reason="a terminal is sh")
@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("echo 1 > d && sleep 60 &", "e, which is not there or empty"),
        ("touch d e", "d, which is not there or empty"),
        ("false", r"p.md:1: .gitlab-ci.yml: 'false' ended with status 1"),
        ("no-such-program", "ended with status 127"),
    ],
)
def test_a_line_that_fails_and_a_file_that_is_not_kept_are_told(line: str, told: str, tmp_path: Path) -> None:
    file = File(1, GITLAB.name, GITLAB.text.replace("[c]", f"['{line}', 'sleep 0.2']").replace("[b]", "['test $CI']"))
    with Terminal(tmp_path, {"PATH": os.environ["PATH"]}) as terminal:
        with pytest.raises(Differs, match=told):
            pipelines.run("p.md", file, tmp_path, terminal)
        pipelines.run("p.md", File(1, file.name, file.text.replace(line, "echo 1 | tee d > e")), tmp_path, terminal)
    assert not (tmp_path / "d").exists()


def test_the_readme_is_followed_in_an_environment_without_what_developers_do(tmp_path: Path) -> None:
    text = "```bash\npip install '.[all]'\npip install tox\ntox\na \"$SERVER_ADDRESS\"\nb\n```\n```python\nx\n```\n"
    found = [step.text for step in as_a_user(read(text), tmp_path) if isinstance(step, Command)]
    assert found == [
        "python -m venv .venv && . .venv/bin/activate",
        f"(cd '{tmp_path}' && pip install '.[all]')",
        "modeldouble run -- sh -c 'a \"$SERVER_ADDRESS\"'",
        "b",
        "modeldouble run -- python script.py",
    ]
