"""Several pictures in one request: answers in another number or order, files that are taken for one another."""

from typing import Any

from ..lie import IDS, Changed, Lie, Teller
from ..traffic import Answer, Asked, Part
from . import places


class _Files(Teller):
    """Other files are forwarded than those that were sent."""

    def change(self, files: list[Part]) -> list[Part]:
        """The files to forward."""
        raise NotImplementedError

    def asked(self, asked: Asked) -> Asked | Answer:
        """The request with its files changed."""
        form = asked.form
        if form is None or not form.files:
            return asked
        found = self.change(form.files)
        return asked if found == form.files else asked._replace(body=form.with_files(found).written())


class _Backwards(_Files):
    def change(self, files: list[Part]) -> list[Part]:
        return files[::-1]


class _OnlyTheFirst(_Files):
    def change(self, files: list[Part]) -> list[Part]:
        return files[:1]


class _LastOfEachName(_Files):
    """Files are kept by their name, as on some real releases: both answers come from the last one."""

    def change(self, files: list[Part]) -> list[Part]:
        last = {one.head: one.content for one in files}
        return [one._replace(content=last[one.head]) for one in files]


class _OneOfEachName(_Files):
    def change(self, files: list[Part]) -> list[Part]:
        return list({one.head: one for one in files}.values())


class _OneOfEachContent(_Files):
    def change(self, files: list[Part]) -> list[Part]:
        return list({one.content: one for one in files}.values())


class _FirstOfEachName(_Files):
    """A file name that came before means the file of then."""

    def __init__(self) -> None:
        self._known: dict[bytes, bytes] = {}

    def change(self, files: list[Part]) -> list[Part]:
        return [one._replace(content=self._known.setdefault(one.head, one.content)) for one in files]


class _FirstAnswer(Teller):
    """Every picture is answered as the very first was."""

    def __init__(self) -> None:
        self._first: Answer | None = None

    def answered(self, asked: Asked, answer: Answer) -> Answer:
        if answer.status != 200:
            return answer
        self._first = self._first or answer
        return self._first


def _swapped_at_the_end(value: Any) -> Any:
    return [*value[:-2], *value[:-3:-1]]


def _of_ids(name: str, what: str, change: Any) -> Lie:
    return Lie(f"batch-ids-{name}", f"images by id: {what}", places.BATCH_IDS, lambda: Changed(change), (IDS,))


def _of_files(name: str, what: str, change: Any) -> Lie:
    return Lie(f"batch-{name}", f"batch: {what}", places.BATCH, lambda: Changed(change))


LIES = (
    *(
        make(name, what, change)
        for make in (_of_files, _of_ids)
        for name, what, change in (
            ("reversed", "answers come in reverse", lambda value: value[::-1]),
            ("one-short", "the last answer is left out", lambda value: value[:-1]),
            ("one-doubled", "the last answer comes twice", lambda value: [*value, *value[-1:]]),
            ("all-the-first", "all answers are that of the first picture", lambda value: [value[0]] * len(value)),
        )
    ),
    _of_files("last-two-swapped", "the last two answers are swapped", _swapped_at_the_end),
    _of_files("without-answers", "there are no answers", lambda value: []),
    _of_files("keyed", "an object of answers by number, no list", lambda value: dict(enumerate(value))),
    _of_files("nested", "every answer is a list of its own", lambda value: [[one] for one in value]),
    _of_files("null-in-it", "one answer is null", lambda value: [*value[:-1], None]),
    Lie("batch-forwarded-backwards", "batch: files are forwarded in reverse", places.BATCH, _Backwards),
    Lie("batch-only-the-first", "batch: only the first file is forwarded", places.BATCH, _OnlyTheFirst),
    Lie("batch-equal-names-last", "batch: files of one name are all the last", places.BATCH, _LastOfEachName),
    Lie("batch-equal-names-one", "batch: files of one name are answered once", places.BATCH, _OneOfEachName),
    Lie("batch-equal-files-one", "batch: equal files are answered once", places.BATCH, _OneOfEachContent),
    Lie("batch-names-remembered", "batch: a file name stands for its first file", places.BATCH, _FirstOfEachName),
    Lie("image-cached", "every picture is answered as the first one was", places.IMAGE, _FirstAnswer),
)  # fmt: skip
