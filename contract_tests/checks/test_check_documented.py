"""What there is, is documented, and what is documented, is there: compared as sets, in both directions."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from modeldouble.pool import _VARIABLES as READ_BY_REQUESTS
from modeldouble_contract.truth import load
from modeldouble_server import serve
from modeldouble_server.admin import Admin
from modeldouble_server.app import _HANDLERS as ENTRANCE
from modeldouble_server.dialect.shapes import ROUTES as DIALECT
from modeldouble_server.faults.kinds import KINDS
from modeldouble_server.limits import Limits
from modeldouble_server.platform.methods import METHODS
from modeldouble_server.predict import windows
from modeldouble_server.presets import NAMES, preset
from modeldouble_server.scenario.check import schema_text
from modeldouble_server.serving.routes import LACKING, ROUTES
from modeldouble_server.settings import PROTOCOL, UNIT

from .reference import cli, environment, errors, make, paths, settings
from .reference.remedies import CLIENT, INSIDE, OTHERWISE, SERVER
from .reference.source import PACKAGES, called, fixtures, variables

DOCS = Path(__file__).parents[2] / "docs"
OF_THE_SYSTEM = {"HOME", "USERPROFILE", "REQUEST_METHOD"}
"""Variables that are no setting of anybody's."""


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def first_cells(name: str, after: str = "", before: str = "\0") -> list[str]:
    """The names in the first cells of the tables of a page, between two texts of it."""
    whole = text(name)
    part = whole[whole.index(after) + len(after) :].split(before, 1)[0]
    cells = re.findall(r"^\| (?:&nbsp;)*(`[^|]+?) +\|", part, re.MULTILINE)
    return [one for cell in cells for one in re.findall(r"`([^`]+)`", cell)]


@pytest.mark.parametrize("name", make.PAGES)
def test_a_page_is_what_the_code_makes_of_it(name: str) -> None:
    assert text(name) == make.PAGES[name](), "python -m contract_tests.checks.reference.make"


def test_every_page_that_says_it_is_made_so_is() -> None:
    told = {file.name for file in DOCS.glob("*.md") if "contract_tests.checks.reference.make" in text(file.name)}
    # One shows the picture, the other tells of all generators.
    assert told - {"lifecycle.md", "extending.md"} == {name for name in make.PAGES if name.endswith(".md")}


def test_all_pages_are_made_below_the_folder_that_is_named(tmp_path: Path) -> None:
    make.make(tmp_path)
    made = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()}
    assert made == {str(Path(name)) for name in make.PAGES}


def test_every_command_has_its_options() -> None:
    parts = text("cli.md").split("\n## ")[1:]
    told = {part.splitlines()[0]: re.findall(r"`([^`]+)`", "".join(_cells(part))) for part in parts}
    wanted = {name: cli.options(one) for name, one in cli.commands().items()}
    assert told == {**wanted, "python -m modeldouble_contract.load": cli.load_options()}


def _cells(part: str) -> Iterator[str]:
    for line in part.splitlines():
        if line.startswith("| `"):
            yield line.split(" | ")[0]


def test_every_command_has_an_example_and_says_what_each_option_does() -> None:
    for name, one in cli.commands().items():
        assert "\n$ modeldouble " in text("cli.md").split(f"\n## {name}\n")[1].split("\n## ")[0], name
        told = [param.help for param in one.params if isinstance(param, click.Option) and not param.hidden]
        assert all(told), name


def test_every_key_of_a_scenario_has_a_row() -> None:
    schema = json.loads(schema_text())
    shown = [schema, *(one for one in schema["$defs"].values() if one["type"] == "object")]
    keys = {key for one in shown for key in one["properties"]}
    told = {name for row in first_cells("scenarios.md", after="### The file") for name in [row.split(".")[0]]}
    assert told == keys


def test_every_setting_has_a_row() -> None:
    announced = {name for one in NAMES for name in preset(one).settings}
    assert set(settings.TOLD) == PROTOCOL | UNIT | announced
    assert set(first_cells("settings.md", settings.BEGIN, settings.END)) == set(settings.TOLD)
    read = {name for names in (windows._DOWN, windows._ACROSS) for name in names} | {"borderStrategy"}
    assert set(first_cells("settings.md", "## Sliding windows", "`sliding_window_support`")) == read


def test_every_error_has_a_row() -> None:
    client, others, inside = errors.sorted_out()
    assert [one.name for one in client] == list(CLIENT)
    assert {one.name for one in others} == set(SERVER)
    assert {one.name for one in inside} == set(INSIDE)
    assert set(OTHERWISE) <= {f"{one.module}.{one.name}" for one in inside}
    told = [name.rpartition(".")[2] for name in first_cells("errors.md")]
    assert told == [one.name for group in (client, others, inside) for one in group]


