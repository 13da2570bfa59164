"""A drift report as text: for a terminal, and as Markdown for a pull request.

What upstream says of a field is in no report. Whoever wants it shown passes `upstream`, which reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from codegen.diagnostics import Documentation, nothing
from codegen.drift import Cosmetic, Finding, Report
from codegen.drift.effects import Effect
from codegen.upstream_changes import shown

_SHOWN = 6
"""Most names in one cell; the rest is counted."""


def terminal(report: Report, upstream: Documentation = nothing) -> str:
    """Plain lines, a heading for each kind."""
    lines = [title(report), summary(report)]
    for kind, group in groupby(report.findings, key=lambda finding: finding.kind):
        found = tuple(group)
        lines += ["", f"{kind.value} ({len(found)})"]
        for finding in found:
            lines.append(f"  {_place(finding)}{finding.detail and f': {finding.detail}'}")
            lines += [f"      {sort.value}: {_families(names, report)}" for sort, names in finding.effects.items()]
            lines += [f"      because: {finding.evidence}"] if finding.evidence else []
            lines += [f"      asks: {ask.told(upstream)}" for ask in finding.asks]
    lines += ["", *(f"asks: {ask.told(upstream)}" for ask in report.asks)] if report.asks else []
    return "\n".join(lines) + "\n"


def markdown(report: Report, upstream: Documentation = nothing) -> str:
    """Markdown with one table for each kind, and what is cosmetic folded away."""
    return "\n".join([f"# {title(report)}", "", summary(report), *sections(report, upstream)]) + "\n"


def sections(report: Report, upstream: Documentation) -> list[str]:
    """The lines of Markdown below the title and the summary."""
    lines: list[str] = []
    for kind, group in groupby(report.findings, key=lambda finding: finding.kind):
        found = tuple(group)
        lines += ["", f"## {kind.value[0].upper()}{kind.value[1:]} ({len(found)})", ""]
        lines += ["| what | change | today's mappers | the resolver asks |", "| --- | --- | --- | --- |"]
        lines += [_row(finding, report, upstream) for finding in found]
    if report.asks:
        asks = (f"- {_escaped(ask.told(upstream))}" for ask in report.asks)
        lines += ["", f"## Asked besides ({len(report.asks)})", "", *asks]
    if report.cosmetics:
        lines += ["", f"<details><summary>{len(report.cosmetics)} cosmetic changes</summary>", ""]
        lines += [*(f"- {_escaped(_said(one, upstream))}" for one in report.cosmetics), "", "</details>"]
    return lines


def title(report: Report) -> str:
    """What is compared."""
    return ", ".join(f"{name} {old} -> {new}" for name, old, new in report.versions) or "The same versions"


def summary(report: Report) -> str:
    """How much there is of what, in a sentence, and what nobody has looked at."""
    pending = f" Pending classes, which nobody has looked at: {report.pending}." if report.pending else ""
    return f"{_changes(report)}{pending}"


def _changes(report: Report) -> str:
    if not report.findings:
        return f"Nothing to decide; {len(report.cosmetics)} cosmetic changes."
    counted = dict.fromkeys(Effect, 0)
    for finding in report.findings:
        worst = next(iter(finding.effects), None)
        if worst is not None:
            counted[worst] += 1
    told = ", ".join(f"{count} that mappers of today {_toward(sort)}" for sort, count in counted.items())
    asks = len({ask for finding in report.findings for ask in finding.asks} | set(report.asks))
    changes = f"{len(report.findings)} changes ({told}), {len(report.cosmetics)} cosmetic ones"
    return f"{changes}; the resolver asks {asks} times."


def _toward(sort: Effect) -> str:
    return {
        Effect.BREAKS: "break on",
        Effect.SILENT: "would silently mean something else by",
        Effect.UNNOTICED: "do not notice",
    }[sort]


def _place(finding: Finding) -> str:
    if not finding.owners or finding.what == "class":
        return f"{finding.what} {finding.name}"
    return f"{finding.what} {finding.name} of {_some(finding.owners)}"


def _said(cosmetic: Cosmetic, upstream: Documentation) -> str:
    said = upstream(cosmetic.documented) if cosmetic.documented else None
    return f"{cosmetic.line}: {shown(said)}" if said else cosmetic.line


def _row(finding: Finding, report: Report, upstream: Documentation) -> str:
    change = finding.detail + (f" ({finding.evidence})" if finding.evidence else "")
    effects = "; ".join(f"{sort.value}: {_families(names, report)}" for sort, names in finding.effects.items())
    asks = "<br>".join(f"{ask.code.value}: {ask.explained(upstream)}" for ask in finding.asks[:_SHOWN])
    if len(finding.asks) > _SHOWN:
        asks += f"<br>and {len(finding.asks) - _SHOWN} more"
    cells = (_place(finding), change, effects or "none", asks or "nothing")
    return f"| {' | '.join(_escaped(cell) for cell in cells)} |"


def _families(names: tuple[str, ...], report: Report) -> str:
    return "all families" if len(names) == report.families > 1 else _some(names)


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(_shortened(names))


def _shortened(names: tuple[str, ...]) -> Iterator[str]:
    yield from names[:_SHOWN]
    if len(names) > _SHOWN:
        yield f"{len(names) - _SHOWN} more"


def _escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
