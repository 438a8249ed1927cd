"""The fake's wire: what is read from requests."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modeldouble_server import wire
from modeldouble_server.limits import Limits
from modeldouble_server.refusal import Refused
from modeldouble_server.wire import State

LIMITS = Limits(json_depth=4, json_bytes=1000)


def refusal(status: int, read: Any, *arguments: Any) -> str:
    with pytest.raises(Refused) as refused:
        read(*arguments)
    assert refused.value.status == status
    return refused.value.text


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


@pytest.mark.parametrize("body", [b"{}", b'{"a": [1, 2.5, null, "\xc3\xa9"]}', b"3", b'"x"', b" [1] "])
def test_json_is_read(body: bytes) -> None:
    assert wire.read_json(body, LIMITS) == json.loads(body)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"{'a': 1}", b'{"a": 1,}', b"\xff", b"\xff\xfe{", b"{} {}", b"nil", b"1" * 5000, b'"\x01"']
)
def test_what_is_no_json_is_refused(body: bytes) -> None:
    assert refusal(400, wire.read_json, body, Limits()).startswith("body is not JSON: ")


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_json_lacks_are_refused(constant: str) -> None:
    assert f"{constant} is not JSON" in refusal(400, wire.read_json, f'{{"a": [{constant}]}}'.encode(), LIMITS)


def test_the_byte_limit_is_exact_and_a_413() -> None:
    assert wire.read_json(b" " * 999 + b"1", LIMITS) == 1
    assert "1,001 bytes, over the limit of 1,000" in refusal(413, wire.read_json, b" " * 1000 + b"1", LIMITS)


def test_the_depth_limit_is_exact() -> None:
    assert wire.read_json(nested(4), LIMITS) == [[[[]]]]
    for body in (nested(5), b'{"a": [{"b": [{}]}]}', b"[[[[[1]]]]]", b"[1, [[[[]]]]]"):
        assert "nested deeper than 4 levels" in refusal(400, wire.read_json, body, LIMITS)


@pytest.mark.parametrize("depth", [1000, 100_000, 1_000_000])
def test_json_too_deep_for_python_is_refused_as_well(depth: int) -> None:
    refusal(400, wire.read_json, nested(depth), Limits())
    refusal(400, wire.read_json, b'{"a":' * depth, Limits())


def test_brackets_in_strings_and_beside_each_other_are_no_depth() -> None:
    assert wire.read_json(b'{"a": "[[[[[[[[{{{{{{{{"}', LIMITS) == {"a": "[" * 8 + "{" * 8}
    assert wire.read_json(b"[[], [], [], [], {}, {}, {}]", LIMITS) == [[], [], [], [], {}, {}, {}]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=20,
)


def depth_of(value: Any) -> int:
    items = value.values() if isinstance(value, dict) else value
    return 1 + max(map(depth_of, items), default=0) if isinstance(value, (dict, list)) else 0


@settings(deadline=None)
@given(JSON, st.integers(0, 6))
def test_depth_is_judged_as_a_recursive_count_would(value: Any, most: int) -> None:
    body, limits = json.dumps(value).encode(), Limits(json_depth=most)
    if depth_of(value) > most:
        refusal(400, wire.read_json, body, limits)
    else:
        assert wire.read_json(body, limits) == value


@pytest.mark.parametrize("body", [None, [], "x", 3, True, [{"state": {}}]])
def test_a_body_that_is_no_object_is_refused(body: Any) -> None:
    assert refusal(400, wire.read_state, body).startswith("body is ")


@pytest.mark.parametrize("body", [{}, {"state": None}, {"state": []}, {"state": "x"}, {"settings": {}}])
def test_a_state_that_is_no_object_is_refused(body: Any) -> None:
    assert "Settings is not json object" in refusal(400, wire.read_state, body)


def test_context_and_token_are_nobodys_business() -> None:
    assert wire.read_state({"state": {"a": 1}, "context": None, "api_token": 3}).keys == {"a": 1}


@pytest.mark.parametrize(
    "aliases",
    [
        ["videoId", "video_id"],
        ["startFrameIndex", "start_frame_index", "start_frame"],
        ["framesCount", "frames_count", "num_frames"],
        ["image_id", "imageId"],
        ["projectId", "project_id"],
    ],
)
def test_a_number_is_found_under_each_of_its_aliases(aliases: list[str]) -> None:
    groups = (wire.VIDEO_ID, wire.START, wire.COUNT, wire.IMAGE_ID, wire.PROJECT_ID)
    [names] = [names for names in groups if set(names) == set(aliases)]
    assert [State({alias: 7}).whole(names) for alias in aliases] == [7] * len(aliases)
    assert [State({alias: 7}).needed(names) for alias in aliases] == [7] * len(aliases)


@pytest.mark.parametrize("alias", ["batch_ids", "image_ids", "images_ids", "imageIds"])
def test_ids_are_found_under_each_of_their_aliases(alias: str) -> None:
    assert State({alias: [3, 1, 3]}).ids(wire.IMAGE_IDS, 3) == [3, 1, 3]
    assert State({alias: []}).ids(wire.IMAGE_IDS, 3) == []


@pytest.mark.parametrize("alias", ["image_id", "imageId", "batch_ids"])
def test_one_id_is_taken_as_a_list_of_one(alias: str) -> None:
    assert State({alias: 5}).ids(wire.IMAGE_IDS, 3) == [5]


@pytest.mark.parametrize("alias", ["direction", "framesDirection"])
def test_the_direction_is_found_under_both_names(alias: str) -> None:
    assert State({alias: "backward"}).first(wire.DIRECTION) == "backward"


def test_an_alias_that_is_null_leaves_the_word_to_the_next() -> None:
    assert State({"videoId": None, "video_id": 0}).whole(wire.VIDEO_ID) == 0
    assert State({"videoId": None}).whole(wire.VIDEO_ID) is None


@pytest.mark.parametrize("value", ["5", 5.0, True, [5], {}])
def test_a_number_that_is_not_whole_is_refused(value: Any) -> None:
    assert refusal(400, State({"videoId": value}).whole, wire.VIDEO_ID).endswith("send a whole number")


def test_a_number_below_the_least_is_refused() -> None:
    assert State({"framesCount": 0}).whole(wire.COUNT) == 0
    assert "at least 0" in refusal(400, State({"framesCount": -1}).whole, wire.COUNT)
    assert "at least 1" in refusal(400, State({"framesCount": 0}).whole, wire.COUNT, 1)


def test_a_number_that_is_needed_must_be_there() -> None:
    assert refusal(400, State({}).needed, wire.VIDEO_ID) == (
        "state.videoId is missing; send the id as a whole number"
    )  # fmt: skip


@pytest.mark.parametrize("value", ["5", [5.0], [True], [None], {}, True, [[5]], 5.0])
def test_ids_that_are_not_whole_numbers_are_refused(value: Any) -> None:
    assert "send a list of whole numbers" in refusal(400, State({"batch_ids": value}).ids, wire.IMAGE_IDS, 9)


def test_ids_must_be_there_and_not_too_many() -> None:
    assert "state.batch_ids is None" in refusal(400, State({}).ids, wire.IMAGE_IDS, 9)
    assert "has 3 ids, over the limit of 2" in refusal(400, State({"image_ids": [1, 2, 3]}).ids, wire.IMAGE_IDS, 2)


@pytest.mark.parametrize("value", [None, "", 5, ["a"], {}])
def test_a_uuid_must_be_there_and_be_text(value: Any) -> None:
    text = refusal(400, State({"inference_request_uuid": value}).uuid)
    assert text.startswith("Error: 'inference_request_uuid' is required")
    refusal(400, State({}).uuid)


def test_a_uuid_is_taken_as_it_is() -> None:
    assert State({"inference_request_uuid": "ab"}).uuid() == "ab"


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({}, {}),
        ({"settings": None}, {}),
        ({"settings": {"conf": 0.5}}, {"conf": 0.5}),
        ({"settings": {"conf": 0.5, "rectangle": 1}, "rectangle": None}, {"conf": 0.5, "rectangle": 1}),
        ({"settings": {"rectangle": 1}, "rectangle": 2}, {"rectangle": 2}),
        ({"rectangle": 2}, {"rectangle": 2}),
    ],
)
def test_settings_take_in_the_rectangle_beside_them(keys: dict[str, Any], expected: dict[str, Any]) -> None:
    assert State(keys).settings() == expected


def test_settings_that_are_no_object_are_refused_and_those_given_are_not_changed() -> None:
    assert "state.settings is [1]" in refusal(400, State({"settings": [1]}).settings)
    given_settings = {"conf": 0.5}
    for beside in ({}, {"rectangle": 1}):
        State({"settings": given_settings, **beside}).settings()["x"] = 1
    assert given_settings == {"conf": 0.5}


def test_a_refusal_names_the_part_of_the_form_that_it_is_about() -> None:
    assert refusal(400, State({"settings": 1}, "settings").settings).startswith("settings.settings is 1")
