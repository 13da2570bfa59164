"""Imports the modules of a table. What is wrong with them is said with file and line, whatever it is."""

from __future__ import annotations

import importlib
import pkgutil
import re
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from codegen.lines import assigned, line_of_value
from codegen.names import problem_of_family
from codegen.shape import Misfit, misfits
from codegen.table import Family


class TableError(Exception):
    """What was given as a table is none; each line of the message is one thing that is wrong with it."""


def imported(name: str, folder: Path) -> ModuleType:
    """A module of a package that somebody wrote.

    Args:
        name: of the module.
        folder: that holds the package.

    Raises:
        TableError: importing it raises something.
    """
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:
        own = folder / f"{name.replace('.', '/')}.py"
        file, line = _blamed(error, folder, own if own.is_file() else own.with_suffix("") / "__init__.py")
        said = error.msg if isinstance(error, SyntaxError) else str(error)
        raise TableError(f"{at(file, line, folder)}: {type(error).__name__}: {' '.join(said.split())}") from None


def listed(package: ModuleType, *, only_families: bool = False) -> Mapping[str, Family]:
    """The families of a package, each under the name of its module, sorted by that.

    Args:
        package: whose modules hold them.
        only_families: whether every module must.

    Raises:
        TableError: a module cannot be imported, or what it defines is no family.
    """
    folder = Path(package.__path__[0])
    found: dict[str, Family] = {}
    problems = [
        f"{at(file, None, folder.parent)}: {file.stem!r} is no name that Python has for a module"
        for file in sorted(folder.glob("*.py"))
        if "." in file.stem.lstrip(".") and not file.stem.startswith(".")
    ]
    seen: set[int] = set()
    for name in sorted(known.name for known in pkgutil.iter_modules(package.__path__)):
        try:
            module = imported(f"{package.__name__}.{name}", folder.parent)
        except TableError as error:
            problems.append(str(error))
            continue
        file = Path(str(module.__file__))
        wrong = [*_problems(module, file, name, seen, needed=only_families)]
        problems += [f"{at(file, line, folder.parent)}: {what}" for line, what in wrong]
        family: object = vars(module).get("FAMILY")
        if isinstance(family, Family):
            found[name] = family if wrong else replace(family, name=name)
    if problems:
        raise TableError("\n".join(problems))
    return found


def checked[T](module: ModuleType, name: str, expected: object, usual: T) -> T:
    """What a module says under a name; what is usual where it says nothing.

    Raises:
        TableError: it is of another type.
    """
    if name not in vars(module):
        return usual
    value: T = vars(module)[name]
    file = Path(str(module.__file__))
    wrong = [
        f"{at(file, line_of_value(file, name, each.where), file.parent.parent)}: {name}{_inside(each)}"
        for each in misfits(value, expected, set())
    ]
    if wrong:
        raise TableError("\n".join(wrong))
    return value


_CLASS = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)+")
"""An import path."""


def _problems(
    module: ModuleType, file: Path, name: str, seen: set[int], *, needed: bool
) -> Iterator[tuple[int | None, str]]:
    """What keeps a module from being that of one family: lines, and what is wrong there."""
    own = assigned(file)
    for constant, node in own.items():
        if constant != "FAMILY" and isinstance(vars(module).get(constant), Family):
            yield node.lineno, f"{constant} is a family; each has a file of its own, and is its FAMILY"
    if "FAMILY" not in vars(module):
        if needed:
            yield 1, "the file defines no FAMILY"
        return
    family: object = vars(module)["FAMILY"]
    wrong = [*misfits(family, Family, seen)]
    for each in wrong:
        yield line_of_value(file, "FAMILY", each.where), f"FAMILY{_inside(each)}"
    if problem := problem_of_family(name):
        yield line_of_value(file, "FAMILY"), f"the family has the name of its file, and {problem}"
    if isinstance(family, Family) and not wrong:
        for keyword, path in (("config", family.config), ("causal_lm", family.causal_lm), ("body", family.body)):
            if not _CLASS.fullmatch(path) and (path or keyword == "config"):
                line = line_of_value(file, "FAMILY", (keyword,))
                yield line, f"FAMILY.{keyword}: {path!r} is no import path of a class"
        if not family.targets:
            yield line_of_value(file, "FAMILY", ("targets",)), "FAMILY.targets: a family has one at least"
        if not family.covers.strip():
            yield line_of_value(file, "FAMILY", ("covers",)), "FAMILY.covers: say which models it is for"


def _inside(misfit: Misfit) -> str:
    """What follows the name of a constant."""
    text = str(misfit)
    return text if text.startswith("[") else f".{text}" if misfit.where else f": {text}"


def _blamed(error: BaseException, folder: Path, own: Path) -> tuple[Path, int | None]:
    """The last line of the package that led to an error, or the line that is no Python."""
    if isinstance(error, SyntaxError):
        return (Path(error.filename), error.lineno) if error.filename else (own, error.lineno)
    frames = traceback.extract_tb(error.__traceback__)
    lines = [(Path(frame.filename), frame.lineno) for frame in frames if Path(frame.filename).is_relative_to(folder)]
    inside = [(file, line) for file, line in lines if file != Path(__file__)]
    return inside[-1] if inside else (own, None)


def at(file: Path, line: int | None, folder: Path) -> str:
    """A place in a file, as editors know it; the file as seen from the folder that holds the package."""
    shown = str(file.relative_to(folder) if file.is_relative_to(folder) else file)
    return f"{shown}:{line}" if line else shown
