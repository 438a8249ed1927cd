"""A scenario file as values with lines. Only plain YAML: no tags, no merge keys, no second document; all is bounded."""

import math
from pathlib import Path
from typing import Any, NamedTuple

from ..refusal import shown
from .place import BadScenario, Places, Problem, Where

MOST_BYTES = 2 * 1024 * 1024
MOST_DEPTH = 32
MOST_NODES = 200_000
_MOST_BITS = 1024
"""Of a whole number: those of the largest float. Hexadecimal and base 60 make any from a short text."""
EXAMPLES = Path(__file__).parent / "examples"
_PREFIX = "example:"
_SCENARIO = "name a scenario file, or example:NAME"
_PLAIN = ("null", "bool", "int", "float")


class Document(NamedTuple):
    """The values of a file, as JSON has them, and where they stand."""

    file: Path
    value: Any
    places: Places


def located(name: str | Path) -> Path:
    """The file that a name means; `example:NAME` is one that is shipped."""
    text = str(name)
    if not text.startswith(_PREFIX):
        return Path(name)
    wanted = text[len(_PREFIX) :]
    if wanted not in example_names():
        known = ", ".join(f"{_PREFIX}{one}" for one in example_names())
        raise BadScenario([Problem(Path(text), 0, (), f"there is no such example; known are {known}")])
    return EXAMPLES / f"{wanted}.yaml"


def example_names() -> list[str]:
    """The examples that are shipped."""
    return sorted(one.stem for one in EXAMPLES.glob("*.yaml"))


def read(file: Path, remedy: str = _SCENARIO) -> Document:
    """Read a scenario file. What is not plain YAML is a BadScenario, with the line; `remedy` is for one not there."""
    import yaml

    text = _text(file, remedy)
    try:
        node = _composed(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        raise BadScenario(
            [Problem(file, line, (), f"is no YAML: {error.problem or error.context}; mend it")]
        ) from error
    except (yaml.YAMLError, RecursionError) as error:
        said = str(error).splitlines()[0][:200]
        raise BadScenario([Problem(file, 0, (), f"is no YAML that can be read: {said}; mend it")]) from error
    if node is None:
        return Document(file, {}, Places(file, {(): 1}))
    reader = _Values(file)
    value = reader.value(node, ())
    if reader.problems:
        raise BadScenario(reader.problems)
    return Document(file, value, Places(file, reader.lines))


def _text(file: Path, remedy: str) -> str:
    try:
        with file.open("rb") as content:
            raw = content.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadScenario([Problem(file, 0, (), f"cannot be read ({error.strerror}); {remedy}")]) from error
    if len(raw) > MOST_BYTES:
        raise BadScenario([Problem(file, 0, (), f"is over the limit of {MOST_BYTES:,} bytes; say less")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise BadScenario([Problem(file, line, (), "is not UTF-8; save it as UTF-8")]) from error


def _composed(text: str) -> Any:
    import yaml

    class Loader(yaml.SafeLoader):
        """Composes nodes and constructs nothing; what is not plain is an error at its place."""

        depth = 0
        count = 0

        def compose_node(self, parent: Any, index: Any) -> Any:
            event = self.peek_event()  # type: ignore[no-untyped-call]
            if getattr(event, "tag", None) is not None:
                raise yaml.MarkedYAMLError(
                    None, None, f"tags such as {event.tag[:80]!r} are not read", event.start_mark
                )
            if self.depth >= MOST_DEPTH:
                raise yaml.MarkedYAMLError(None, None, f"it nests deeper than {MOST_DEPTH}", event.start_mark)
            # Here already, as the nodes of a full file take minutes and gigabytes.
            self.count += 1
            if self.count > MOST_NODES:
                raise yaml.MarkedYAMLError(None, None, f"there are over {MOST_NODES:,} values", event.start_mark)
            self.depth += 1
            node = super().compose_node(parent, index)
            self.depth -= 1
            return node

    return yaml.compose(text, Loader)


class _Values:
    """Turns nodes into values. An alias is its anchor's value again, with lines of its own; all nodes are counted."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._count = 0
        self.lines: dict[Where, int] = {}
        self.problems: list[Problem] = []

    def value(self, node: Any, where: Where, line: int | None = None) -> Any:
        """The value of a node; `line` is that of its key, if it has one."""
        self.lines[where] = node.start_mark.line + 1 if line is None else line
        self._count += 1
        if self._count > MOST_NODES:
            raise BadScenario(
                [self._problem(where, f"aliases included, there are over {MOST_NODES:,} values; say less")]
            )
        if len(where) > MOST_DEPTH:
            raise BadScenario([self._problem(where, f"nests deeper than {MOST_DEPTH}; take the alias of itself out")])
        if node.id == "mapping":
            return self._mapping(node, where)
        if node.id == "sequence":
            return [self.value(one, (*where, at)) for at, one in enumerate(node.value)]
        return self._scalar(node, where)

    def _mapping(self, node: Any, where: Where) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, value in node.value:
            line = key.start_mark.line + 1
            name = str(key.value) if key.id == "scalar" else ""
            inner = (*where, name)
            if key.id != "scalar" or key.tag.rpartition(":")[2] in _PLAIN:
                self._note(where, line, f"key {shown(name)} is no text; put it into quotes")
            elif key.tag.endswith(":merge"):
                self._note(where, line, "merge keys (<<) are not read; write the keys out")
            elif name in made:
                self._note(inner, line, f"the key is there already, in line {self.lines[inner]}; keep one of them")
            else:
                made[name] = self.value(value, inner, line)
        return made

    def _scalar(self, node: Any, where: Where) -> Any:
        import yaml

        if node.tag.rpartition(":")[2] not in _PLAIN:
            # A date too is a text here, as it is in JSON.
            return node.value
        constructor = yaml.constructor.SafeConstructor()
        try:
            made = constructor.construct_object(node)
        except (ValueError, OverflowError, yaml.YAMLError):
            made = math.nan
        if isinstance(made, int) and made.bit_length() > _MOST_BITS:
            made = math.nan
        if isinstance(made, float) and not math.isfinite(made):
            self.problems.append(
                self._problem(where, f"is {shown(node.value)}; give a finite number, or a text in quotes")
            )
        return made

    def _problem(self, where: Where, text: str) -> Problem:
        return Problem(self._file, self.lines[where], where, text)

    def _note(self, where: Where, line: int, text: str) -> None:
        self.problems.append(Problem(self._file, line, where, text))
