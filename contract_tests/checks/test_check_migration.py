"""What docs/migration.md says is here, is here. That it leaves out nothing that is official, `tox -e sdk` sees."""

import re

import pytest

import modeldouble

from .migration import NOT_HERE, PAGE, TITLES, rows


def resolved(name: str) -> object:
    """What a dotted name stands for in our client."""
    found: object = modeldouble
    for part in name.split("."):
        found = getattr(found, part)
    return found


@pytest.mark.parametrize("title", TITLES)
def test_every_name_that_is_named_is_there(title: str) -> None:
    found = rows(title)
    assert found
    for row in found:
        names = re.findall(r"`([\w.]+)`", row.here)
        assert bool(names) != (row.here == NOT_HERE)
        assert all(resolved(name) is not None for name in names)


@pytest.mark.parametrize("title", TITLES)
def test_who_loses_a_method_is_told_what_to_do_instead(title: str) -> None:
    assert [row.official for row in rows(title) if row.here == NOT_HERE and len(row.otherwise) < 10] == []


def test_a_name_that_is_not_there_is_an_error() -> None:
    with pytest.raises(AttributeError):
        resolved("Session.get_deploy_info")


def test_every_table_is_read() -> None:
    headings = re.findall(r"^## (.+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == ["What behaves otherwise", *TITLES]
