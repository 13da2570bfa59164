"""Configs, mapped at the ends of the window: `make matrix`.

In the environment of the pins `record` writes down what every case of every family maps to. In an environment with
releases at an end of the window `compare` maps the same configs, of the families that state this end, and compares.
What the models compute is compared at the pins only, by logits.
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

FOLDER = Path(__file__).parent.parent / ".matrix"
RECORDED = FOLDER / "recorded.json"

Case = Mapping[str, Any]
"""A family, the name of a case, its Hugging Face config, and what that maps to."""


def ends() -> Iterator[str]:
    """Every combination of releases at an end of some window but the pins: `<package>@<version>`, joined by `+`."""
    from codegen import project
    from codegen.snapshot import load

    table, newest = project.load_table(), load(project.GENERATED / "schemas").versions
    packages = sorted(newest)
    since = [family.since for family in table.families if family.since is not None]
    stated = {
        package: {table.oldest[package], newest[package]} | {each.oldest for each in since if each.package == package}
        for package in packages
    }
    for versions in product(*(sorted(stated[package]) for package in packages)):
        if versions != tuple(newest[package] for package in packages):
            yield "+".join(f"{package}@{version}" for package, version in zip(packages, versions, strict=True))


def record() -> int:
    """Map every case of every family, and write down config and outcome."""
    from mcore_mappers import DeviationWarning
    from tests.families import PROOFS, build

    warnings.simplefilter("ignore", DeviationWarning)
    cases: list[Case] = []
    for family, proof in PROOFS.items():
        for name, change in proof.cases.items():
            hf = build(family, {**proof.base, **change})
            # As a file has it: what a class reads from it is what matters.
            config = hf.to_json_string(use_diff=False)
            path = f"{type(hf).__module__}.{type(hf).__qualname__}"
            cases.append(
                {"family": family, "case": name, "class": path, "config": config, "outcome": outcome(family, hf)}
            )
    FOLDER.mkdir(exist_ok=True)
    RECORDED.write_text(json.dumps(cases), encoding="utf-8")
    print(f"recorded {len(cases)} cases of {len(PROOFS)} families")
    return 0


def outcome(family: str, hf: Any) -> Any:
    """The mapped config, as it is dumped, or the fields that are refused."""
    import mcore_mappers

    try:
        model = mcore_mappers.to_megatron(hf)
    except mcore_mappers.UnsupportedConfigError as error:
        return {"refused": sorted(refusal.field for refusal in error.refusals)}
    # Where it comes from names the releases, and keeps what the class of one release knows.
    return without_provenance(json.loads(json.dumps(mcore_mappers.dump(model))))


def without_provenance(dumped: dict[str, Any]) -> dict[str, Any]:
    """The dump without checkpoint metadata."""
    return {
        key: without_provenance(value) if isinstance(value, dict) else value
        for key, value in dumped.items()
        if key != "extra_checkpoint_metadata"
    }


def compare() -> int:
    """Map the recorded configs with the releases of this environment."""
    from packaging.version import Version

    import mcore_mappers

    installed = {name: Version(metadata.version(name)) for name in ("megatron-core", "transformers")}
    versions = {name: family.versions for name, family in mcore_mappers.families().items() if family.status == "mapped"}
    inside = {
        name
        for name, window in versions.items()
        if all(Version(oldest) <= installed[package] <= Version(newest) for package, (oldest, newest) in window.items())
    }
    warnings.simplefilter("error", mcore_mappers.UpstreamVersionWarning)
    warnings.simplefilter("ignore", mcore_mappers.DeviationWarning)
    wrong: list[str] = []
    compared = 0
    for case in json.loads(RECORDED.read_text(encoding="utf-8")):
        if case["family"] in inside:
            compared += 1
            difference = _difference(case)
            wrong += [f"{case['family']} {case['case']}: {difference}"] if difference else []
    told = ", ".join(f"{name} {version}" for name, version in sorted(installed.items()))
    print(f"{told}: {compared} cases of {len(inside)} families compared, {len(wrong)} differ")
    print("".join(f"  {line}\n" for line in wrong), end="")
    return 1 if wrong or not compared else 0


def _difference(case: Case) -> str:
    module, _, name = case["class"].rpartition(".")
    with TemporaryDirectory() as folder:
        file = Path(folder) / "config.json"
        file.write_text(case["config"], encoding="utf-8")
        hf = getattr(importlib.import_module(module), name).from_json_file(file)
    found, expected = outcome(case["family"], hf), case["outcome"]
    if found == expected:
        return ""
    return ", ".join(sorted(_keys(found, expected)))


def _keys(found: Any, expected: Any, place: str = "") -> Iterator[str]:
    """Where two dumps differ."""
    if isinstance(found, dict) and isinstance(expected, dict):
        for key in found.keys() | expected.keys():
            yield from _keys(found.get(key), expected.get(key), f"{place}.{key}")
    elif found != expected:
        yield f"{place}: {expected!r} became {found!r}"


def main(arguments: Sequence[str]) -> int:
    """Run one of the three steps."""
    match arguments:
        case ["record"]:
            return record()
        case ["compare"]:
            return compare()
        case ["ends"]:
            print(*ends(), sep="\n")
            return 0
        case _:
            print("one of: ends, record, compare", file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
