"""`check_arguments`: a script that somebody wrote, beside a checkpoint; and what is read of scripts."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest
import yaml

from mcore_mappers import UnsupportedConfigError, to_args
from mcore_mappers_runtime.check_arguments import ArgumentsCheck, check_arguments
from mcore_mappers_runtime.scripts import Flags, read_flags
from tests.back.test_to_args import MORE, is_sayable
from tests.back.ways import targets
from tests.support.hf import changed, config, mapped

RIGHT = """\
#!/bin/bash
# A small Llama.
SCRIPT_DIR="$(cd -- "$(dirname -- "$0")" &>/dev/null && pwd)"
HIDDEN=64
LAYERS=${LAYERS:-4}
export EPS=1e-6

MODEL_ARGS=(
    --num-layers $LAYERS          # as many
    --hidden-size "${HIDDEN}"
    --ffn-hidden-size 96 --num-attention-heads 4
    --group-query-attention
    --num-query-groups 2
    --normalization 'RMSNorm'
    --norm-epsilon=$EPS
    --swiglu
    --disable-bias-linear
    --position-embedding-type rope
    --untie-embeddings-and-output-weights
    --vocab-size 320 \\
    --max-position-embeddings 128
)
TRAINING="
    --hidden-dropout 0.0
    --lr 1e-4
"
torchrun --nproc_per_node 8 pretrain_gpt.py "${MODEL_ARGS[@]}" $TRAINING --wandb-projekt mine > log.txt 2>&1
"""


def found(check: ArgumentsCheck) -> dict[str, tuple[Any, Any]]:
    return {each.flag: (each.difference.value, each.difference.expected) for each in check.differences}


def test_a_right_script() -> None:
    check = check_arguments(config("llama"), RIGHT)
    assert check.differences == ()
    assert check.same
    assert check.unresolved == ()
    assert [(each.name, each.value) for each in check.not_compared] == [
        ("--nproc_per_node", "8 pretrain_gpt.py"),
        ("--wandb-projekt", "mine"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "flag", "value", "expected", "written", "wanted"),
    [
        ("-size 96", "-size 128", "--ffn-hidden-size", 128, 96, "--ffn-hidden-size 128", "--ffn-hidden-size 96"),
        ("groups 2", "groups 4", "--num-query-groups", 4, 2, "--num-query-groups 4", "--num-query-groups 2"),
        (
            "    --untie-embeddings-and-output-weights\n",
            "",
            "--untie-embeddings-and-output-weights",
            True,
            False,
            "",
            "--untie-embeddings-and-output-weights",
        ),
        ("    --disable-bias-linear\n", "", "--disable-bias-linear", True, False, "", "--disable-bias-linear"),
        ("=$EPS", "=1e-5", "--norm-epsilon", 1e-5, 1e-6, "--norm-epsilon 1e-5", "--norm-epsilon 1e-06"),
        ("LAYERS:-4", "LAYERS:-5", "--num-layers", 5, 4, "--num-layers 5", "--num-layers 4"),
        ("-type rope", "-type rope --qk-layernorm", "--qk-layernorm", True, False, "--qk-layernorm", ""),
        ("-type rope", "-type rope --rotary-base 5", "--rotary-base", 5, 10000.0, "--rotary-base 5", ""),
        ("size 320", "size 300", "--vocab-size", 300, 320, "--vocab-size 300", "--vocab-size 320"),
    ],
)
def test_a_wrong_flag(
    old: str, new: str, flag: str, value: object, expected: object, written: str, wanted: str
) -> None:
    assert old in RIGHT
    (difference,) = check_arguments(config("llama"), RIGHT.replace(old, new)).differences
    assert difference.flag == flag
    assert (difference.difference.value, difference.difference.expected) == (value, expected)
    assert (" ".join(difference.written), " ".join(difference.wanted)) == (written, wanted)
    assert difference.difference.owner == "architecture"


def test_the_fields_that_decide() -> None:
    (difference,) = check_arguments(config("llama"), RIGHT.replace("groups 2", "groups 1")).differences
    assert difference.difference.hf_fields == ("num_key_value_heads",)
    assert str(difference).startswith("--num-query-groups 1: num_query_groups = 1, not 2 (num_key_value_heads;")
    assert str(difference).endswith("write --num-query-groups 2")


def test_an_absent_activation() -> None:
    """Two fields, one flag."""
    check = check_arguments(config("llama"), RIGHT.replace("    --swiglu\n", ""))
    assert {each.difference.field for each in check.differences} == {"activation_func", "gated_linear_unit"}
    assert {(each.flag, each.written, each.wanted) for each in check.differences} == {("--swiglu", (), ("--swiglu",))}


def test_training() -> None:
    """Only where it is asked for; the parser's dropout of 0.1 is what many forget."""
    hf = config("llama")
    check = check_arguments(hf, RIGHT, only="suggested")
    assert found(check)["--attention-dropout"] == (0.1, 0.0)
    assert "--hidden-dropout" not in found(check)
    wrong = RIGHT.replace("-size 96", "-size 128")
    assert "--ffn-hidden-size" not in found(check_arguments(hf, wrong, only="suggested"))
    both = found(check_arguments(hf, wrong, only=None))
    assert {"--ffn-hidden-size", "--attention-dropout"} <= both.keys()


