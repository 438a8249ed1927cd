"""A plan goes to pytest as options and comes back; the token goes another way, and what the author brings is read."""

import json
from pathlib import Path
from typing import Any

import pytest

from modeldouble_contract.options import FACTS, TOKEN, plan_of
from modeldouble_contract.plan import Plan

FULL = Plan(
    "http://app/net/abc", "tok", server_address="http://s", task_id=5, image=("a b.jpg", "--x.jpg"), image_id=(1, 2),
    image_url="http://i", video="v.mp4", video_id=7, settings="s.yaml", sdk="6.74.51", strict=True,
    strict_deviations=True, patience=1.5, deadline=20.0,
)  # fmt: skip


def back(arguments: list[str], token: str | None, folder: Path) -> Plan:
    """What pytest makes of arguments."""
    found: list[Plan] = []

    class Reader:
        def pytest_collection(self, session: pytest.Session) -> bool:
            found.append(plan_of(session.config, {} if token is None else {TOKEN: token}))
            assert session.config.stash[FACTS].judge is None
            return True

    ini = folder / "own.ini"
    ini.write_text("[pytest]\n", encoding="utf-8")
    words = [
        str(folder),
        "-c",
        str(ini),
        "--noconftest",
        "-p",
        "no:terminal",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:asyncio",
    ]
    pytest.main([*words, "-p", "modeldouble_contract.options", *arguments], plugins=[Reader()])
    return found[0]


@pytest.mark.parametrize("plan", [FULL, Plan("http://app")])
def test_a_plan_comes_back_from_its_arguments(plan: Plan, tmp_path: Path) -> None:
    assert back(plan.arguments(), plan.api_token, tmp_path) == plan


def test_the_token_is_no_argument() -> None:
    assert "tok" not in " ".join(FULL.arguments())


def test_every_field_but_the_token_is_an_argument() -> None:
    names = {word.partition("=")[0].removeprefix("--modeldouble-").replace("-", "_") for word in FULL.arguments()}
    assert names == set(Plan._fields) - {"api_token"}


def test_secrets_are_hidden_in_every_form_and_the_longest_first() -> None:
    plan = Plan("http://u:pass@app/net/pass-word/", 'tok"<en>')
    told = plan.hide(
        json.dumps({"a": 'tok"<en>', "b": "http://u:pass@app/net/pass-word/x tok&quot;&lt;en&gt; tok%22%3Cen%3E"})
    )
    assert "pass" not in told
    assert told.count("$API_TOKEN") == 3
    assert "http://u:$PASSWORD@app/net/$SESSION_TOKEN/x" in told


def test_a_plan_without_secrets_hides_nothing() -> None:
    assert Plan("http://app").secrets() == {}
    assert Plan("http://[").hide("as it is") == "as it is"


@pytest.mark.parametrize(("text", "expected"), [
    ("conf_thres: 0.5\nclasses: [cat]\n", {"conf_thres": 0.5, "classes": ["cat"]}), ('{"a": null}', {"a": None}),
])  # fmt: skip
def test_settings_are_read_from_yaml_or_json(text: str, expected: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_text(text, encoding="utf-8")
    assert Plan("http://app", settings=str(file)).own_settings() == expected


def test_without_a_file_there_are_no_settings() -> None:
    assert Plan("http://app").own_settings() == {}


@pytest.mark.parametrize(("content", "told"), [
    (b"a: 1\n" + b"#" * 2**21, "it has over 2,097,152 bytes"),
    (b"- 1", "holds list; give names and values"), (b"", "holds NoneType"), (b"a: [", "cannot be read"),
    (b"\xff\xfe\xff", "cannot be read"), (b"day: 2024-01-01", "quote dates"), (b"x: .nan", "leave out .nan"),
    (b"a: &a [*a]", "JSON cannot say"), (b"[" * 1200, "cannot be read"), (b"!!python/object:os.x {}", "cannot be read"),
])  # fmt: skip
def test_bad_settings_are_refused_with_option_and_remedy(content: bytes, told: str, tmp_path: Path) -> None:
    file = tmp_path / "s.yaml"
    file.write_bytes(content)
    with pytest.raises(ValueError, match="--settings") as raised:
        Plan("http://app", settings=str(file)).own_settings()
    assert told in str(raised.value)


def test_a_file_of_settings_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match=r"--settings /nowhere/s\.yaml cannot be read"):
        Plan("http://app", settings="/nowhere/s.yaml").own_settings()
