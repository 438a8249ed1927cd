"""What taking a stub, and asking one, may raise."""


class Raised(Exception):
    """The stub says that the model fails; `kind` is the name of the exception's class."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind
        self.text = text


class Unmatched(Exception):
    """There are stubs, and none answers the call; `text` has what was asked and the nearest ones."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Tied(Exception):
    """Several stubs answer the call equally well; `text` names them."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text
