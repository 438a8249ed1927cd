"""How the command line looks: help, examples, guesses, colours."""

from __future__ import annotations

import re
import shlex

import click
import pytest
from click.testing import CliRunner, Result

from modeldouble_server.cli import main
from modeldouble_server.cli_shape import Commands, Refusal, Told

NAMES = sorted(main.commands)
ESCAPE = "\x1b["


def called(*arguments: str, color: bool = False, command: click.Command = main) -> Result:
    return CliRunner().invoke(command, list(arguments), color=color)


def examples(text: str) -> list[str]:
    """What stands below the heading of examples, to the end or an empty line."""
    found = re.search(r"^Examples?:\n((?:  .+\n)+)", text, re.MULTILINE)
    assert found is not None, text
    return [line.strip() for line in found[1].splitlines()]


def test_the_help_lists_every_command_once_by_what_it_is_for() -> None:
    text = called("--help").output
    listed = re.findall(r"^  ([a-z]+)  ", text, re.MULTILINE)
    assert sorted(listed) == NAMES
    assert listed[:3] == ["demo", "serve", "run"]
    assert "..." not in text.partition("Begin:")[2]


def test_a_command_that_no_heading_has_is_listed_all_the_same() -> None:
    assert Commands("x", commands={"new": Told("new")}).list_commands(click.Context(main)) == ["new"]


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_an_example_that_can_be_copied(name: str) -> None:
    for line in examples(called(name, "--help").output):
        typed = line.removeprefix('eval "$(').removesuffix(')"').partition(" > ")[0]
        program, command, *arguments = shlex.split(typed)
        assert (program, command) == ("modeldouble", name)
        options = {option for one in main.commands[name].params for option in one.opts}
        own = arguments[: arguments.index("--")] if "--" in arguments else arguments
        assert {one for one in own if one.startswith("--")} <= options


@pytest.mark.parametrize("name", NAMES)
def test_every_option_says_what_it_is(name: str) -> None:
    options = [one for one in main.commands[name].params if isinstance(one, click.Option) and not one.hidden]
    assert [one.name for one in options if not one.help] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_example_is_no_part_of_the_text(name: str) -> None:
    assert "Example:" not in called(name, "--help").output.partition("Options:")[0]


def test_a_long_example_is_not_broken() -> None:
    line = f"modeldouble {'long ' * 40}".strip()
    text = called("--help", command=Told("x", help=f"Do.\n\nExample: {line}")).output
    assert examples(text) == [line]


def test_arguments_without_a_text_are_no_options() -> None:
    assert "[URL]" not in called("contract", "--help").output.partition("Options:")[2]


@pytest.mark.parametrize(("typed", "meant"), [("srve", "serve"), ("contrat", "contract"), ("explian", "explain")])
def test_a_wrong_command_is_told_with_the_nearest(typed: str, meant: str) -> None:
    result = called(typed)
    assert result.exit_code == 2
    assert f"No such command {typed!r}. Did you mean {meant}?" in result.output


def test_a_command_that_is_near_to_none_is_told_plainly() -> None:
    result = called("zzzzzz")
    assert result.exit_code == 2
    assert "zzzzzz" in result.output
    assert "Did you mean" not in result.output


def test_there_are_colours_on_a_terminal_only() -> None:
    assert ESCAPE in called("--help", color=True).output
    assert ESCAPE not in called("--help").output


def test_an_error_stands_out_on_a_terminal_and_is_one_plain_line_elsewhere() -> None:
    plain, coloured = called("serve", "--dialect", "1.2"), called("serve", "--dialect", "1.2", color=True)
    assert (plain.exit_code, coloured.exit_code) == (1, 1)
    assert plain.stderr.startswith("Error: ")
    assert ESCAPE not in plain.stderr
    assert coloured.stderr.startswith(ESCAPE)
    assert click.unstyle(coloured.stderr) == plain.stderr


def test_an_error_of_how_it_is_used_stays_one() -> None:
    assert called("serve", "--port", "x").exit_code == 2


def test_a_refusal_is_shown_where_it_is_told_to(capsys: pytest.CaptureFixture[str]) -> None:
    Refusal("no; do this").show()
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "Error: no; do this\n")
