"""One subject of a registry: the definition of one name, which stands in a module of its own or among others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from codegen.emit.fill import with_imports
from codegen.functions import Import
from codegen.text import literal_text


@dataclass(frozen=True)
class Section:
    """Source that defines one name."""

    name: str
    """What it defines."""
    module: str
    """Name of the module, where it has one of its own."""
    doc: str
    """Docstring of that module."""
    source: str
    imports: tuple[Import, ...] = ()

    @property
    def imported(self) -> Import:
        """How a module beside it has the name."""
        return Import(f".{self.module}", self.name)


def module_of(doc: str, sections: Sequence[Section], imports: Iterable[Import] = ()) -> str:
    """Source of a module of these sections, before formatting."""
    body = "\n\n".join(section.source for section in sections)
    source = f'"""{doc}"""\n\nfrom __future__ import annotations\n\n{body}\n'
    return with_imports(source, (*imports, *(known for section in sections for known in section.imports)))


def entries(pairs: Iterable[tuple[str, str]]) -> str:
    """A dictionary display with a line for each key."""
    return "{\n" + "".join(f"{literal_text(key)}: {value},\n" for key, value in pairs) + "}"


def listed(items: Iterable[str]) -> str:
    """A tuple display."""
    known = tuple(items)
    return f"({', '.join(known)}{',' if len(known) == 1 else ''})"


def frozen(names: Iterable[str]) -> str:
    """A frozen set, in order."""
    known = sorted(names)
    return f"frozenset({{{', '.join(map(literal_text, known))}}})" if known else "frozenset()"
