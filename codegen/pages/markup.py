"""Pieces of HTML, and the Markdown around them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from mcore_mappers import Family

_CODE = re.compile(r"`+([^`]+)`+")


def element(tag: str, /, *content: str, **attributes: str | None) -> str:
    """An element.

    Args:
        tag: its name.
        content: markup, which is not escaped.
        attributes: by name, with `_` for `-`, and at the end of what would be a keyword. None is left out.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{tag}{given}>{''.join(content)}</{tag}>"


def prose(text: str) -> str:
    """A sentence, in which backticks stand around code."""
    return _CODE.sub(lambda match: f"<code>{match[1]}</code>", escape(text, quote=False))


def name(text: str) -> str:
    """A name, which may be broken after underscores and dots."""
    return re.sub(r"(?<=[a-z0-9])([_./])(?=\w)", r"\1<wbr>", escape(text, quote=False))


def code(text: str) -> str:
    """A name or an expression as code."""
    return element("code", name(text))


def link(href: str, content: str) -> str:
    """A link to another page of the site, or a place in this one."""
    return element("a", content, href=href)


def read_as(model_type: str, family: Family | None) -> str:
    """A type, and the family that its language model is read as, which leads to what is known of that."""
    if family is None or family.status == "pending":
        return code(model_type)
    page = f"families/{family.name}.html" if family.status == "mapped" else f"refusals.html#{family.name}"
    if family.name == model_type:
        return link(page, code(model_type))
    return f"{code(model_type)} {link(page, f'read as {name(family.name)}')}"


def listed(items: Iterable[str]) -> str:
    """A list without order; nothing where there are no items."""
    entries = [element("li", each) for each in items]
    return element("ul", *entries) if entries else ""


def folded(summary: str, *content: str) -> str:
    """What is shown when somebody opens it."""
    return element("details", element("summary", summary), *content)


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], class_: str = "") -> str:
    """A table, each of whose cells knows its heading: narrow screens show a row as a card.

    Args:
        heads: the headings, plain text.
        rows: markup of the cells.
        class_: of the table.
    """
    labels = [each[0].upper() + each[1:] for each in heads]
    head = element("tr", *(element("th", escape(label), scope="col") for label in labels))
    body = "".join(
        element("tr", *(element("td", cell, data_label=label) for label, cell in zip(labels, row, strict=True)))
        for row in rows
    )
    return element("table", element("thead", head), element("tbody", body), class_=f"cards {class_}".rstrip())


def raw(*content: str) -> str:
    """Markup in a page of Markdown."""
    return f"```{{raw}} html\n{''.join(content)}\n```\n"
