"""A mapping as it is shown: two columns of fields, lines between them, and a card that says all about one field.

Rows have one height, so that the lines need nobody to measure anything. `static/mapping.js` lights up what belongs
together, and puts the card of a field where it can be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from codegen.owners import Owner
from codegen.pages.mapping import Drawn, Field
from codegen.pages.markup import code, element, folded, link, name, prose
from codegen.plan import Side

_SIDES: Final = {Side.HUGGINGFACE: "hf", Side.MEGATRON: "megatron"}
_UPSTREAM: Final = {Side.HUGGINGFACE: "transformers", Side.MEGATRON: "Megatron"}

VERDICTS: Final[Mapping[str, str]] = {
    "used": "its value decides what the lines lead to",
    "must be": "Megatron can express some values, and any other is refused",
    "deviation": "mapped with a warning up to a bound, and refused beyond it",
    "ignored": "it decides nothing of what the model computes",
    "architecture": "decides the model, follows from the lines, and nobody overrides it",
    "constant": "decides the model, and is the same for every config of the family",
    "suggested": "a choice of training, which the caller may make otherwise",
    "caller": "the trainer's own: no mapper sets it",
    "derived": "Megatron computes it from other fields",
}
"""What the words mean. The drawing gives each a colour and a mark."""

_DRAWN: Final = ("used", "must be", "deviation", "architecture", "constant", "suggested")


class Cards:
    """What is known of fields, each once: two targets of a family have most of them in common."""

    def __init__(self) -> None:
        self._prefixes: dict[Field, str] = {}

    def id_of(self, field: Field, prefix: str) -> str:
        """The id of the card of a field, which is made when it is first asked for."""
        return f"about-{_id(field, self._prefixes.setdefault(field, prefix))}"

    def text(self) -> str:
        """All cards that were asked for."""
        return element("div", *(_card(field, prefix) for field, prefix in self._prefixes.items()), class_="every-field")


def drawing(drawn: Drawn, cards: Cards, prefix: str = "") -> str:
    """The markup.

    Args:
        drawn: the mapping.
        cards: of all mappings on the page.
        prefix: of the ids in it, where a page has several.
    """
    rows = max(len(drawn.left), len(drawn.right))
    picture = element(
        "div",
        _column("Hugging Face", drawn.left, cards, prefix),
        _lines(drawn, rows, prefix),
        _column(f"{drawn.outer}, {drawn.inner}", drawn.right, cards, prefix),
        element("aside", element("p", _HINT), class_="about", aria_live="polite", aria_label="The field"),
        class_="mapping",
        style=f"--rows: {rows}",
    )
    return element("div", _legend(), picture, *_rest(drawn, cards, prefix), class_="drawing")


_HINT: Final = (
    "Point at a field, or go to one with <kbd>Tab</kbd> and the arrow keys: its rule, the reason, the types, and what "
    "upstream says of it stand here. <kbd>Enter</kbd> or a click keeps them, <kbd>Esc</kbd> lets go."
)


def _legend() -> str:
    entries = (
        element(
            "li",
            element("span", class_="mark", aria_hidden="true"),
            element("span", element("b", word), f" {VERDICTS[word]}"),
            class_=_class(word),
        )
        for word in _DRAWN
    )
    return folded("What colours and marks mean", element("ul", *entries, class_="legend"))


def _column(head: str, fields: Sequence[Field], cards: Cards, prefix: str) -> str:
    side = _SIDES[fields[0].side] if fields else ""
    return element(
        "div",
        element("p", name(head), class_="head"),
        element(
            "ul", *(element("li", _button(field, cards, prefix)) for field in fields), aria_label=f"Fields of {head}"
        ),
        class_=f"column {side}",
    )


def _button(field: Field, cards: Cards, prefix: str) -> str:
    return element(
        "button",
        element("span", class_="mark", aria_hidden="true"),
        element("span", name(field.name), class_="name"),
        element("span", f", {field.verdict}", class_="said"),
        type="button",
        id=_id(field, prefix),
        class_=f"field {_class(field.verdict)}",
        aria_describedby=cards.id_of(field, prefix),
    )


def _lines(drawn: Drawn, rows: int, prefix: str) -> str:
    places = {field.name: place for place, field in enumerate(drawn.left)}
    paths: list[str] = []
    for end, field in enumerate(drawn.right):
        for start in (places[other] for other in field.others):
            paths.append(_line(start, end, drawn.left[start], field, prefix))
    stubs = (_stub(place, field, prefix) for place, field in enumerate(drawn.left) if not field.others)
    return element(
        "svg",
        *paths,
        *stubs,
        viewBox=f"0 0 100 {rows}",
        preserveAspectRatio="none",
        aria_hidden="true",
        focusable="false",
    )


def _line(start: int, end: int, source: Field, target: Field, prefix: str) -> str:
    top, bottom = start + 0.5, end + 0.5
    return element(
        "path",
        d=f"M0 {top}C50 {top} 50 {bottom} 100 {bottom}",
        class_=f"line {_class(target.verdict)}",
        data_from=_id(source, prefix),
        data_to=_id(target, prefix),
    )


def _stub(place: int, field: Field, prefix: str) -> str:
    """A line that ends at a bar: other values go no further."""
    middle = place + 0.5
    path = f"M0 {middle}H12M12 {middle - 0.3}V{middle + 0.3}"
    return element("path", d=path, class_=f"line {_class(field.verdict)}", data_from=_id(field, prefix))


def _rest(drawn: Drawn, cards: Cards, prefix: str) -> Iterator[str]:
    """The fields that no line leads to; those of Megatron, which are the same in many families, by name alone."""
    buttons = (element("li", _button(field, cards, prefix)) for field in drawn.ignored)
    yield folded(f"Hugging Face: ignored ({len(drawn.ignored)})", element("ul", *buttons, class_="more"))
    for said, fields in (
        ("left at a default that means that the model has no such thing", drawn.left_alone),
        ("the trainer's", drawn.owned_by(Owner.CALLER)),
        ("computed by Megatron", drawn.owned_by(Owner.DERIVED)),
    ):
        names = (link(f"../fields.html#field-{field.name}", code(field.name)) for field in fields)
        yield folded(f"Megatron: {said} ({len(fields)})", element("p", " ".join(names), class_="names"))


def _card(field: Field, prefix: str) -> str:
    """The facts about a field."""
    head = element("h4", element("code", name(field.name)), f" {field.side.value} ", badge(field.verdict))
    facts = "".join(element("div", element("dt", term), element("dd", said)) for term, said in _facts(field, prefix))
    return element("section", head, element("dl", facts), id=f"about-{_id(field, prefix)}", class_="card")


def badge(verdict: str) -> str:
    """A verdict as a word of its colour."""
    return element("span", verdict, class_=f"badge {_class(verdict)}")


def _facts(field: Field, prefix: str) -> Iterator[tuple[str, str]]:
    on_hf = field.side is Side.HUGGINGFACE
    if field.others:
        other = _SIDES[Side.MEGATRON if on_hf else Side.HUGGINGFACE]
        names = (link(f"#{prefix}{other}-{each}", code(each)) for each in field.others)
        yield "decides" if on_hf else "decided by", ", ".join(names)
    if field.reason:
        yield "reason", prose(field.reason)
    if field.expression:
        yield "computed", code(field.expression)
    if field.type:
        yield "type", code(field.type)
    if field.default:
        yield "default", code(field.default)
    yield "rule", _joined(field.decided_in)
    if field.upstream:
        yield f"{_UPSTREAM[field.side]} says", element("q", prose(field.upstream))


def _joined(rules: Iterable[str]) -> str:
    return "<br>".join(map(code, rules))


def _id(field: Field, prefix: str) -> str:
    return f"{prefix}{_SIDES[field.side]}-{field.name}"


def _class(verdict: str) -> str:
    return verdict.replace(" ", "-")
