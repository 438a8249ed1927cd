"""Pages that are broken on purpose, and the check that has to notice each of them."""

from collections.abc import Callable
from typing import NamedTuple

from . import (
    test_browser_ends,
    test_browser_faults,
    test_browser_jobs,
    test_browser_journal,
    test_browser_look,
    test_browser_many,
    test_browser_shapes,
    test_browser_strangers,
    test_browser_threshold,
)

Check = Callable[..., None]


class Mutant(NamedTuple):
    """A file of the page in which texts are replaced, and a check with what it takes beside server and visits."""

    file: str
    changes: dict[str, str]
    check: Check
    also: tuple[str, ...] = ()


MUTANTS = {
    "a box is a pixel too narrow": Mutant(
        "shapes.js", {"width: right - left + 1": "width: right - left"},
        test_browser_look.test_boxes_of_an_upload_are_those_of_the_serving_app, ("cat.jpg",),
    ),
    "a box is a pixel too low": Mutant(
        "shapes.js", {"y: top, width": "y: top + 1, width"},
        test_browser_look.test_boxes_of_an_upload_are_those_of_the_serving_app, ("cat.jpg",),
    ),
    "boxes have another colour": Mutant(
        "shapes.js", {"HEX.test(colour) ? colour": 'HEX.test(colour) ? "#808080"'},
        test_browser_shapes.test_a_box_has_the_colour_of_its_class,
    ),
    "a mask lies beside its place": Mutant(
        "drawing.js", {"return { x: left, y: top, width, height };": "return { x: left + 3, y: top, width, height };"},
        test_browser_shapes.test_masks_cover_what_the_server_says, ("instance_segmentation",),
    ),
    "a mask is its box": Mutant(
        "masks.js", {"context.drawImage(bitmap, 0, 0, width, height);": "context.fillRect(0, 0, width, height);"},
        test_browser_shapes.test_masks_cover_what_the_server_says, ("instance_segmentation",),
    ),
    "the threshold is not sent": Mutant(
        "look.js", {"settings: this.tuning.settings()": "settings: {}"},
        test_browser_threshold.test_a_higher_threshold_leaves_what_the_serving_app_leaves,
    ),
    "a late answer wins": Mutant(
        "asking.js", {"return mine === number ? answer : undefined": "return answer", "    controller.abort();\n": ""},
        test_browser_threshold.test_a_late_answer_does_not_win,
    ),
    "text is read as markup": Mutant(
        "dom.js", {"element.textContent = text": "element.innerHTML = text"},
        test_browser_strangers.test_a_message_with_markup_stays_text,
    ),
    "nodes are read as markup": Mutant(
        "dom.js", {"document.createTextNode(String(one))": "document.createRange().createContextualFragment(one)"},
        test_browser_strangers.test_a_class_named_as_markup_stays_text,
    ),
    "a bar does not move": Mutant(
        "jobs.js", {"bar.value = Math.min(job.inferred ?? 0, bar.max)": "bar.value = 0"},
        test_browser_jobs.test_a_job_is_watched_to_its_end,
    ),
    "a fault that fired is not counted": Mutant(
        "faults.js", {"fired: order.fired }": "fired: 0 }"}, test_browser_faults.test_a_fault_is_seen_to_fire,
    ),
    "a pause does not hold": Mutant(
        "journal.js", {"if (this._paused) this._waiting": "if (this._none) this._waiting"},
        test_browser_journal.test_a_pause_holds_the_rows_and_loses_none,
    ),
    "rows are without end": Mutant(
        "journal.js", {"const ROWS_MOST = 1000": "const ROWS_MOST = 5000"},
        test_browser_many.test_a_thousand_rows_without_jank,
    ),
    "a server that ended counts as live": Mutant(
        "live.js", {'this._state("lost")': 'this._state("live")'},
        test_browser_ends.test_a_server_that_ends_and_comes_back_is_lost_and_live,
    ),
}  # fmt: skip
