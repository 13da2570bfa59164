"""`docs/families.md`: which checkpoints map, every family and what it refuses, and every class without a mapper.

`python -m tests.docs.families` writes it, from the checkpoints, the table of rules and the proofs in summary.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import mcore_mappers
from codegen.pages import checkpoints, proven
from codegen.pages.checkpoints import Checkpoint
from codegen.pages.cures import CURES, MISSING
from codegen.pages.proven import COMMANDS, DOCS, FEW, FEW_COMMAND, PAGES, Kind, Proven
from codegen.project import GENERATED, SCHEMAS, load_table
from codegen.snapshot import load
from codegen.table import Remote
from mcore_mappers import Family, Need

PAGE = DOCS / "families.md"


def text() -> str:
    """The page."""
    known = mcore_mappers.families().values()
    mapped = [family for family in known if family.status == "mapped"]
    refused = [family for family in known if family.status == "refused"]
    pending = [family for family in known if family.status == "pending"]
    sections = (
        _introduction(mapped, refused, pending),
        *_checkpoints(checkpoints.read()),
        *_mapped(mapped),
        *_proofs(),
        *_deviations(mapped),
        *_needs(mapped),
        *_guards(mapped),
        *_refused(refused),
        *(_pending(pending) if pending else ()),
        *_remote(),
    )
    return "\n".join(sections) + "\n"


def _introduction(mapped: Sequence[Family], refused: Sequence[Family], pending: Sequence[Family]) -> str:
    left = f"; {len(pending)} [pending](#classes-that-are-pending)" if pending else ""
    return f"""# Families

