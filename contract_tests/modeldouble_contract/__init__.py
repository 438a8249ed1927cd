"""The suite that runs on the fake and on a real serving app alike."""

__all__: list[str] = []
