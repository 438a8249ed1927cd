"""Pages that people write and a program completes: what it makes stands between marks, or below one."""


def between(page: str, begin: str, end: str, made: str) -> str:
    """A page with `made` between two marks; one without the marks is a ValueError."""
    before, opened, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not opened or not closed:
        raise ValueError(f"the page lacks the marks {begin!r} and {end!r}")
    return f"{before}{opened}\n{made}\n{closed}{after}"


def below(page: str, mark: str, made: str) -> str:
    """A page with `made` below a mark, to its end; one without the mark is a ValueError."""
    before, found, _ = page.partition(mark)
    if not found:
        raise ValueError(f"the page lacks the mark {mark!r}")
    return f"{before}{found}\n{made}"
