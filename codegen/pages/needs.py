"""What models need beside their configs, which the trainer provides."""

from __future__ import annotations

from collections import defaultdict

from codegen.pages.facts import Facts
from codegen.pages.markup import code, prose, raw, table
from codegen.pages.refusals import whose
from mcore_mappers import Need


def page(facts: Facts) -> str:
    """The page."""
    users: defaultdict[Need, list[str]] = defaultdict(list)
    for family in facts.mapped:
        for need in family.needs:
            users[need].append(family.name)
    everyone = [family.name for family in facts.mapped]
    rows = [
        (code(need.what), prose(need.when), prose(need.reason), whose(names, everyone)) for need, names in users.items()
    ]
    return f"""# What trainers provide

A config is not all that a model takes. Some need a package, some a keyword of the caller's; `NeedsWarning` names what
is missing where the keywords, or this machine, show it, and `families()[name].needs` has the list of one family. The
fields that are the trainer's to decide stand in [Megatron's fields](fields.md).

{raw(table(("what", "when", "why", "families"), rows))}
"""
