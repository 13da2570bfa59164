"""Many things, each in a process of its own that is forked from this one."""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

WORKERS = 2
# Seconds without an answer.
PATIENCE = 1800


@dataclass(frozen=True)
class Answer[T, R]:
    about: T
    said: R | None
    """None without an answer: the process has crashed, or was ended for want of patience."""
    seconds: float
    ended: bool
    """Whether patience was at its end."""


def answers[T, R](of: Iterable[T], ask: Callable[[T], R]) -> Iterator[Answer[T, R]]:
    """What is said of each, as answers come; the next process is forked when what was said before has been used."""
    context = multiprocessing.get_context("fork")
    waiting = list(reversed([*of]))
    running: dict[Any, tuple[T, Any, float]] = {}
    while waiting or running:
        while waiting and len(running) < WORKERS:
            about = waiting.pop()
            answer, say = context.Pipe(duplex=False)
            process = context.Process(target=_say, args=(ask, about, say))
            process.start()
            say.close()
            running[answer] = (about, process, time.perf_counter())
        ready = multiprocessing.connection.wait([*running], timeout=1)
        for answer, (about, process, start) in [*running.items()]:
            seconds = time.perf_counter() - start
            if answer in ready:
                yield Answer(about, _heard(answer), seconds, ended=False)
            elif seconds > PATIENCE:
                process.kill()
                yield Answer(about, None, seconds, ended=True)
            else:
                continue
            # What it has said is all; ending process groups takes it a second.
            process.kill()
            process.join()
            del running[answer]


def alone[R](ask: Callable[[], R]) -> R | None:
    """What is said in a process of its own; None without an answer."""
    return next(answers([None], lambda _: ask())).said


def _say[T, R](ask: Callable[[T], R], about: T, say: multiprocessing.connection.Connection) -> None:
    said = ask(about)
    say.send(said)


def _heard(answer: multiprocessing.connection.Connection) -> Any:
    try:
        return answer.recv()
    except EOFError:
        return None
