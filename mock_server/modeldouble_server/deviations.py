"""What real servers would have answered instead: told in the log when it matters, each kind once per model.

So nobody learns it in production and nobody drowns in it. What is told comes from the tables of the dialects.
"""

import logging

from .dialect import SUPERSET, TRAITS, Dialect

log = logging.getLogger("modeldouble_server")


class Noticer:
    """Logs a WARNING the first time that each kind of deviation happens to one model."""

    def __init__(self, model: str, dialect: Dialect = SUPERSET) -> None:
        self._model = model
        self._dialect = dialect
        self._told: dict[str, str] = {}

    def note(self, kind: str, detail: str) -> None:
        """Tell of deviation `kind` (a key of TRAITS); `detail` says what about the request brought it up.

        In a dialect that answers as the release does, there is nothing to tell.
        """
        trait = TRAITS[kind]
        if kind in self._told or self._dialect.copies(kind):
            return
        text = f"{detail}; the fake {trait.ours}, real servers ({trait.span}) {trait.theirs}"
        self._told[kind] = text
        log.warning("%s: %s [%s]", self._model, text, kind)

    @property
    def told(self) -> frozenset[str]:
        """Kinds that have been told so far."""
        return frozenset(self._told)

    @property
    def texts(self) -> dict[str, str]:
        """What was told, by kind, in the order in which it came up."""
        return dict(self._told)

    def forget(self) -> None:
        """Tell everything once more."""
        self._told.clear()
