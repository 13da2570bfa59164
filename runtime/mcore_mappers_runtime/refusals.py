"""Collects what is wrong with a config, and where its model differs, so that all of it is said at once."""

from __future__ import annotations

from .at_caller import warn
from .errors import DeviationWarning, Refusal, RefusedDeviation, UnsupportedConfigError

_WITHOUT = "; not so with layers=True"
"""Of deviations, where layers compute what differs."""


class Refusals:
    """The refusals and deviations of one config on its way through one mapper."""

    def __init__(self, family: str, *, strict: bool, layers: bool) -> None:
        self._family = family
        self._strict = strict
        self._layers = layers
        self._refusals: list[Refusal] = []
        self._deviations: dict[str, str] = {}
        self._bounded: list[str] = []
        self._longest: int | None = None

    def refuse(self, field: str, value: object, reason: str, layers: tuple[str, ...] = ()) -> None:
        """Record that `field` keeps the config from being mapped.

        Args:
            field: name of a Hugging Face field.
            value: what the config holds there.
            reason: why Megatron cannot have it.
            layers: fields of `Layers` by which it can. Nothing is refused where the caller asks for layers, nor what is
                refused already for a reason that no layer changes.
        """
        if layers and (self._layers or any(refusal.field == field for refusal in self._refusals)):
            return
        self._refusals.append(Refusal(field, value, reason, layers))

    def is_refused(self, field: str) -> bool:
        """Whether something of the field keeps the config from being mapped already."""
        return any(refusal.field.partition(".")[0] == field for refusal in self._refusals)

    def stop(self) -> None:
        """Raise what was refused so far: nothing can be computed with what the config holds.

        Raises:
            UnsupportedConfigError: something was refused.
        """
        if self._refusals:
            raise UnsupportedConfigError(self._family, tuple(self._refusals))

    def require(self, condition: bool, field: str, value: object, reason: str, layers: tuple[str, ...] = ()) -> None:
        """Refuse `field` unless the condition holds."""
        if not condition:
            self.refuse(field, value, reason, layers)

    def deviation(
        self,
        identifier: str,
        *,
        applies: bool,
        within: bool,
        field: str,
        value: object,
        reason: str,
        layers: tuple[str, ...] = (),
    ) -> None:
        """Note a declared deviation that applies; refused if `field` is beyond the bound that was looked at.

        With `layers`, as in `refuse`, there is no deviation where the caller asks for them.
        """
        if applies and within and not (layers and self._layers):
            self._deviations[identifier] = f"{reason}{_WITHOUT if layers else ''}"
        elif applies:
            self.refuse(field, value, f"beyond the bound of the deviation {identifier}: {reason}", layers)

    def _equal_up_to(self, identifier: str, length: int, field: str, reason: str, *, layers: bool) -> None:
        """Note a deviation that begins beyond so many tokens, which `field` says."""
        self._deviations[identifier] = (
            f"equal up to a seq_length of {length}, and Megatron takes longer sequences without a word: {reason}"
            f"{_WITHOUT if layers else ''}"
        )
        self._bounded.append(field)
        self._longest = length if self._longest is None else min(length, self._longest)

    def _refuse_deviations(self) -> None:
        """Refuse what deviates, where the call is strict."""
        if self._strict:
            for identifier, reason in self._deviations.items():
                self._refusals.append(
                    RefusedDeviation(
                        identifier, "strict=True", f"a declared deviation, which strict=True refuses: {reason}"
                    )
                )

    def _warn_of_deviations(self) -> None:
        deviations = tuple(self._deviations)
        if deviations:
            reasons = tuple(self._deviations.values())
            warn(DeviationWarning(self._family, deviations, reasons, self._longest))
