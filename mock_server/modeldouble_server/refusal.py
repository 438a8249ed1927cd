"""How the fake says no: to a caller by `Refused`, to whoever starts it by `CannotServe`."""


class Refused(Exception):
    """The request cannot be answered: `status` is a 4xx or 501, `text` names field, value and remedy."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class CannotServe(Exception):
    """The server did not start; the text names what is wrong and the remedy."""


def shown(value: object, most: int = 80) -> str:
    """A value of the caller's as it may stand in a message: its repr, cut short."""
    text = repr(value)
    return text if len(text) <= most else text[: most - 1] + "…"
