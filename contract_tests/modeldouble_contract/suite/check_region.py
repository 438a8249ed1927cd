"""A region of interest: objects are looked for inside it, and told in pixels of the whole picture."""

from collections.abc import Mapping
from typing import Any

import pytest

from modeldouble_contract.finding import not_checked
from modeldouble_contract.fixtures import Single
from modeldouble_contract.judge import Judge
from modeldouble_contract.judging import judge_size
from modeldouble_contract.level import must
from modeldouble_contract.likeness import likeness
from modeldouble_contract.objects import Seen, objects_of
from modeldouble_contract.target import Target

_UNCHANGED = 0.5


@must(asks=3)
@pytest.mark.parametrize("where", ["in the settings", "beside the settings"])
def test_objects_of_a_region_lie_inside_it(
    target: Target, judge: Judge, singles: list[Single], settings: Mapping[str, Any], where: str
) -> None:
    seen = 0
    for one in singles[-3:]:
        width, height = one.picture.width, one.picture.height
        left, top, right, bottom = width // 2, height // 4, width - 1, height * 3 // 4
        region = {"points": {"exterior": [[left, top], [right, bottom]], "interior": []}}
        inside = {"settings": {**settings, "rectangle": region}}
        state = inside if where == "in the settings" else {"settings": dict(settings), "rectangle": region}
        at = target.form("inference_image", [one.picture.file], state)
        found = judge.shape(at)
        judge_size(judge, at, found, (width, height))
        # What a model makes of a small part is its own affair; that nothing has changed tells that no part was taken.
        unchanged = likeness(objects_of(one.prediction), objects_of(found)) >= _UNCHANGED
        for thing in (one for one in objects_of(found) if one.points):
            seen += 1
            x, y = _middle(thing)
            judge.require(
                (left <= x <= right and top <= y <= bottom) or not unchanged, "settings.rectangle", at=at,
                expected=f"an object whose middle is inside left {left}, top {top}, right {right}, bottom {bottom}",
                got=f"{thing.shape} at {thing.points[:4]}",
            )  # fmt: skip
    if not seen:
        not_checked("no object was seen in a region", "bring a picture with objects that the model knows with --image")


def _middle(thing: Seen) -> tuple[float, float]:
    """Of the box around its points. A model may let an edge reach out of what it was shown, as out of a picture."""
    xs, ys = [x for x, _ in thing.points], [y for _, y in thing.points]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