def test_what_cannot_be_resolved() -> None:
    """It is said, and taken to be right; what depends on it is compared as if it were."""
    text = RIGHT.replace("LAYERS=${LAYERS:-4}\n", "source common.sh\nFREQ=`seq 3`\n").replace(
        "--swiglu", "--swiglu --moe-layer-freq $FREQ --rotary-base $(cat base) --kv-channels many ${EXTRA_ARGS[@]}"
    )
    check = check_arguments(config("llama"), text)
    assert check.differences == ()
    told = {each.name: (each.value, each.reason) for each in check.unresolved}
    assert told["--num-layers"] == ("$LAYERS", "nothing here says what $LAYERS is")
    assert told["--rotary-base"][0] == "$(cat base)"
    assert "`seq 3`" in told["--moe-layer-freq"][1]
    assert "invalid int value" in told["--kv-channels"][1]
    assert {"source common.sh", "${EXTRA_ARGS[@]}"} <= told.keys()


def test_what_the_tokenizer_says_is_not_compared() -> None:
    check = check_arguments(config("llama"), RIGHT.replace("--vocab-size 320", ""))
    assert check.differences == ()
    assert ("vocab_size", "the tokenizer says it") in [(each.name, each.reason) for each in check.not_compared]


@pytest.mark.parametrize("family", MORE)
def test_what_to_args_writes_is_right(family: str) -> None:
    hf = config(family)
    for mapper in targets(family) if is_sayable(family) else ():
        check = check_arguments(hf, shlex.join(to_args(mapper(hf))), only=None)
        assert {each.difference.field for each in check.differences} <= {
            *("deallocate_pipeline_outputs", "fp32_residual_connection")
        }
        assert check.unresolved == ()


def test_what_the_model_has_no_use_for() -> None:
    hf = changed("llama", num_key_value_heads=4)
    (difference,) = check_arguments(hf, RIGHT).differences
    assert (difference.flag, difference.written) == ("--num-query-groups", ("--num-query-groups", "2"))
    check = check_arguments(config("llama"), RIGHT.replace("--swiglu", "--swiglu --num-experts 8 --q-lora-rank 7"))
    assert "--num-experts" in {each.flag for each in check.differences}


def test_paths_and_kernels_are_nothing_of_the_model() -> None:
    check = check_arguments(config("llama"), RIGHT.replace("--lr 1e-4", "--load $1 --moe-permute-fusion"), only=None)
    assert check.unresolved == ()
    assert "moe_permute_fusion" not in [each.difference.field for each in check.differences]


def test_what_no_flag_says() -> None:
    hf = config("gemma")
    check = check_arguments(hf, "--swiglu --use-mup")
    without = {each.difference.field for each in check.differences if not each.flag}
    assert "softmax_scale" in without


def test_arguments_by_name() -> None:
    hf = config("llama")
    words = to_args(mapped(hf))
    assert check_arguments(hf, json.dumps(words)).same
    named = {
        "num_layers": 4,
        "hidden-size": 64,
        "--ffn-hidden-size": 96,
        "num_attention_heads": 4,
        "group_query_attention": True,
        "num_query_groups": 2,
        "normalization": "RMSNorm",
        "norm_epsilon": 1e-6,
        "swiglu": True,
        "add_bias_linear": False,
        "position_embedding_type": "rope",
        "untie_embeddings_and_output_weights": True,
        "vocab_size": 320,
        "qk_layernorm": False,
        "spec": None,
        "of-mine": 3,
    }
    for text in (json.dumps(named), yaml.safe_dump(named), yaml.safe_dump({"ENV": {"A": "b"}, "MODEL_ARGS": named})):
        check = check_arguments(hf, text)
        assert check.differences == ()
        assert "--of-mine" in [each.name for each in check.not_compared]
    wrong = check_arguments(hf, json.dumps({**named, "num_layers": 5, "swiglu": False}))
    assert {each.flag for each in wrong.differences} == {"--num-layers", "--swiglu"}
    with pytest.raises(ValueError, match="Expecting"):
        check_arguments(hf, '{"num_layers": 5,,}')


