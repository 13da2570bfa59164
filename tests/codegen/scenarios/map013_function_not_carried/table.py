"""Rule functions whose source cannot stand in a generated module, and what would escape the accounting of reads."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from codegen.table import Absence, Computed, Function, Inverse, Local, NoInverse, positive
from tests.codegen.scenarios import namesakes
from tests.codegen.scenarios.toys import architecture, family, hf, megatron, snapshot, suggested

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mcore_mappers_runtime.check import Check
    from mcore_mappers_runtime.layer_kinds import dense_first
    from mcore_mappers_runtime.settings import PrecisionFields
    from tests.codegen.scenarios.toys import ToyConfig

FACTOR = 2


@cache
def decorated(hf: ToyConfig) -> int:
    return hf.hidden_size


def foreign_global(hf: ToyConfig) -> int:
    return hf.hidden_size * FACTOR


def other_function(hf: ToyConfig) -> int:
    return foreign_global(hf)


def default_argument(hf: ToyConfig, factor: int = 2) -> int:
    return hf.hidden_size * factor


def keyword_only(hf: ToyConfig, *, hidden_size: int) -> int:
    return hf.hidden_size * hidden_size


def without_annotation(hf: ToyConfig):  # type: ignore[no-untyped-def]
    return hf.hidden_size


def walrus(hf: ToyConfig) -> int:
    return (width := hf.hidden_size) * width


def inner_lambda(hf: ToyConfig) -> int:
    return (lambda: hf.hidden_size)()


def by_name(hf: ToyConfig) -> int:
    return getattr(hf, "hidden" + "_size")  # type: ignore[no-any-return]


def undeclared_by_name(hf: ToyConfig, check: Check) -> int:
    name = "window"
    return hf.hidden_size + bool(check.undeclared(name))


def no_such_local(hf: ToyConfig, hidden_siez: int) -> int:
    return hf.hidden_size * hidden_siez


def lifted_annotation(hf: ToyConfig, hidden_size: int) -> Sequence[int]:
    count = hf.hidden_size * hidden_size
    return dense_first(count, 0)


def whole_config(hf: ToyConfig) -> int:
    return dense_first(hf, 0)[0]  # type: ignore[arg-type]


def doubled(hf: ToyConfig) -> int:
    twice = hf.hidden_size * 2
    return int(twice)


def refuses_too_late(hf: ToyConfig, check: Check) -> int:
    return check.given("hidden_size", hf.hidden_size, "refused when the refusals are raised already")


def suggested_from_settings(settings: PrecisionFields) -> bool:
    return bool(settings.get("bf16"))


def first(second: int) -> int:
    return second + 1


def second(hf: ToyConfig, first: int) -> int:
    return hf.hidden_size + first


def both(first: int) -> int:
    return first


def inverse_of_hf(hf: ToyConfig) -> int:
    return hf.hidden_size


def factory() -> Function:
    def nested(hf: ToyConfig) -> int:
        return hf.hidden_size

    return nested


RULES: tuple[Function, ...] = (
    lambda hf: hf.hidden_size,
    decorated,
    foreign_global,
    other_function,
    default_argument,
    keyword_only,
    without_annotation,
    walrus,
    inner_lambda,
    by_name,
    undeclared_by_name,
    no_such_local,
    lifted_annotation,
    factory(),
    whole_config,
    doubled,
    namesakes.doubled,
    refuses_too_late,
    both,
)
NAMES = tuple(f"field_{position:02}" for position in range(len(RULES)))
NO_BACK = NoInverse("Hugging Face does not say")

SNAPSHOT = snapshot((hf("hidden_size"),), inner=tuple(megatron(name) for name in (*NAMES, "suggested")))
OWNERS = (architecture(*(Absence(name, 0) for name in NAMES)), suggested("suggested"))
FAMILY = family(
    (
        *(Computed(name, rule, "", NO_BACK) for name, rule in zip(NAMES, RULES, strict=True)),
        Local("first", first, NO_BACK),
        Local("second", second, (Inverse("hidden_size", inverse_of_hf),)),
        Computed("suggested", suggested_from_settings, "", NO_BACK),
        *positive("hidden_size"),
    )
)
