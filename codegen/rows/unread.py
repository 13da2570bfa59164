"""A key of files that is nothing to a config that was built from them."""

from __future__ import annotations

from dataclasses import dataclass

from codegen.rows.interface import Role, Row
from codegen.schemas import HfClass


@dataclass(frozen=True)
class Unread(Row):
    """A key that published files have, and that neither the class nor its modeling code knows in a built config.

    Of a class that knows it the row says nothing: parts can be shared widely, and where a later release begins to read
    the key, the generator asks.
    """

    key: str
    why: str
    """Who writes it, or what it is for, and why it decides nothing of the language model."""

    def __str__(self) -> str:
        return f"Unread({self.key!r})"

    @property
    def role(self) -> Role:
        return Role.IGNORED

    @property
    def names(self) -> tuple[str, ...]:
        return (self.key,)

    @property
    def reason(self) -> str:
        return self.why

    @property
    def explained(self) -> str:
        return f"unread: {self.why}"

    @property
    def remote_key(self) -> str:
        return self.key

    def is_about(self, hf: HfClass) -> bool:
        aliases = {*hf.attribute_map, *hf.attribute_map.values()}
        return not hf.has(self.key) and self.key not in aliases