Can a checkpoint be trained with Megatron? [Checkpoints](#checkpoints) answers for the published ones. After them comes
every causal language model of transformers, and what this project describes itself: {len(mapped)}
[families](#families-that-map) are mapped, and {len(refused)}
[classes](#classes-that-are-refused) are refused{left}.

`mcore_mappers.families()` says the same to a program, and `to_megatron` has the last word on a config: it maps, or the
error names every field that stands in the way.

Written by `make families`.
"""


def _checkpoints(rows: Sequence[Checkpoint]) -> Iterator[str]:
    yield "## Checkpoints\n"
    yield "What is marked *read* was checked with a published `config.json`, or a copy of one.\n"
    mapped = sum(row.outcome == "maps" for row in rows)
    yield f"{mapped} of {len(rows)} rows map.\n"
    yield "### Those that map\n"
    yield "Where a deviation is named, the mapper may warn of it; what it means stands [below](#deviations).\n"
    yield "| checkpoints | `model_type` | family | deviation | |"
    yield "|---|---|---|---|---|"
    for row in (row for row in rows if row.outcome == "maps"):
        yield f"| {row.checkpoints} | {row.model_type} | {row.family} | {', '.join(row.named)} | {_read(row)} |"
    yield "\n### Those that map with `layers=True`\n"
    yield "Stock Megatron lacks what they compute, and layers of `mcore_mappers.layers` have it.\n"
    yield "| checkpoints | `model_type` | family | because of | |"
    yield "|---|---|---|---|---|"
    for row in (row for row in rows if row.outcome == "layers"):
        yield f"| {row.checkpoints} | {row.model_type} | {row.family} | {row.reason} | {_read(row)} |"
    yield "\n### Those that do not\n"
    yield "What would free them, neither Megatron nor `mcore_mappers.layers` has:\n"
    used = {word for row in rows for word in row.freed_by}
    yield from (f"- *{word}*: {each.meaning} {CURES[each.cure]}" for word, each in MISSING.items() if word in used)
    yield "\nThe table is also [a file](checkpoints.tsv).\n"
    yield "| checkpoints | `model_type` | because of | would be freed by | |"
    yield "|---|---|---|---|---|"
    for row in (row for row in rows if row.outcome == "refused"):
        yield f"| {row.checkpoints} | {row.model_type} | {row.reason} | {', '.join(row.freed_by)} | {_read(row)} |"
    yield ""


def _read(row: Checkpoint) -> str:
    return "read" if row.configs else ""


def _mapped(families: Iterable[Family]) -> Iterator[str]:
    summary = proven.read("cpu")
    found: Mapping[str, Proven] = summary.families if summary else {}
    yield "## Families that map\n"
    yield f"They are right for {_window()}, each from the first release on that has its class.\n"
    yield "*Cases* are tiny models whose logits were compared, and *within* says how far apart these are at most, in"
    yield "standard deviations, with Megatron's local layers ([proofs](#proofs)).\n"
    yield "| family | class | transformers from | targets | for | cases | within |"
    yield "|---|---|---|---|---|---|---|"
    for family in families:
        targets = ", ".join(_bare(target).removesuffix("Config") for target in family.targets)
        oldest, _ = family.versions["transformers"]
        cells = (family.name, _bare(family.config_class), oldest, targets, family.covers, _proof(found, family.name))
        yield f"| {' | '.join(cells)} |"
    yield ""


def _window() -> str:
    """The oldest and the newest releases of upstream for which mappers are right."""
    oldest, newest = load_table().oldest, load(GENERATED / SCHEMAS).versions
    return " and ".join(f"{package} {oldest[package]} to {newest[package]}" for package in sorted(newest, reverse=True))


def _proof(proven: Mapping[str, Proven], family: str) -> str:
    if family not in proven:
        return "none | "
    found = proven[family]
    return f"{found.cases} | {found.within}"


def _proofs() -> Iterator[str]:
    yield "## Proofs\n\nWhat was compared, and what was emulated:\n"
    for kind, command in COMMANDS.items():
        yield f"- `{command}`: {_run(kind) or 'never run'}"
    of_few = [found for kind in FEW if (found := _run(kind, few=True))]
    yield f"- `{FEW_COMMAND}`, a few of the cases: {'; '.join(of_few) or 'never run'}"
    yield ""
    if not any(proven.read(kind) or proven.read(kind, few=True) for kind in FEW):
        yield "So nothing here has run on a GPU, and no kernel of Transformer Engine's, of mamba-ssm's or of"
        yield "flash-linear-attention's has run at all.\n"
    elif not any(proven.read("cuda", few=few) for few in (False, True)):
        yield "So no kernel of Transformer Engine's, of mamba-ssm's or of flash-linear-attention's has run.\n"


def _run(kind: Kind, few: bool = False) -> str:
    """The page of what ran on a device, and the releases; nothing where nothing did."""
    summary = proven.read(kind, few)
    page = (FEW if few else PAGES)[kind]
    return f"[{page.name}]({page.name}), {', '.join(summary.releases)}" if summary else ""


def _deviations(families: Iterable[Family]) -> Iterator[str]:
    found: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)
    for family in families:
        for each in family.deviations:
            lifted = "; not so with `layers=True`" if each.layers else ""
            found[each.identifier, each.field, f"{each.reason}{lifted}"].append(family.name)
    yield "## Deviations\n\nMapped with a warning inside a bound, refused beyond it and with `strict=True`:\n"
    for (identifier, field, reason), names in found.items():
        yield f"- `{identifier}` (`{field}`): {reason}. *{', '.join(names)}*"
    yield ""


def _needs(families: Sequence[Family]) -> Iterator[str]:
    yield "## What models need beside their configs\n"
    yield "The mapper warns where the caller's fields, or this machine, show that it is missing.\n"
    users: dict[Need, list[str]] = defaultdict(list)
    for family in families:
        for need in family.needs:
            users[need].append(family.name)
    for need, names in users.items():
        whose = "all families" if len(names) == len(families) else ", ".join(names)
        yield f"- `{need.what}` {need.when}: {need.reason}. *{whose}*"
    yield ""


def _guards(families: Sequence[Family]) -> Iterator[str]:
    """What families share is said once."""
    holding: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for family in families:
        for guard in dict.fromkeys(family.refusals):
            holding[guard].append(family.name)
    shared = sorted((guard for guard, names in holding.items() if len(names) > 1), key=lambda each: -len(holding[each]))
    everyone = [family.name for family in families]
    yield "## What mapped families refuse\n\n`mcore_mappers.families()[name].refusals` is the list of one family.\n"
    yield "### Shared by families\n"
    for field, reason in shared:
        yield f"- `{field}`: {reason}. *{_whose(holding[field, reason], everyone)}*"
    yield "\n### Of one family alone"
    for family in families:
        own = [guard for guard in dict.fromkeys(family.refusals) if len(holding[guard]) == 1]
        if own:
            yield f"\n**{family.name}**\n"
            yield from (f"- `{field}`: {reason}" for field, reason in own)
    yield ""


def _whose(names: Collection[str], everyone: Collection[str]) -> str:
    missing = [name for name in everyone if name not in names]
    if not missing:
        return "all families"
    return f"all but {', '.join(missing)}" if len(missing) < len(names) else ", ".join(names)


def _refused(families: Iterable[Family]) -> Iterator[str]:
    """By computation; fields that stand in the way as well come after that."""
    computations: defaultdict[str, list[str]] = defaultdict(list)
    fields: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for family in families:
        (computation, reason), *others = family.refusals
        computations[reason].append(f"{family.name} (`{_without_module(computation)}`)")
        for field in others:
            fields[field].append(family.name)
    yield "## Classes that are refused\n\n### By the computation that decides it\n"
    yield "| computation | classes, each with where it stands in their code |"
    yield "|---|---|"
    ordered = sorted(computations.items(), key=lambda each: -len(each[1]))
    yield from (f"| {reason} | {', '.join(names)} |" for reason, names in ordered)
    yield "\n### Fields that stand in the way as well\n"
    yield from (f"- `{field}`: {reason}. *{', '.join(names)}*" for (field, reason), names in fields.items())
    yield ""


def _pending(families: Sequence[Family]) -> Iterator[str]:
    yield "## Classes that are pending\n"
    yield "Nobody has looked at these yet; `to_megatron` refuses them, and says so.\n"
    yield from (f"- {family.name} (`{_bare(family.config_class)}`)" for family in families)
    yield ""


def _remote() -> Iterator[str]:
    table = load_table()
    yield "## Types of remote code\n\n| type | read as | |\n|---|---|---|"
    classes = load(GENERATED / SCHEMAS).hf
    yield from (
        f"| {classes[family.config].model_type} | `{family.config_name}`, a class of this project | {family.covers} |"
        for family in table.families
        if family.architectures
    )
    rows = sorted(table.remote, key=lambda row: row.model_type)
    yield from (f"| {row.model_type} | {row.native}{_before(row)} | {row.why} |" for row in rows)
    yield from (f"| {name} | refused | {reason} |" for name, reason in sorted(table.refused_remote.items()))


def _before(row: Remote) -> str:
    return f", before transformers {row.native_since}" if row.native_since else ""


def _bare(path: str) -> str:
    return path.rpartition(".")[2]


def _without_module(path: str) -> str:
    """The class or function, or the class and what it holds."""
    parts = path.split(".")
    module = next(part for part in parts if part.startswith(("modeling_", "configuration_")))
    return ".".join(parts[parts.index(module) + 1 :])


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
