"""Check: what each method refuses, in which words, and how it all comes out at the end."""

from __future__ import annotations

import copy
import inspect
import math
import pickle
import warnings
from typing import Any, TypedDict

import pytest
from transformers import LlamaConfig

from mcore_mappers import DeviationWarning, Refusal, UnsupportedConfigError
from mcore_mappers_runtime.check import Check
from tests.support.hf import config, mapper


class Fields(TypedDict, total=False):
    tensor_model_parallel_size: int
    bf16: bool
    seq_length: int


def make(hf: Any = None, strict: Any = False, **caller: object) -> Check:
    return Check(
        "llama", LlamaConfig, config("llama") if hf is None else hf, caller, Fields, strict=strict, layers=False
    )


def said(check: Check) -> list[tuple[str, object, str]]:
    """What was refused; an empty list where `finish` raises nothing."""
    try:
        check.finish()
    except UnsupportedConfigError as error:
        return [(refusal.field, refusal.value, refusal.reason) for refusal in error.refusals]
    return []


def test_nothing_to_say() -> None:
    assert said(make(bf16=True)) == []
    assert said(make(strict=True)) == []


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        (
            {"bf61": True},
            r"llama.to_megatron\(\): 'bf61' is no field of this family's Megatron config \(did you mean 'bf16'\?\)$",
        ),
        ({"zzz": True}, r"'zzz' is no field of this family's Megatron config$"),
        (
            {"hidden_size": 1},
            r"'hidden_size' is decided by the Hugging Face config, and cannot be overridden: change hidden_size",
        ),
        # What would be refused then is not offered.
        ({"hiden_size": 1}, r"'hiden_size' is no field of this family's Megatron config$"),
        ({"rope_theta": 1e6}, r"'rope_theta' is no field of this family's Megatron config$"),
        ({"trust_remote_code": True}, r"'trust_remote_code' is no field of this family's Megatron config$"),
        ({"moe_router_freeze": True}, r"'moe_router_freeze' is no field of this family's Megatron config$"),
        ({"tp": 2}, r"Megatron config \(did you mean 'tensor_model_parallel_size'\?\)$"),
        ({"rms_norm_eps": 1e-6}, r"'rms_norm_eps' is a field of the Hugging Face config: set it there$"),
        (
            {"zzz": 1, "bf16": True, "num_layers": 1},
            r"\(\): 'zzz' is no field of this family's Megatron config; 'num_layers' is decided",
        ),
    ],
)
def test_keywords(keywords: dict[str, object], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        make(**keywords)


def test_class() -> None:
    with pytest.raises(TypeError, match=r"llama.to_megatron\(\) takes a LlamaConfig, not dict"):
        make({})
    with pytest.raises(UnsupportedConfigError, match="Qwen3MoeConfig is not it, and may mean something else"):
        make(config("qwen3_moe"))


def test_refusals_keep_their_order() -> None:
    check = make()
    check.refuse("b", 1, "first")
    check.refuse("a", None, "second")
    check.refuse("b", 2, "again")
    assert said(check) == [("b", 1, "first"), ("a", None, "second"), ("b", 2, "again")]


@pytest.mark.parametrize(
    ("value", "allowed", "holds"),
    [
        (True, (True,), True),
        (1, (True,), False),
        (True, (1,), False),
        (0, (False,), False),
        (1.0, (1,), True),
        (None, (None, True), True),
        ("x", ("y", "x"), True),
        ([], (False,), False),
        (math.nan, (math.nan,), False),
    ],
)
def test_must_be(value: object, allowed: tuple[object, ...], holds: bool) -> None:
    check = make()
    check.must_be("field", value, allowed, "because")
    assert (said(check) == []) == holds
    if not holds:
        assert said(check)[0][2] == f"must be {' or '.join(map(repr, allowed))}: because"


@pytest.mark.parametrize("key", [None, 8, 8.0])
def test_a_key_may_say_what_is_implied(key: object) -> None:
    check = make(config("llama", swa_num_key_value_heads=key))
    check.implied("swa_num_key_value_heads", 8, "because")
    assert said(check) == []


def test_a_key_must_not_say_otherwise() -> None:
    check = make(config("llama", swa_num_key_value_heads=4))
    check.implied("swa_num_key_value_heads", None, "nothing depends on it")
    check.implied("swa_num_key_value_heads", 8, "because")
    assert said(check) == [("swa_num_key_value_heads", 4, "must be 8: because")]


@pytest.mark.parametrize(
    ("family", "field", "reason", "good", "bad"),
    [
        ("llama", "hidden_size", "must be above zero", (64,), (0, -1)),
        ("nemotron_h", "moe_latent_size", "must be above zero", (1, None), (0, -1)),
        ("llama", "rms_norm_eps", "must be above zero", (1, 1e-9), (0, -1, 0.0, math.nan, math.inf, -math.inf)),
        ("nemotron_h", "num_nextn_predict_layers", "must be zero or above", (0, 1), (-1,)),
        ("llama", "initializer_range", "must be zero or above", (0, 0.0, 3), (-1, -1e-9, math.nan, math.inf)),
        (
            "llama",
            "attention_dropout",
            "must be at least zero and below one",
            (0, 0.5),
            (1, 1.0, -0.1, math.nan, math.inf),
        ),
    ],
)
def test_numbers(family: str, field: str, reason: str, good: tuple[float, ...], bad: tuple[float, ...]) -> None:
    for value in (*good, *bad):
        hf = config(family)
        # Past the validators of transformers.
        vars(hf)[field] = value
        found: list[object] = []
        try:
            with warnings.catch_warnings(action="ignore"):
                mapper(family)(hf)
        except UnsupportedConfigError as error:
            about = [refusal for refusal in error.refusals if refusal.field == field]
            found = [refusal.value for refusal in about if refusal.reason.startswith(reason)]
        # By identity: NaN is not equal to itself.
        assert [known is value for known in found] == ([] if value in good else [True])


def test_given() -> None:
    check = make()
    assert check.given("field", 0, "never said") == 0
    assert said(check) == []
    check.given("field", None, "it has no default")
    assert said(check) == [("field", None, "must be given: it has no default")]


def test_choice() -> None:
    table = {"silu": 1, "gelu": 2}
    check = make()
    assert check.choice("act", "gelu", table) == 2
    assert said(check) == []
    assert check.choice("act", "siluu", table) in table.values()
    assert check.choice("act", "xyz", table) in table.values()
    assert said(check) == [
        ("act", "siluu", "must be one of 'silu', 'gelu' (did you mean 'silu'?)"),
        ("act", "xyz", "must be one of 'silu', 'gelu'"),
    ]


def test_undeclared() -> None:
    hf = config("llama", extra=5, nothing=None, flag=True, size=16, text="16")
    check = make(hf)
    assert (check.undeclared("extra"), check.undeclared("nothing"), check.undeclared("absent")) == (5, None, None)
    assert (check.undeclared_size("size"), check.undeclared_size("absent")) == (16, None)
    assert said(check) == []
    for name in ("nothing", "flag", "text"):
        assert check.undeclared_size(name) is None
    assert [(field, value) for field, value, _ in said(check)] == [("nothing", None), ("flag", True), ("text", "16")]
    for _, _, reason in said(check):
        assert reason.startswith("must be an integer above zero")
        assert reason.endswith("or be left out")


def test_if_set() -> None:
    check = make(config("llama", right="a", wrong="b", none=None))
    check.if_set("right", ("a",), "why")
    check.if_set("absent", ("a",), "why")
    check.if_set("none", (None,), "why")
    assert said(check) == []
    check.if_set("wrong", ("a",), "why")
    check.if_set("none", ("a",), "why")
    assert said(check) == [("wrong", "b", "must be 'a': why"), ("none", None, "must be 'a': why")]


def deviating(within: bool = True, strict: bool = False) -> Check:
    check = make(strict=strict)
    check.deviation("absent", applies=False, within=False, field="a", value=0, reason="not here")
    check.deviation("one", applies=True, within=within, field="eps", value=3, reason="eps is wired")
    check.deviation("two", applies=True, within=True, field="dt", value=4, reason="dt is clamped")
    return check


def test_deviations() -> None:
    with pytest.warns(DeviationWarning) as caught:
        deviating().finish()
    (warning,) = [entry.message for entry in caught]
    assert isinstance(warning, DeviationWarning)
    assert (warning.family, warning.deviations) == ("llama", ("one", "two"))
    assert "this llama config deviates (strict=True refuses it instead):" in str(warning)
    assert "\n  - one: eps is wired\n  - two: dt is clamped" in str(warning)


def test_strict() -> None:
    check = deviating(strict=True)
    check.refuse("field", 1, "reason")
    assert said(check) == [
        ("field", 1, "reason"),
        ("one", "strict=True", "a declared deviation, which strict=True refuses: eps is wired"),
        ("two", "strict=True", "a declared deviation, which strict=True refuses: dt is clamped"),
    ]


def test_beyond_the_bound() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # a config that is refused needs no warning
        assert said(deviating(within=False)) == [("eps", 3, "beyond the bound of the deviation one: eps is wired")]


def bounded(*lengths: int | None, **caller: Any) -> Check:
    check = make(config("llama"), **caller)
    for number, length in enumerate(lengths):
        check.equal_up_to(f"length{number}", length, field="vocab_size", reason=f"reason {number}")
    return check


def test_the_shortest_length_holds() -> None:
    check = bounded(None, 9, 7, 8)
    with pytest.warns(DeviationWarning) as caught:
        check.finish()
    (warning,) = [entry.message for entry in caught]
    assert isinstance(warning, DeviationWarning)
    assert (warning.deviations, warning.seq_length) == (("length1", "length2", "length3"), 7)
    assert "length1: equal up to a seq_length of 9" in str(warning)
    for length, shortened in ((6, 6), (7, 7), (100, 7)):
        assert check.select(Fields, Fields(seq_length=length, bf16=True)) == {"seq_length": shortened, "bf16": True}
    assert bounded(7, seq_length=3).select(Fields, Fields(seq_length=100)) == {"seq_length": 3}
    assert check.select(Fields, Fields(bf16=True)) == {"bf16": True}
    assert bounded(None).select(Fields, Fields(seq_length=100)) == {"seq_length": 100}
    assert said(bounded(None)) == []


def test_what_is_asked_for_is_no_longer() -> None:
    with pytest.warns(DeviationWarning):
        bounded(9, 7, seq_length=7).finish()
    assert said(bounded(9, 7, seq_length=8)) == [("seq_length", 8, "must be at most 7, where length1 begins: reason 1")]


def test_no_length_at_all() -> None:
    hf = config("llama")
    assert said(bounded(0)) == [
        ("vocab_size", hf.vocab_size, "leaves no length at which the two sides are equal: reason 0")
    ]


@pytest.mark.parametrize("dispatched", [False, True])
def test_warning_points_at_the_callers_line(dispatched: bool) -> None:
    """Or it would be shown once per process, for the first of all configs, and nobody would know for which."""
    import mcore_mappers

    to_megatron = mcore_mappers.to_megatron if dispatched else mapper("nemotron_h")
    hf = config("nemotron_h")
    frame = inspect.currentframe()
    assert frame is not None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        line = frame.f_lineno + 1
        to_megatron(hf)
    places = [(entry.filename, entry.lineno) for entry in caught if entry.category is DeviationWarning]
    assert places == [(__file__, line)]


REFUSALS = (Refusal("rope_parameters.factor", "4", "must be a number"), Refusal("n_group", None, "must be given"))


@pytest.mark.parametrize("family", ["llama", None])
def test_error(family: str | None) -> None:
    error = UnsupportedConfigError(family, REFUSALS)
    subject = "this llama config" if family else "this config"
    told = str(error)
    assert told.startswith(
        f"{subject} has no equal Megatron config:"
        "\n  - rope_parameters.factor = '4': must be a number\n  - n_group = None: must be given"
    )
    assert ("families()['llama'] lists" in told) == (family == "llama"), "what to do next"
    assert isinstance(error, ValueError)
    assert repr(error).startswith("UnsupportedConfigError(")
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(twin) is UnsupportedConfigError
        assert (twin.family, twin.refusals, str(twin)) == (family, REFUSALS, str(error))


def test_error_of_the_way_back() -> None:
    """It is the Megatron config that is refused."""
    error = UnsupportedConfigError("llama", (Refusal("normalization", "LayerNorm", "why"),), back=True)
    for each in (error, pickle.loads(pickle.dumps(error))):
        assert str(each) == (
            "this Megatron config has no equal llama config:\n  - normalization = 'LayerNorm': why"
            "\nGive the model these values, or say which family it is of."
        )


def test_strict_alone_says_what_else_there_is() -> None:
    with pytest.raises(UnsupportedConfigError) as caught:
        deviating(strict=True).finish()
    told = "one: a declared deviation, which strict=True refuses: eps is wired"
    assert f"- {told}" in str(caught.value), "no value stands beside the id"
    assert str(caught.value).endswith("Without strict=True it maps, and a DeviationWarning says the same.")


def test_an_error_fits_on_a_screen() -> None:
    refusals = tuple(Refusal(f"field_{number}", [0, 1] * 40, "why") for number in range(60))
    told = str(UnsupportedConfigError("llama", refusals))
    assert told.count("\n") < 24
    assert "field_0 = [0, 1, 0, 1, 0, 1, 0, 1, ... 68 more ..., 0, 1, 0, 1]: why" in told
    assert "... 44 more ..." in told
    assert "field_59" in told


def test_warning_survives_a_process() -> None:
    warning = DeviationWarning("llama", ("one",), ("why",))
    twin = pickle.loads(pickle.dumps(warning))
    assert (twin.family, twin.deviations, str(twin)) == ("llama", ("one",), str(warning))
    assert isinstance(twin, UserWarning)


def test_refusal_prints_its_parts() -> None:
    assert str(Refusal("a", "x", "why")) == "a = 'x': why"
    assert Refusal("a", [1], "why") == Refusal("a", [1], "why")
    assert Refusal("a", 1, "why") != Refusal("a", 2, "why")


def test_plain_reads_as_the_config() -> None:
    hf = config("qwen3_moe")
    check = Check("qwen3_moe", type(hf), hf, {}, Fields, strict=False, layers=False)
    plain = check.plain(hf)
    for name in (*vars(hf), *hf.attribute_map, "num_labels", "rope_scaling"):
        assert getattr(plain, name) == getattr(hf, name), name
    with pytest.raises(AttributeError):
        _ = plain.nosuch
