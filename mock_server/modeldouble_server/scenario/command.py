"""What `modeldouble validate` and `modeldouble explain` do."""

from collections.abc import Callable
from pathlib import Path

from .build import build
from .check import schema_text
from .explain import explain, read_settings
from .place import BadScenario
from .read import example_names

Say = Callable[[str], object]


def validate(scenario: str | None, schema: bool, say: Say, complain: Say) -> int:
    """Check a scenario and say what is in it, or what is wrong with it; or give the schema. The exit status."""
    if schema:
        say(schema_text().rstrip("\n"))
        return 0
    if scenario is None:
        names = ", ".join(f"example:{one}" for one in example_names())
        complain(f"name a scenario file, or one of the examples: {names}; --schema prints the schema")
        return 2
    try:
        say(f"{scenario}: fine: {build(scenario).summary()}")
    except BadScenario as error:
        complain(str(error))
        return 1
    return 0


def explained(scenario: str, image: Path, settings: Path | None) -> str:
    """Which rule would answer the picture, for each model. What cannot be read is a CannotServe."""
    return explain(build(scenario), image, {} if settings is None else read_settings(settings))
