"""Links that are right on the forge are right on the site, and doctests are shown as sessions."""

from types import SimpleNamespace

import pytest

from .hooks import BESIDE, REPO, on_page_markdown, relinked, shown


@pytest.mark.parametrize(
    ("place", "link", "expected"),
    [
        ("README.md", "../CONTRIBUTING.md", "contributing.md"),
        ("README.md", "faults.md#which-calls", "faults.md#which-calls"),
        ("reference/README.md", "../cli.md", "../cli.md"),
        ("reference/client.md", "../../README.md#use-it", "../readme.md#use-it"),
        ("readme.md", "docs/pytest.md", "pytest.md"),
        ("readme.md", "docs/README.md", "README.md"),
        ("readme.md", "CHANGELOG.md", "changelog.md"),
        ("contributing.md", "docs/pictures/a.svg", "pictures/a.svg"),
        ("faults.md", "#which-calls", "#which-calls"),
        ("faults.md", "https://a.example/../x", "https://a.example/../x"),
        ("faults.md", "pictures/a.svg", "pictures/a.svg"),
    ],
)
def test_a_link_is_led_to_its_place_on_the_site(place: str, link: str, expected: str) -> None:
    assert relinked(f"a [b]({link}) c", place) == f"a [b]({expected}) c"


def test_pages_beside_the_folder_are_there() -> None:
    assert all((REPO / name).exists() for name in BESIDE)


def test_a_doctest_is_a_session_and_a_script_is_none() -> None:
    assert shown("```python\n>>> 1\n1\n```\n") == "```pycon\n>>> 1\n1\n```\n"
    assert shown("  ```python\n  >>> 1\n  ```\n") == "  ```pycon\n  >>> 1\n  ```\n"
    assert shown("```python\nx = 1\n```\n") == "```python\nx = 1\n```\n"


def test_both_are_done_to_a_page() -> None:
    page = SimpleNamespace(file=SimpleNamespace(src_uri="README.md"))
    text = "[a](../CONTRIBUTING.md)\n\n```python\n>>> 1\n```\n"
    assert on_page_markdown(text, page=page, config=None) == "[a](contributing.md)\n\n```pycon\n>>> 1\n```\n"
