"""`python -m tests.matrix ends|record|compare|page`: the steps of `make matrix`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence

PINNED_BY_TRAINERS = ("5.9.0", "5.12.1", "5.18.0")
"""Releases of transformers inside the window that trainers ask for; the last one before the pin is tried too."""
NEWEST_PYTHON = "3.13"
"""Tried with the pins, beside the Python that everything else runs with."""


def ends() -> Iterator[str]:
    """The pins, and these with one package at a time as old as it is tried: `<package>@<version>`, joined by `+`."""
    from codegen import project
    from codegen.recordings import releases
    from codegen.snapshot import load

    oldest, newest = project.load_table().oldest, load(project.GENERATED / "schemas").versions
    tried = {package: [release] for package, release in oldest.items()}
    *_, before = (version for version in releases("transformers") if version != newest["transformers"])
    tried["transformers"] += [*PINNED_BY_TRAINERS, before]
    for package in sorted(tried):
        for version in dict.fromkeys(tried[package]):
            if version != newest[package]:
                yield _joined({**newest, package: version})
    yield _joined({**newest, "python": NEWEST_PYTHON})


def _joined(releases: Mapping[str, str]) -> str:
    return "+".join(f"{name}@{releases[name]}" for name in sorted(releases))


def compare() -> int:
    """Compare here, and say what differs."""
    from tests.matrix import outcomes

    found = outcomes.compare()
    outcomes.write(found)
    told = " and ".join(f"{name} {release}" for name, release in zip(outcomes.PACKAGES, found.releases, strict=True))
    print(f"{told}: {found.cases} cases and {found.published} published configs are equal")
    print(f"  without a class: {', '.join(found.absent) or 'none'}")
    print(f"  not read by transformers: {', '.join(found.unread) or 'none'}")
    print(f"  not written: {', '.join(found.unwritten) or 'none'}")
    print(f"  {len(found.logits)} logits are equal, computed otherwise: {', '.join(found.otherwise) or 'none'}")
    print("".join(f"  DIFFERENT {line}\n" for line in found.different), end="", flush=True)
    return 1 if found.different or not found.cases else 0


def main(arguments: Sequence[str]) -> int:
    """Run one of the steps."""
    match arguments:
        case ["ends"]:
            print(*ends(), sep="\n")
            return 0
        case ["record"]:
            from tests.matrix import recorded

            print(recorded.record())
            return 0
        case ["compare"]:
            return compare()
        case ["page"]:
            from tests.matrix import page

            print(page.write())
            return 0
        case _:
            print(__doc__, file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
