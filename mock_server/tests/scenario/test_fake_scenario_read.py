"""Reading: only plain YAML, with lines, and bounded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from modeldouble_server.scenario.place import BadScenario, nearest, shown_path
from modeldouble_server.scenario.read import MOST_BYTES, MOST_DEPTH, located, read

Complaints = Callable[[str], list[str]]
Write = Callable[[str], Path]


def test_values_are_read_with_the_lines_of_their_keys(write: Write) -> None:
    document = read(write("seed: 3\nmodels:\n  - name: A\n    stubs:\n      - when: {}\n"))
    assert document.value == {"seed": 3, "models": [{"name": "A", "stubs": [{"when": {}}]}]}
    lines = [document.places.line(where) for where in ((), ("seed",), ("models", 0, "name"), ("models", 0, "stubs", 0))]
    assert lines == [1, 1, 3, 5]


def test_the_line_of_what_is_not_there_is_that_of_what_it_would_lie_in(write: Write) -> None:
    document = read(write("seed: 3\nmodels:\n  - name: A\n"))
    assert document.places.line(("models", 0, "stubs", 7)) == 3


def test_an_empty_file_is_an_empty_scenario(write: Write) -> None:
    assert read(write("# nothing\n")).value == {}


def test_an_alias_has_the_value_of_its_anchor(write: Write) -> None:
    value = read(write("a: &one {x: [1]}\nb: *one\n")).value
    assert value["a"] == value["b"] == {"x": [1]}


def test_a_date_is_a_text_and_a_quoted_word_no_truth_value(write: Write) -> None:
    assert read(write("a: 2024-01-02\nb: 'yes'\nc: yes\n")).value == {"a": "2024-01-02", "b": "yes", "c": True}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("seed: 1\nmodels: []\nseed: 2\n", "s.yaml:3: seed: the key is there already, in line 1; keep one of them"),
        ("seed: 1\nmodels: !!python/object:os.system {}\n", "s.yaml:2: is no YAML: tags such as"),
        ("seed: !!int 1\n", "s.yaml:1: is no YAML: tags such as"),
        ("seed: [1\nmodels: 2\n", "s.yaml:2: is no YAML: "),
        ("a: &a {x: 1}\nb:\n  <<: *a\n", "s.yaml:3: b: merge keys (<<) are not read; write the keys out"),
        ("urls:\n  1: a.jpg\n", "s.yaml:2: urls: key '1' is no text; put it into quotes"),
        ("a: 1\n? [b]\n: 2\n", "s.yaml:2: key '' is no text; put it into quotes"),
        ("seed: .inf\n", "s.yaml:1: seed: is '.inf'; give a finite number, or a text in quotes"),
        (f"seed: {'9' * 5000}\n", "s.yaml:1: seed: is "),
        ("a: 1\n---\nb: 2\n", "s.yaml:2: is no YAML: "),
        ("a: \x01\n", "s.yaml: is no YAML that can be read: "),
    ],
)  # fmt: skip
def test_what_is_not_plain_yaml_is_told_with_its_line(complaints: Complaints, text: str, said: str) -> None:
    assert complaints(text)[0].startswith(said)


def test_deep_nesting_is_refused_before_it_is_composed(complaints: Complaints) -> None:
    assert complaints("a: " + "[" * 100_000) == [
        f"s.yaml:1: is no YAML: it nests deeper than {MOST_DEPTH}; mend it"
    ]  # fmt: skip


def test_aliases_that_multiply_are_counted(complaints: Complaints) -> None:
    bomb = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
    bomb += "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10))
    assert "aliases included, there are over 200,000 values; say less" in complaints(bomb)[0]


def test_an_alias_of_itself_is_refused(complaints: Complaints) -> None:
    assert "nests deeper than 32; take the alias of itself out" in complaints("a: &a [*a]\n")[0]


def test_a_file_that_is_too_large_is_not_parsed(write: Write) -> None:
    file = write("#" * (MOST_BYTES + 1))
    with pytest.raises(BadScenario, match=r"is over the limit of 2,097,152 bytes; say less"):
        read(file)


def test_a_file_in_another_encoding_is_told_with_its_line(write: Write) -> None:
    file = write("")
    file.write_bytes("seed: 1\n# Größe\n".encode("latin-1"))
    with pytest.raises(BadScenario, match=r"s.yaml:2: is not UTF-8; save it as UTF-8"):
        read(file)


def test_a_file_that_is_not_there_says_what_could_be_named(tmp_path: Path) -> None:
    with pytest.raises(BadScenario, match=r"none.yaml: cannot be read .*; name a scenario file, or example:NAME"):
        read(tmp_path / "none.yaml")


def test_an_unknown_example_lists_those_that_there_are() -> None:
    with pytest.raises(BadScenario, match=r"there is no such example; known are .*example:detection, .*example:stubs"):
        located("example:unknown")


def test_an_example_cannot_lead_out_of_its_folder() -> None:
    with pytest.raises(BadScenario, match="there is no such example"):
        located("example:../schema")


def test_a_path_is_written_as_people_write_it() -> None:
    assert shown_path(("models", 0, "stubs", 2, "when")) == "models[0].stubs[2].when"
    assert shown_path(("urls", "https://a.example/b")) == "urls['https://a.example/b']"


def test_the_nearest_name_is_the_remedy_and_all_names_where_none_is_near() -> None:
    assert nearest("predicter", ["preset", "predictor"]) == "did you mean 'predictor'?"
    assert nearest("xyz", ["a", "b"]) == "known are a, b"
