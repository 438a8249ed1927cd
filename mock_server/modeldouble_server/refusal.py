"""How the fake says no: to a caller by `Refused`, to whoever starts it by `CannotServe`."""


class Refused(Exception):
    """The request cannot be answered: `status` is a 4xx or 501, `text` names field, value and remedy.

    By `kind` a dialect knows what its release would have answered, and `about` is what that release puts into its text.
    Without a kind, which is so for the fake's own limits, every dialect answers the refusal as it is.
    """

    def __init__(self, status: int, text: str, kind: str = "", about: str | None = None) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.kind = kind
        self.about = text if about is None else about


class Busy(Refused):
    """The server could answer, but not now; clients that are told so ask again after a second."""


class CannotServe(Exception):
    """The server did not start; the text names what is wrong and the remedy."""


def shown(value: object, most: int = 80) -> str:
    """A value of the caller's as it may stand in a message: its repr, cut short."""
    text = repr(value)
    return text if len(text) <= most else text[: most - 1] + "…"
