"""What an assertion was about, where one test goes through many values."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def about(*what: object) -> Generator[None]:
    """Add to whatever is raised, a failure of pytest's own too, what it was raised for."""
    try:
        yield
    except BaseException as error:
        error.add_note("about " + ", ".join(each if isinstance(each, str) else repr(each) for each in what))
        raise
