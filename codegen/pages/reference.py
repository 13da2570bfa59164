"""The reference: what `mcore_mappers` has, in the words of its docstrings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from inspect import isclass, isfunction
from typing import Final

import mcore_mappers

_SIGNATURES: Final = {
    "to_megatron": "(hf, /, *, strict=False, layers=False, **caller)",
}
"""Of functions that have an overload for each family."""


def page() -> str:
    """The page."""
    functions, errors, warnings, records = _sorted()
    return f"""# Reference

`import mcore_mappers as m` is cheap: what needs torch or transformers is imported when it is first used. Each family
is also a module, `m.<family>`, with a `to_megatron` and `to_hf` of its own types, and `to_megatron_hybrid` where it can
be one.

## Functions

{_of("function", functions)}
## Records

{_of("class", records)}
## Errors

{_of("exception", errors)}
## Warnings

{_of("exception", warnings)}"""


def _sorted() -> tuple[list[str], ...]:
    functions, errors, warnings, records = list[str](), list[str](), list[str](), list[str]()
    for name in mcore_mappers.__all__:
        value: object = getattr(mcore_mappers, name)
        if isfunction(value):
            functions.append(name)
        elif isclass(value) and issubclass(value, Warning):
            warnings.append(name)
        elif isclass(value) and issubclass(value, Exception):
            errors.append(name)
        elif isclass(value):
            records.append(name)
    return functions, errors, warnings, records


def _of(kind: str, names: Iterable[str]) -> str:
    return "\n".join(_documented(kind, names))


def _documented(kind: str, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        members = "   :members:\n" if kind == "class" else ""
        yield f"```{{eval-rst}}\n.. auto{kind}:: mcore_mappers.{name}{_SIGNATURES.get(name, '')}\n{members}```\n"
