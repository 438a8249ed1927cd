"""Who may import whom: client, fake and contract share no wire code, so that no mistake can be on both sides."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

REPO = Path(__file__).parents[2]
CLIENT, FAKE, CONTRACT = "modeldouble", "modeldouble_server", "modeldouble_contract"
FOLDERS = {CLIENT: "client", FAKE: "mock_server", CONTRACT: "contract_tests"}
MEETING_POINT = REPO / "mock_server/modeldouble_server/cli.py"
JOURNEYS = "journeys"
SUBJECTS = REPO / "contract_tests/modeldouble_contract/bench/subjects"
PUBLIC = (CLIENT, "modeldouble.aio", "modeldouble.sly", FAKE)
"""What scripts that a benchmark measures may import: they do what a user does."""
FACE = REPO / "mock_server/modeldouble_server/served.py"
"""A served model hands out our client, `model.session()`: that one name, loaded when it is asked for."""


def imports(tree: ast.AST) -> Iterator[tuple[ast.stmt, str]]:
    """Every absolute import of a tree as (statement, dotted module)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node, node.module


def crossings(package: str, file: Path, source: str) -> list[str]:
    """Imports of one of the other two packages that the rules do not allow."""
    found = []
    tree = ast.parse(source)
    top_level = set(tree.body)
    for node, module in imports(tree):
        other = module.split(".")[0]
        if other == package or other not in FOLDERS:
            continue
        inside_a_command = file == MEETING_POINT and node not in top_level
        journey = package == CONTRACT and JOURNEYS in file.parts and module in (CLIENT, "modeldouble.aio")
        measured = package == CONTRACT and file.parent == SUBJECTS and module in PUBLIC
        names = [alias.name for alias in node.names] if isinstance(node, ast.ImportFrom) else []
        handed_out = file == FACE and node not in top_level and module == CLIENT and names == ["Session"]
        if not (inside_a_command or journey or measured or handed_out):
            found.append(f"{file}:{node.lineno} imports {module}")
    return found


@pytest.mark.parametrize("package", FOLDERS)
def test_a_package_imports_no_other(package: str) -> None:
    files = sorted((REPO / FOLDERS[package] / package).rglob("*.py"))
    assert files
    assert [line for file in files for line in crossings(package, file, file.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(("package", "folder"), [(CLIENT, "client/tests"), (FAKE, "mock_server/tests")])
def test_the_tests_of_a_package_stay_in_it_too(package: str, folder: str) -> None:
    files = sorted((REPO / folder).rglob("*.py"))
    assert files
    assert [line for file in files for line in crossings(package, file, file.read_text(encoding="utf-8"))] == []


def test_a_crossing_is_found() -> None:
    file = REPO / "mock_server/modeldouble_server/wire.py"
    assert crossings(FAKE, file, "from modeldouble.wire import read_progress\n")
    assert crossings(FAKE, file, "def late():\n    import modeldouble_contract\n")


def test_the_command_line_may_cross_inside_a_function_only() -> None:
    assert crossings(FAKE, MEETING_POINT, "import modeldouble\n")
    assert crossings(FAKE, MEETING_POINT, "def demo():\n    from modeldouble import Session\n") == []


def test_only_journeys_use_the_client_and_only_its_public_names() -> None:
    package = REPO / "contract_tests/modeldouble_contract"
    assert crossings(CONTRACT, package / "journeys/tour.py", "from modeldouble import Session\n") == []
    assert crossings(CONTRACT, package / "journeys/tour_async.py", "from modeldouble.aio import AsyncSession\n") == []
    assert crossings(CONTRACT, package / "journeys/tour.py", "from modeldouble.wire import ask_pop\n")
    assert crossings(CONTRACT, package / "shapes.py", "from modeldouble import Session\n")


def test_a_served_model_hands_out_the_client_and_uses_nothing_of_it() -> None:
    inside = "def session():\n    from modeldouble import "
    assert crossings(FAKE, FACE, f"{inside}Session\n") == []
    assert crossings(FAKE, FACE, f"{inside}Session, Api\n")
    assert crossings(FAKE, FACE, "from modeldouble import Session\n")
    assert crossings(FAKE, FACE, "def session():\n    from modeldouble.session import Session\n")
    assert crossings(FAKE, FACE.with_name("server.py"), f"{inside}Session\n")


def test_scripts_that_are_measured_use_public_names_and_the_rest_of_the_benchmark_none() -> None:
    for source in ("from modeldouble import Session\n", "import modeldouble_server\n", "import modeldouble.aio\n"):
        assert crossings(CONTRACT, SUBJECTS / "ours.py", source) == []
        assert crossings(CONTRACT, SUBJECTS.with_name("run.py"), source)
        assert crossings(CONTRACT, SUBJECTS.with_name("workloads") / "jobs.py", source)
    assert crossings(CONTRACT, SUBJECTS / "ours.py", "from modeldouble_server.app import make\n")
    assert crossings(CONTRACT, SUBJECTS / "ours.py", "from modeldouble.wire import ask_pop\n")