def test_no_error_goes_without_a_meaning() -> None:
    assert [one.name for group in errors.sorted_out() for one in group if len(one.said) < 15] == []
    assert [name for name, one in (CLIENT | SERVER).items() if not one.raised_by or len(one.do) < 15] == []


def test_every_route_of_a_serving_app_has_a_row() -> None:
    rows = re.findall(r"^\| `([^`]+)` \| (GET|POST) \|", text("endpoints.md"), re.MULTILINE)
    served = {(route, method) for route, methods in ROUTES.items() for method in methods}
    assert set(rows) == served | {("openapi.json", "GET")}
    assert set(re.findall(r"`([\w-]+)`", text("paths.md").split("501")[1].split("\n\n")[0])) == LACKING


def test_the_release_of_a_route_is_the_same_in_both_tables() -> None:
    told = {one.route: one.since for one in load().operations.values()}
    oldest = min(told.values())
    fake = {route: str(DIALECT[route].since) if route in DIALECT else str(oldest) for route in told}
    assert fake == {route: str(since) for route, since in told.items()}


def test_every_method_of_the_platform_has_a_row() -> None:
    assert first_cells("platform.md") == sorted(METHODS)


def test_every_path_has_a_row() -> None:
    assert set(paths.WHERE) == set(ENTRANCE)
    rows = re.findall(r"^\| `/__admin/([^`]*)` \| ([A-Z]+) \| (.*) \|$", text("paths.md"), re.MULTILINE)
    assert {(path, method) for path, method, _ in rows} == paths.admin_routes()
    assert [path for path, _, told in rows if len(told) < 10] == []


def test_no_page_names_a_path_of_the_admin_api_that_is_not_there() -> None:
    known = {re.sub(r"\{\w+\}", "N", path) for path, _ in paths.admin_routes()} | {""}
    for file in DOCS.glob("*.md"):
        if file.name != "paths.md":
            named = re.findall(r"/__admin/([\w/.{}-]*)", file.read_text(encoding="utf-8"))
            found = {
                re.sub(r"/\d+(?=/|$)|\{\w+\}", lambda one: "/N" if one[0][0] == "/" else "N", one) for one in named
            }
            assert {one.rstrip("/.") for one in found} <= known, file.name


def test_every_metric_has_a_row() -> None:
    with serve() as server, Admin(server.server_address) as admin:
        said = re.findall(r"^# TYPE (modeldouble_\w+) (\w+)$", admin.metrics(), re.MULTILINE)
    told = {name for name in first_cells("metrics.md") if name.startswith("modeldouble_")}
    assert told == {name for name, _ in said}


def test_every_variable_has_a_row() -> None:
    assert set(environment.OURS) == variables()
    foreign = {name.upper() for name in (*READ_BY_REQUESTS, *read_by_name())} - OF_THE_SYSTEM
    told = {name for name in environment.OTHERS if not name.startswith(("SUPERVISELY_", "SESSION_TOKEN"))}
    assert told == {name for name in foreign if not name.startswith("MODELDOUBLE_")}
    cut = (PACKAGES["modeldouble_server"] / "redaction.py").read_text(encoding="utf-8")
    assert all(f'"{name}"' in cut for name in ("SUPERVISELY_API_TOKEN", "SESSION_TOKEN"))


def read_by_name() -> set[str]:
    """Variables that the code gets from a mapping by a name in capitals."""
    found = {"SERVER_ADDRESS", "API_TOKEN", "NO_COLOR"}
    for package in ("modeldouble", "modeldouble_server"):
        for file in PACKAGES[package].rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("environ.get", "environment.get")):
                    first = node.args[0]
                    found |= {str(first.value)} if isinstance(first, ast.Constant) else set()
    return found


def test_every_fixture_has_a_row() -> None:
    plugin = PACKAGES["modeldouble_server"] / "plugin.py"
    assert set(first_cells("pytest.md", "| fixture | |", "\n\n")) == set(fixtures(plugin))
    assert called(plugin) & {"addoption", "addini"} == set(), "pytest.md has to say so"


def test_the_number_of_faults_is_the_same_on_every_page() -> None:
    pages = [DOCS.parent / "README.md", *DOCS.glob("*.md")]
    told = re.findall(r"(?:\[| of )(\d+) \[?faults\]", "".join(page.read_text(encoding="utf-8") for page in pages))
    assert len(told) > 3
    assert set(told) == {str(len(KINDS))}


def test_every_argument_is_told() -> None:
    params = [one for command in cli.commands().values() for one in command.params]
    assert set(cli.ARGUMENTS) == {str(one.name).upper() for one in params if isinstance(one, click.Argument)}


def test_every_limit_and_every_fault_has_a_row() -> None:
    assert first_cells("security.md", "| limit |", "\n\n") == list(Limits._fields)
    assert set(first_cells("faults.md", "Made from the table of faults", "### What every order may say")) == set(KINDS)
