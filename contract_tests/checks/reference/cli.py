"""docs/cli.md: every command and option, made from the tree of commands that click has."""

import inspect
from argparse import SUPPRESS, Action
from collections.abc import Iterator, Mapping
from typing import Any

import click

from modeldouble_contract.load.__main__ import _parser as load_parser
from modeldouble_server.cli import main

from .table import code, first_line, table

MADE = "This page is made from the commands themselves: `python -m contract_tests.checks.reference.make`."
_HEAD = f"""# Every command and option

`modeldouble COMMAND --help` says the same. {MADE}

| command | what for |
|---|---|
"""
_LOAD = "python -m modeldouble_contract.load"
ARGUMENTS = {
    "COMMAND": "What to run, after `--`; it finds the fake by its environment.",
    "SCENARIO": "A file, or `example:NAME` for one that comes with the package.",
    "SHELL": "Whose completion.",
    "URL": "A serving app: what comes before its routes, as the session URL is.",
    "WORKLOADS": "Names or numbers, as `--list` tells them; without any, all.",
}
"""What an argument is, which click's help does not tell."""


def page() -> str:
    """The page, as Markdown."""
    found = commands()
    said = [(name, _said(one.help)[0].split("\n\n")[0]) for name, one in found.items()]
    rows = [f"| [`{name}`](#{name.replace(' ', '-')}) | {' '.join(text.split())} |\n" for name, text in said]
    rows.append(f"| [`{_LOAD}`](#{_LOAD.replace(' ', '-').replace('.', '')}) | {_load_said()} |\n")
    return _HEAD + "".join(rows) + "".join(_command(name, one) for name, one in found.items()) + _load()


def commands() -> dict[str, click.Command]:
    """`modeldouble NAME` -> the command, groups first."""
    return dict(_below("modeldouble", main))


def options(command: click.Command) -> list[str]:
    """What a person may type: long options, short ones and the names of arguments; what is hidden is not told."""
    return [name for one in _params(command) for name in _names(one)]


def load_options() -> list[str]:
    """Options and arguments of the load test, which is a module of its own."""
    return [name for one in _actions() for name in one.option_strings or [one.dest]]


def _below(name: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield name, command
    if isinstance(command, click.Group):
        for key in sorted(command.commands):
            if not command.commands[key].hidden:
                yield from _below(f"{name} {key}", command.commands[key])


def _params(command: click.Command) -> list[click.Parameter]:
    above = click.Context(main, **main.context_settings)
    found = command.get_params(above if command is main else click.Context(command, parent=above))
    return [one for one in found if not getattr(one, "hidden", False)]


def _names(one: click.Parameter) -> list[str]:
    return [*one.opts, *one.secondary_opts] if isinstance(one, click.Option) else [(one.name or "").upper()]


def _command(name: str, command: click.Command) -> str:
    text, examples = _said(command.help)
    typed = "".join(f"$ {line}\n" for line in examples)
    shown = f"\n```console\n{typed}```\n" if typed else ""
    rows = [_row(one) for one in _params(command)]
    return f"\n## {name}\n\n{text}\n{shown}\n{table(('option', 'takes', 'default', 'what it does'), rows)}"


def _said(text: str | None) -> tuple[str, list[str]]:
    """What a docstring says, and its examples."""
    said, _, examples = inspect.cleandoc(text or "").partition("Example:")
    return said.strip(), [line.strip() for line in examples.splitlines() if line.strip()]


def _row(one: click.Parameter) -> tuple[str, str, str, str]:
    names = ", ".join(map(code, _names(one)))
    if not isinstance(one, click.Option):
        return names, _takes(one), "needed" if one.required else "", ARGUMENTS[(one.name or "").upper()]
    default = one.default if one.show_default and not one.required else ""
    said, _, told = (one.help or "").partition("  [default: ")
    shown = told.rstrip("]") or code(f"{default:g}" if isinstance(default, float) else str(default))
    return names, _takes(one), "needed" if one.required else shown, said


def _takes(one: click.Parameter) -> str:
    if isinstance(one, click.Option) and (one.is_flag or one.is_eager):
        return ""
    if isinstance(one.type, click.Choice):
        kind = ", ".join(map(code, map(str, one.type.choices)))
    else:
        kind = code(
            (one.metavar or _KINDS.get(type(one.type).__name__, one.type.name.upper())).strip("[].").rstrip("].")
        )
    many = one.nargs == -1 or getattr(one, "multiple", False)
    return f"{kind}{_range(one.type)}{', several' if many else ''}"


_KINDS: Mapping[str, str] = {
    "IntParamType": "NUMBER", "IntRange": "NUMBER", "FloatParamType": "NUMBER", "FloatRange": "NUMBER",
    "StringParamType": "TEXT", "Path": "PATH",
}  # fmt: skip


def _range(kind: Any) -> str:
    least, most = getattr(kind, "min", None), getattr(kind, "max", None)
    if least is None and most is None:
        return ""
    return f" from {least:g}" + ("" if most is None else f" to {most:g}")


def _actions() -> list[Action]:
    return [one for one in load_parser()._actions if one.help != SUPPRESS]


def _load() -> str:
    rows = [(", ".join(map(code, one.option_strings or [one.dest])), one.help or "") for one in _actions()]
    told = f"\n## {_LOAD}\n\n{_load_said()} [How it is used](load.md).\n\n"
    return told + table(("option", "what it does"), rows)


def _load_said() -> str:
    said = first_line(load_parser().description).rpartition(": ")[2]
    return said[0].upper() + said[1:]
