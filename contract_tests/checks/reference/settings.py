"""The table of docs/settings.md that has every inference setting, and those of a sliding window."""

from modeldouble_server.marked import between

from .table import code, table

BEGIN = "<!-- Made by: python -m contract_tests.checks.reference.make -->\n"
END = "<!-- Here the table ends. -->\n"
_SURE = "objects this sure or surer are answered"
_OVER = "objects of a class may overlap as much as this, by the IoU of their boxes"
TOLD = {
    "conf_thres": ("a number from 0 to 1", _SURE),
    "conf": ("a number from 0 to 1", _SURE),
    "confidence": ("a number from 0 to 1", _SURE),
    "confidence_threshold": ("a number from 0 to 1", _SURE),
    "confidence_thresh": ("a number from 0 to 1", _SURE),
    "iou_thres": ("a number from 0 to 1", _OVER),
    "iou": ("a number from 0 to 1", _OVER),
    "classes": ('a list of names, or `"all"`', "objects of these classes are answered"),
    "rectangle": ('`{"points": {"exterior": [[left, top], [right, bottom]], "interior": []}}`, in pixels',
                  "only what lies in it is answered"),
    "inference_mode": ("`full_image` or `sliding_window`", "whether the model looks through windows"),
    "sliding_window_params": ("a mapping, below", "where the windows lie"),
    "sliding_window_mode": ("anything", "nothing: apps put their own in its place"),
    "existing_objects_iou_thresh": ("a number from 0 to 1", "checked; nothing, as the fake compares with no labels"),
    "augment": ("true or false", "nothing; the presets announce it, as apps do"),
}  # fmt: skip
"""Setting -> its values, and what it does."""
WINDOW = ("windowHeight", "windowWidth", "overlapY", "overlapX", "borderStrategy")


def tables() -> str:
    """The table, as Markdown."""
    rows = [(code(name), takes, does) for name, (takes, does) in TOLD.items()]
    return table(("setting", "value", "what it does"), rows)


def page(text: str) -> str:
    """A page with the table between the marks as it is now."""
    return between(text, BEGIN, END, tables())
