"""Upstream without what it says of itself, and the package's own warnings in lines."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Generator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout

from .. import errors
from .output import remark


@contextmanager
def quietly(warned: list[Warning]) -> Generator[None]:
    """Run upstream's code, of which nothing is shown: neither logs nor warnings, nor what it prints.

    Args:
        warned: gets the warnings of this package, each once.
    """
    disabled = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with (
            warnings.catch_warnings(record=True) as caught,
            redirect_stdout(io.StringIO()),
            redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("always")
            try:
                yield
            finally:
                said = set(map(str, warned))
                for each in caught:
                    if isinstance(each.message, Warning) and type(each.message).__module__ == errors.__name__:
                        warned += [] if str(each.message) in said else [each.message]
                        said.add(str(each.message))
    finally:
        logging.disable(disabled)


def show(warned: Sequence[Warning], *, of_needs: bool = True) -> None:
    """Say what was warned of, beside what was asked.

    Args:
        warned: the warnings.
        of_needs: whether somebody is about to build a model, and has to know what that needs.
    """
    for each in warned:
        if of_needs or not isinstance(each, errors.NeedsWarning):
            remark(f"warning: {each}")
