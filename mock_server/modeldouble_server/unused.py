"""The warning for stubs that nothing asked for; in a file of its own, as a filter that names it must load no more."""


class UnusedStub(UserWarning):
    """A test told a model what to answer to a call that never came."""