def test_a_hybrid_is_compared_with_a_hybrid() -> None:
    hf = config("llama")
    words = to_args(targets("llama")[1](hf))
    assert check_arguments(hf, shlex.join(words)).same
    wrong = shlex.join(words).replace("'*-*-*-*-'", "'*-*-*-'")
    assert {each.flag for each in check_arguments(hf, wrong).differences} >= {"--hybrid-layer-pattern"}


def test_what_has_no_model() -> None:
    with pytest.raises(UnsupportedConfigError):
        check_arguments(changed("llama", hidden_act="nosuch"), RIGHT)
    with pytest.raises(TypeError, match="check_arguments"):
        check_arguments({}, RIGHT)  # pyright: ignore[reportArgumentType]  # what is tested


# --- Scripts ----------------------------------------------------------------------------------------------------------


ARITHMETIC = ["--a", "3", "--b", "$((A - 4))", "--c", "$((Z))"]


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("A=(--a 1)\nB=('--b' \"2 3\" # --c\n --d\n)", ["--a", "1", "--b", "2 3", "--d"]),
        ("A=(--a)\nA+=(--b)", ["--a", "--b"]),
        ("X=1; Y=$X$X\nrun --a $Y --b \"$Y z\" --c '$Y'", ["--a", "11", "--b", "11 z", "--c", "$Y"]),
        ("A='16 24 24'\nrun --a $A --b \"$A\"", ["--a", "16", "24", "24", "--b", "16 24 24"]),
        ("run --a ${X:-7} --b ${Y:-${Z-8}}", ["--a", "7", "--b", "8"]),
        ("X=1\nrun --a ${X:-7}", ["--a", "1"]),
        ('A="\n  --a 1 \\\n  --b $X"\nrun $A --c', ["--a", "1", "--b", "$X", "--c"]),
        ('A=(--a 1)\nB=(${A[@]} --b)\nrun "${B[@]}"', ["--a", "1", "--b"]),
        ('freq=()\nfor i in 1 2; do freq+=(0); done\nrun --a "[0]*3+[1]*2"', ["--a", "[0]*3+[1]*2"]),
        ("if true; then\n  declare -a A=(--a)\nfi", ["--a"]),
        ("run --a=1 --b= | tee --c", ["--a=1", "--b=", "--c"]),
        ("A=1 B=2 run --a $A$B", ["--a", "12"]),
        ("run --a a\\ b --b 'it'\"'\"'s'", ["--a", "a b", "--b", "it's"]),
        ("--a 1 \\\n--b", ["--a", "1", "--b"]),
        ("# --a\necho # --b", []),
        ("", []),
        ("A=(--a", ["--a"]),
        ("'", []),
        ('run --a "x', ["--a", "x"]),
        ("run --a 3 2>&1 | tee 2>log", ["--a", "3"]),
        ("A=3; B=$((A * ($A + ${A}) / 2 % 5 - 1)); run --a $B --b $((A - 4)) --c $((Z))", ARITHMETIC),
        ("run --a ${", ["--a", "${"]),
        ("run --a $", ["--a", "$"]),
    ],
)
def test_scripts(script: str, words: list[str]) -> None:
    flags = read_flags(script)
    assert isinstance(flags, Flags)
    assert [each.text for each in flags.words] == words


def test_nothing_is_run(tmp_path: Any) -> None:
    check_arguments(config("llama"), f"--num-layers $(touch {tmp_path}/ran) --hidden-size `touch {tmp_path}/ran`")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("family", "field"), [("granite", "residual_multiplier"), ("glm4", "class")])
def test_layers_are_what_no_argument_says(family: str, field: str) -> None:
    hf = config(family) if field == "class" else config(family, **{field: 0.5})
    mapped(hf)
    with pytest.raises(UnsupportedConfigError) as caught:
        check_arguments(hf, "--num-layers 3")
    [refusal] = caught.value.refusals
    assert (refusal.field, refusal.layers) == (field, ())
    assert "no argument of Megatron-LM says layers" in refusal.reason
    # Whoever checks arguments has no such keyword.
    assert "With layers=True it maps" not in str(caught.value)
