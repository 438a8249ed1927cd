"""What can go wrong: AdminError, and under it Unreachable."""


class AdminError(Exception):
    """The server refused: `status` is the HTTP status, or 0, and `text` names field, value and remedy."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class Unreachable(AdminError):
    """No fake answered at the address, or not in time."""

    def __init__(self, text: str) -> None:
        super().__init__(0, text)
