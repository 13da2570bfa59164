"""The mutants of `mutants.py` that say the same in other words, and why they do.

A row is about what generated code looks like, not about a family: it names the text of a module that makes its reason
true, and excuses no mutant of another.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

from tests.mutations import Mutant
from tests.reach import source


@dataclass(frozen=True)
class Equivalent:
    """Mutants of a kind; `before` and `after` are shell patterns of the lines that are gone and that came instead."""

    before: str
    after: str
    reason: str
    where: str
    """What the source of the module must contain for the reason to be true."""
    without: str | None = None
    """What it must not contain."""
    indent: str = ""
    """How far the line that is gone is indented at least: deeper, the same words are another argument."""


ALWAYS_WHOLE = "without partial rotary embeddings it is always 1.0, which is Megatron's default"
ONE = "one has been returned before"
TEXT = "nothing but a string equals one of the supported ones"
MAMBA = 'layers="M" * hf.num_hidden_layers)'
PERCENT = "rotary_percent=rope.rotary_percent,"

DIVIDES = "one divides every number"
MUP = "Megatron takes hidden_size where nothing is said"
FFN = "Megatron takes ffn_hidden_size where nothing is said"
EVERY_LAYER = "the list says of every layer what Megatron's default, one, says of all"
NOT_SCALED = "only scaled kinds of ropes read it, and they are refused"
NO_LLAMA3 = "no rope is scaled as Llama 3's is, and Megatron's default is False"
HEADS = "Megatron takes hidden_size // num_attention_heads where nothing is said"
LAYERED = "layers have what it refuses, and without layers the class is refused"
GROUPS = "Megatron takes num_attention_heads where nothing is said"
OWN_WIDTH = "another head_dim than hidden_size // num_attention_heads, which Megatron takes, is refused"
PRESENCE = "kernels follow from whether there are experts, however many"
NO_SIZE = "what is no size has been refused"
NO_NUMBER = "what is no number has been refused"
ONE_WIDTH = "any other width of embeddings than hidden_size is refused"
SAID = "the class says head_dim whenever a config is built"
DECLARED = "the class declares a number, and what is none is refused as that"
ALL_EXPERTS = "every layer has experts, whose width is said; nothing is as wide as a dense MLP"
KERNEL_BIAS = "kernels ask for biases beside experts alone, and the family has none"
BY_LAYERS = "a mapped model has a value for each of its layers"
NO_STEP = "a step below one has been refused"
BIASES = "the two are refused unless they are equal"

OWN_NAME = "nobody else knows the name"
AT_IMPORT = "it is read when classes are made, which is before a mutant is there"
FIRST = "the first token of a sequence attends to itself alone, however much its query grows"
SQUARE = "a mask is square"
PACKED = "queries and keys of a packed sequence are as many"
SCATTERED = "a scatter takes them in any order"
CHANCE = "a number that chance draws is hardly ever exactly that"
FILLED_IN = "Megatron fills in what is left out"
TINY = "it says what nothing is divided by; a sum of scores is larger by far"

EQUIVALENT = (
    Equivalent('_MARK: Final = "*"', '_MARK: Final = "*_"', OWN_NAME, "setattr(transformer, _MARK"),
    Equivalent('PUBLIC: Final = "*"', "*", AT_IMPORT, "PUBLIC"),
    Equivalent("BY_LAYER: Final = *", "*", AT_IMPORT, "metadata=BY_LAYER"),
    Equivalent('*"layernorm" in (*', "*in config.recompute_modules", FILLED_IN, "SharedNormLayer"),
    Equivalent("*-mask.shape?-1? % size*", "*-mask.shape?-2? % size*", SQUARE, "def _folded_mask("),
    Equivalent("*padded.shape?-1? // size*", "*padded.shape?-2? // size*", SQUARE, "def _folded_mask("),
    Equivalent("*for each in sequences if len(each?0?)?)", "*if len(each?1?)?)", PACKED, "tensor_split(starts)"),
    Equivalent("*searchsorted(*, right=True)?", "*right=False)?", FIRST, "def _positions("),
    Equivalent("*.topk(group_topk, *sorted=False).indices", "*sorted=True).indices", SCATTERED, "scatter(1, best, "),
    Equivalent("*torch.rand_like(best) <= often)", "*torch.rand_like(best) < often)", CHANCE, "MIDPOINT"),
    Equivalent("*keepdim=True) + 1e-20", "*keepdim=True) - 1e-20", TINY, "self.weighs_otherwise"),
    Equivalent("*keepdim=True) + 1e-20", "*keepdim=True) + 5e-21", TINY, "self.weighs_otherwise"),
    Equivalent("*tensor_split(starts)*strict=True)", "*strict=False)", PACKED, "tensor_split(starts)"),
    Equivalent("*hf.* < 1 or hf.* % hf.* == 0*", "*hf.* <= 1 or hf.* % hf.* == 0*", DIVIDES, " % "),
    Equivalent("kv_channels=hf.hidden_size // hf.num_attention_heads,", "", HEADS, "kv_channels=hf.hidden_size //"),
    Equivalent("mamba_head_dim=*, int) else 1,", "*, int) else ?,", NO_NUMBER, "recurrent.mixer(check, hf, "),
    Equivalent("* is not None and is_number(length) else None", "* is not None else None", NO_NUMBER, "def length_of("),
    Equivalent("return ?0? * num_layers", "return ?1? * num_layers", NO_STEP, "if step < 1:"),
    Equivalent("num_query_groups=hf.num_key_value_heads,", "", GROUPS, "attention.latent(check, hf)"),
    Equivalent("*kv_channels=*", "*kv_channels=hf.word_embed_proj_dim // *", ONE_WIDTH, "in (None, hf.hidden_size),"),
    Equivalent(
        "kv_channels=* if head_dim is None else head_dim,", "* if head_dim is None else *", SAID, "Cohere2Config"
    ),
    Equivalent(
        "*hf.first_k_dense_replace or 0)", "*hf.first_k_dense_replace)", DECLARED, "hf.first_k_dense_replace or"
    ),
    Equivalent("logits_scaling = check.given(*", "logits_scaling = hf.*", DECLARED, "GraniteDoclingTextConfig"),
    Equivalent("ffn_hidden_size=hf.intermediate_size,", "", ALL_EXPERTS, "expert_layers = [1] * hf.num_hidden_layers"),
    Equivalent("add_bias_linear=hf.mlp_bias,", "add_bias_linear=hf.*,", KERNEL_BIAS, "SeedOssConfig", indent=12 * " "),
    Equivalent("*zip(kinds, values, strict=False)*", "*strict=True)*", BY_LAYERS, "def of_mixers["),
    Equivalent("mup_base_hidden_size=hf.hidden_size,", "", MUP, "use_mup=True,"),
    Equivalent("moe_ffn_hidden_size=hf.intermediate_size,*", "", FFN, "        ffn_hidden_size=hf.intermediate_size,"),
    Equivalent("moe_layer_freq=expert_layers,*", "", EVERY_LAYER, "expert_layers = [1] * hf.num_hidden_layers"),
    Equivalent("rope_scaling=rope.rope_scaling,*", "", NO_LLAMA3, "default_gpt_rope("),
    Equivalent(
        "max_position_embeddings=hf.*,", "max_position_embeddings=hf.*,", NOT_SCALED, "default_gpt_rope(", " long_rope("
    ),
    Equivalent("has_chunks = *(hf.attention_chunk_size or 0) > 0", "*>= 0", NO_SIZE, "if has_chunks else None"),
    Equivalent("num_moe_experts=hf.*,", "num_moe_experts=hf.*,", PRESENCE, "**kernels(", indent=12 * " "),
    Equivalent("attention.attention_bias(check, hf)", "pass", LAYERED, "return check.layered("),
    Equivalent("experts.normalised_if_said(check, hf)", "pass", LAYERED, "return check.layered("),
    Equivalent("num_query_groups=hf.num_attention_heads,", "", GROUPS, "num_query_groups=hf.num_attention_heads,"),
    Equivalent("kv_channels=*head_dim,", "", OWN_WIDTH, "head_dim in (None, derived)"),
    Equivalent("kv_channels=head_dim,", "", OWN_WIDTH, "hf.head_dim == hf.hidden_size // hf.num_attention_heads,"),
    Equivalent("*: hf.resid_pdrop,", "*: hf.embd_pdrop,", BIASES, "decoder.gpt2_names(check, hf)"),
    Equivalent("*hf.mlp_bias,", "*hf.attention_bias,", BIASES, "attention.biases(check, hf)"),
    Equivalent(f"*{MAMBA}", '*layers="M_" * hf.num_hidden_layers)', "it is asked for M alone", MAMBA),
    Equivalent(PERCENT, "", ALWAYS_WHOLE, "rope = ", without="partial_rotary=True"),
    Equivalent("if number is None or not 0 < number < 1:", "*0 < number <= 1:", ONE, "        if number == 1:"),
    Equivalent("if isinstance(value, str) and value in supported:", "if value in supported:", TEXT, "def rope_type("),
)


def equivalent(mutant: Mutant) -> str | None:
    """Why a mutant does the same, if that is known."""
    before, after = mutant.change
    there = source(mutant.module)
    for row in EQUIVALENT:
        true = row.where in there and (row.without is None or row.without not in there)
        true = true and f"\n-{row.indent}" in mutant.diff
        if true and fnmatchcase(before, row.before) and fnmatchcase(after, row.after):
            return row.reason
    return None
