"""A value that several lines share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from codegen.diagnostics import Code
from codegen.literals import Function
from codegen.rows.interface import Back, Context, Problem, Role, Row, Stage, Statement, arguments, call, taken


@dataclass(frozen=True)
class Local(Row):
    """A value that several lines share: read once, before anything is constructed, under its own name.

    The function may refuse through `check`, unless it takes `settings`.
    """

    name: str
    function: Function
    inverse: Back | None = None
    """None where the rows that take the local say it."""
    gives: tuple[str, ...] = ()
    """Megatron fields that are attributes of the same name of the value."""
    wrap: Function | None = None
    """Turns the constructed inner config into one that carries the target's undeclared attributes, which `gives` then
    names too."""
    remote: str = ""
    """A key that the function reads, and that neither the class nor its modeling code knows: which code knows it, and
    what it means there, is `why`."""
    why: str = ""

    def __str__(self) -> str:
        return arguments("Local", self.name, self.function.__name__)

    @property
    def role(self) -> Role:
        return Role.USED

    @property
    def targets(self) -> tuple[str, ...]:
        return self.gives

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(filter(None, (self.name, self.remote))))

    @property
    def unique(self) -> tuple[str, ...]:
        return (*self.names, *(("the inner config that is carried on",) if self.wrap is not None else ()))

    @property
    def rule_functions(self) -> tuple[Function, ...]:
        return (self.function, *((self.wrap,) if self.wrap is not None else ()))

    @property
    def back(self) -> Back | None:
        return self.inverse

    @property
    def reason(self) -> str | None:
        return self.why if self.remote else None

    @property
    def remote_key(self) -> str:
        return self.remote

    @property
    def is_settled(self) -> bool:
        """Whether the value depends on suggested ones, so that it is read after them."""
        return "settings" in self.rules[0].parameter_names

    def binds(self, context: Context) -> str:
        del context
        return self.name

    def at_hand(self, context: Context, bound: frozenset[str], settled: frozenset[str]) -> frozenset[str]:
        del context
        names = {"hf", "caller", *bound, *({"settings", *settled} if self.is_settled else {"check"})}
        if self.wrap is not None:
            names |= {"transformer", self.name}
        return frozenset(names)

    def statement(self, context: Context) -> Statement:
        del context
        rule = self.rules[0]
        return Statement(
            f"{self.name} = {call(rule)}",
            fields=tuple(sorted(self.reads)),
            takes=taken(rule),
            binds=self.name,
            annotation=rule.returns,
            stage=Stage.SETTLED if self.is_settled else Stage.CHECK,
        )

    def expression(self, target: str, context: Context) -> str:
        del context
        return f"{self.name}.{target}"

    def problems(self, context: Context) -> Iterator[Problem]:
        for name in self.gives:
            if name in context.target.attributes and self.wrap is None:
                yield Code.NOT_THE_MAPPERS, f"{name!r} is declared by no class; only a row that wraps sets it"
        if self.remote and context.hf.has(self.remote):
            message = f"called a key of remote code only, but {context.hf.name} knows {self.remote!r}"
            yield Code.FALSE_CLAIM, message
