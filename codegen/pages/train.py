"""Can I train it? One table of the published checkpoints and of every family."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from codegen.pages import cures
from codegen.pages.checkpoints import Checkpoint, Outcome
from codegen.pages.facts import Facts
from codegen.pages.markup import code, element, listed, prose, raw, read_as, table
from codegen.pages.proven import Proven
from mcore_mappers import Family, Need


class Answer(Enum):
    """Whether a model can be trained with Megatron: each has a colour, and a choice above the table."""

    YES = "yes"
    LAYERS = "with layers"
    NO = "no"
    PENDING = "pending"


_MAPPED = (Answer.YES, Answer.LAYERS)
OF_OUTCOME: dict[Outcome, Answer] = {"maps": Answer.YES, "layers": Answer.LAYERS, "refused": Answer.NO}
"""What becomes of published checkpoints, as an answer."""
_OF_STATUS: dict[Literal["mapped", "refused", "pending"], Answer] = {
    "mapped": Answer.YES,
    "refused": Answer.NO,
    "pending": Answer.PENDING,
}


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    kind: Literal["checkpoint", "family"]
    name: str
    model_type: str
    family: Family | None
    """As which its language model is read; None where nothing reads it."""
    answer: Answer
    why: str
    """Empty where the answer is yes."""
    deviations: Sequence[str]
    """With which it maps; of a family, with which some of its models do."""
    cure: str
    """What would make the answer another one; empty where nothing is known that would."""
    proven: Proven | None
    was_read: bool
    """Whether tests read a published config of it."""
    tools: Sequence[str]
    """Other tools that map it."""

    @property
    def needs(self) -> Sequence[Need]:
        """What it takes beside the config."""
        return self.family.needs if self.family is not None and self.answer in _MAPPED else ()


def rows(facts: Facts) -> Iterator[Row]:
    """Checkpoints first, then families."""
    for checkpoint in facts.checkpoints:
        yield _of_checkpoint(checkpoint, facts)
    for family in facts.families.values():
        yield _of_family(family, facts)


def _of_checkpoint(checkpoint: Checkpoint, facts: Facts) -> Row:
    answer = OF_OUTCOME[checkpoint.outcome]
    return Row(
        kind="checkpoint",
        name=checkpoint.checkpoints,
        model_type=checkpoint.model_type,
        family=facts.families.get(checkpoint.family),
        answer=answer,
        why=checkpoint.reason,
        deviations=checkpoint.named if checkpoint.outcome == "maps" else (),
        cure=cures.told(checkpoint.freed_by),
        proven=facts.proven.get(checkpoint.family) if answer in _MAPPED else None,
        was_read=bool(checkpoint.configs),
        tools=facts.tools.mapping(checkpoint.model_type),
    )


def _of_family(family: Family, facts: Facts) -> Row:
    # What all models of a class lack is the first that is refused of it.
    why = "" if family.status == "mapped" and not family.lacks else family.refusals[0][1]
    return Row(
        kind="family",
        name=family.config_class.rpartition(".")[2],
        model_type=family.name,
        family=family,
        answer=Answer.LAYERS if family.lacks else _OF_STATUS[family.status],
        why=why,
        deviations=[*dict.fromkeys(each.identifier for each in family.deviations)],
        cure=cures.told(facts.cures[why]) if family.status == "refused" else "",
        proven=facts.proven.get(family.name),
        was_read=False,
        tools=facts.tools.mapping(family.name),
    )


_HEADS = ("model", "answer, and needs", "proof", "releases", "other tools")


def page(facts: Facts) -> str:
    """The page."""
    found = [*rows(facts)]
    answers = [answer.value for answer in Answer if any(row.answer is answer for row in found)]
    usual = [need for need in _needs_of(found) if is_usual(need, facts)]
    return f"""# Can I train it?

The published checkpoints that people train, and every causal language model of transformers. Type a name, a
`model_type` or a computation; `mcore-mappers can PATH` says the same of a file.

{raw(_filter(answers), element("div", table(_HEADS, (_cells(row, usual) for row in found), "train"), class_="wide"))}

*With layers* means `layers=True`: [layers](layers.md) compute what stock Megatron lacks. *Proof* counts tiny models
whose logits were compared, and says how far apart these are at most, in standard deviations ([proofs](proofs.md));
where a config is read, tests map the `config.json` of a published checkpoint. What its models *need* beside their
configs is in [what trainers provide](needs.md); most take {_said(usual)}, and the table names the rest. *Other tools*
have a mapping registered for the `model_type`, which does not say that it is right: {_releases_of(facts)},
as their sources have it.
"""


def _releases_of(facts: Facts) -> str:
    return ", ".join(facts.tools.releases)


def _filter(answers: Sequence[str]) -> str:
    """The choices above the table, which `static/filter.js` shows and reads."""
    words = '<input type="search" name="words" autocomplete="off" placeholder="Qwen3, moe, rope">'
    answer = _choice("answer", {"": "any answer", **{each: each for each in answers}})
    kind = _choice("kind", {"": "checkpoints and families", "checkpoint": "checkpoints", "family": "families"})
    return element(
        "form",
        element("label", "Find ", words),
        element("label", "Answer ", answer),
        element("label", "Show ", kind),
        element("output", name="count", aria_live="polite"),
        class_="filter",
        hidden="",
    )


def _choice(name: str, options: Mapping[str, str]) -> str:
    return element("select", *(element("option", said, value=value) for value, said in options.items()), name=name)


def _cells(row: Row, usual: Collection[Need]) -> tuple[str, ...]:
    return (_model(row), _answer(row, usual), _proof(row), _releases(row), listed(row.tools))


def _model(row: Row) -> str:
    said = (element("b", prose(row.name)), read_as(row.model_type, row.family))
    return element("span", *said, class_="model", data_kind=row.kind)


def _answer(row: Row, usual: Collection[Need]) -> str:
    badge = element("span", row.answer.value, class_=f"badge {row.answer.name.lower()}")
    some = "some " if row.kind == "family" else ""
    warned = ", ".join(f"{some}with a declared deviation, {code(each)}" for each in row.deviations)
    why = " ".join(filter(None, (prose(row.why), warned)))
    cure = element("span", prose(row.cure), class_="cure")
    return f"{badge} {why}{cure if row.cure else ''}{_needs(row, usual)}"


def _proof(row: Row) -> str:
    read = "config read" if row.was_read else ""
    compared = "" if row.proven is None else f"{row.proven.cases} cases within {row.proven.within}"
    return listed(filter(None, (compared, read)))


def _needs(row: Row, usual: Collection[Need]) -> str:
    needs = [need for need in row.needs if need not in usual]
    return element("span", f"needs {_said(needs)}", class_="cure") if needs else ""


def _needs_of(found: Iterable[Row]) -> Iterable[Need]:
    return dict.fromkeys(need for row in found for need in row.needs)


def is_usual(need: Need, facts: Facts) -> bool:
    """Whether most families have it, so that it tells nothing of one."""
    return 2 * sum(need in family.needs for family in facts.mapped) > len(facts.mapped)


def _said(needs: Iterable[Need]) -> str:
    return ", ".join(dict.fromkeys(f"{code(need.what)} {prose(need.when)}" for need in needs))


def _releases(row: Row) -> str:
    if row.family is None or row.answer not in _MAPPED:
        return ""
    return listed(f"{package} {oldest} to {newest}" for package, (oldest, newest) in row.family.versions.items())
