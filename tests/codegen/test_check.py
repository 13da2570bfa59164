"""`check` and `emit` on a copy of the repository, and the one place that writes `generated/`.

Both run in a fresh interpreter that cannot import upstream, as on the machine of a contributor who has no torch.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from codegen import files, layers, project
from codegen.diagnostics import SourceError
from codegen.manifest import MANIFEST, digest
from codegen.snapshot import load, render
from codegen.style import formatted
from tests.selection import draw, whole
from tests.support.plans import modules

BLOCKER = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("torch", "transformers", "megatron", "mcore_mappers_runtime", "rich"):
            raise ImportError(f"{name} is not to be imported")

sys.meta_path.insert(0, Blocker())
"""
PYPROJECT = '[tool.black]\nline-length = 60\ntarget-version = ["py312"]\n'


FEW = ("aria_text", "llama", "mistral")
"""The families that tests change."""


def copied(root: Path) -> Path:
    """What `check` reads, and nothing else of the repository."""
    for name in ("codegen", "templates", "generated"):
        shutil.copytree(project.ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(project.PYPROJECT, root)
    shutil.copytree(project.ROOT / layers.FOLDER, root / layers.FOLDER, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "site").mkdir()
    (root / "site" / "sitecustomize.py").write_text(BLOCKER, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy with everything in a whole run, and with a few families in others; what Python compiles is there too."""
    root = copied(tmp_path_factory.mktemp("made") / "copy")
    if not whole():
        for file in (root / "codegen/families").glob("*.py"):
            if file.stem not in (*FEW, "__init__"):
                file.unlink()
        # Every other class would need a family or a refusal.
        with (root / "codegen/refused/__init__.py").open("a", encoding="utf-8") as file:
            file.write("REFUSED_CLASSES = ()\n")
    assert check(root, "emit").returncode == 0
    return root


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    """A copy to be changed."""
    return shutil.copytree(made, tmp_path / "copy")


def check(root: Path, command: str = "check") -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(root / "site"), "PYTHONDONTWRITEBYTECODE": ""}
    program = [sys.executable, "-m", "codegen", command]
    return subprocess.run(program, cwd=root, env=environment, check=False, capture_output=True, text=True)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text, f"{path} has no {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize("order_of_hashes", draw(("1", "2"), 1, "orders of hashes"))
def test_what_is_committed_is_up_to_date_without_upstream(
    order_of_hashes: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the order in which the interpreter has sets."""
    monkeypatch.setenv("PYTHONHASHSEED", order_of_hashes)
    done = check(copied(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("generated/ is up to date (")


def test_upstream_is_blocked(copy: Path) -> None:
    """Else the other tests would not show that nothing of upstream is needed."""
    (copy / "codegen" / "families" / "llama.py").write_text("import transformers\n", encoding="utf-8")
    assert "ImportError: transformers is not to be imported" in check(copy).stderr


def edited_module(copy: Path) -> None:
    edit(copy / "generated/mcore_mappers/llama.py", "gated_linear_unit=True", "gated_linear_unit=False")


def forged_module(copy: Path) -> None:
    """An edit of what the module does, and of the digest by which an edit would be known."""
    path, manifest = "mcore_mappers/aria_text.py", copy / "generated" / MANIFEST
    file = copy / "generated" / path
    edit(file, "gated_linear_unit=True", "gated_linear_unit=False")
    known = json.loads(manifest.read_text("utf-8"))
    known["files"][path][1] = digest(file.read_bytes())
    manifest.write_text(json.dumps(known), encoding="utf-8")


def edited_whitespace(copy: Path) -> None:
    edit(copy / "generated/mcore_mappers/_releases.py", "RELEASES = ", "RELEASES =  ")


def edited_schema(copy: Path) -> None:
    """One that no module depends on, in the style of the file, so that only the manifest can tell."""
    edit(copy / "generated/schemas/megatron/TransformerConfig.json", '"tensor_model_parallel_size": {"', '"tp": {"')


def edited_documentation(copy: Path) -> None:
    edit(copy / "generated/schemas/huggingface/LlamaConfig.json", '"model_type": "llama"', '"model_type": "lama"')


def broken_schema(copy: Path) -> None:
    (copy / "generated/schemas/versions.json").write_text("{", encoding="utf-8")


def edited_versions(copy: Path) -> None:
    edit(copy / "generated/schemas/versions.json", '"transformers": "', '"transformers": "0.')


def deleted_module(copy: Path) -> None:
    (copy / "generated/mcore_mappers/mistral.py").unlink()


def deleted_marker(copy: Path) -> None:
    (copy / "generated/mcore_mappers/py.typed").unlink()


def deleted_schema(copy: Path) -> None:
    (copy / "generated/schemas/megatron/TransformerConfig.json").unlink()


def deleted_manifest(copy: Path) -> None:
    (copy / "generated/manifest.json").unlink()


def extra_module(copy: Path) -> None:
    (copy / "generated/mcore_mappers/extra.py").write_text("", encoding="utf-8")


def extra_schema(copy: Path) -> None:
    folder = copy / "generated/schemas/huggingface"
    shutil.copy(folder / "LlamaConfig.json", folder / "OtherConfig.json")


def extra_file(copy: Path) -> None:
    (copy / "generated/notes.txt").write_text("", encoding="utf-8")


def changed_template(copy: Path) -> None:
    edit(copy / "templates/mapper.py", "transformer = _transformer(", "inner = _transformer(")


def changed_package_template(copy: Path) -> None:
    edit(copy / "templates/package.py", '"""', '"""So: ')


def edited_rule(copy: Path) -> None:
    edit(copy / "codegen/families/aria_text.py", "hf.moe_topk != 1", "1 != hf.moe_topk")


def edited_part(copy: Path) -> None:
    """What families share stands in one module."""
    edit(
        copy / "codegen/parts/attention/groups.py", "% hf.num_key_value_heads == 0", "% hf.num_key_value_heads in (0,)"
    )


def changed_style(copy: Path) -> None:
    edit(copy / "pyproject.toml", "[tool.black]\nline-length = 120", "[tool.black]\nline-length = 100")


Spoiled = Mapping[Callable[[Path], None], str]
"""What is done to the copy, and what is said of it."""

STRANGER = "is none of the generator's files; move it elsewhere"
CHANGED = "the rules, templates or snapshots changed since it was written"
SNAPSHOT_SPOILED: Spoiled = {
    edited_schema: "schemas/megatron/TransformerConfig.json: was edited by hand",
    edited_documentation: "schemas/huggingface/LlamaConfig.json: was edited by hand",
    broken_schema: "schemas/versions.json: was edited by hand",
    edited_versions: "schemas/versions.json: was edited by hand",
    deleted_schema: "schemas/megatron/TransformerConfig.json: is missing",
    extra_schema: f"schemas/huggingface/OtherConfig.json: {STRANGER}",
}
SPOILED: Mapping[str, Spoiled] = {
    # Several at once, each of which must be named: a check of everything takes seconds.
    "files": {
        edited_module: "mcore_mappers/llama.py: was edited by hand",
        forged_module: "mcore_mappers/aria_text.py: was edited by hand, and so was manifest.json",
        edited_whitespace: "mcore_mappers/_releases.py: was edited by hand",
        deleted_module: "mcore_mappers/mistral.py: is missing",
        deleted_marker: "mcore_mappers/py.typed: is missing",
        extra_module: f"mcore_mappers/extra.py: {STRANGER}",
    },
    "sources": {
        changed_package_template: f"mcore_mappers/__init__.py: {CHANGED}",
        edited_rule: f"mcore_mappers/aria_text.py: {CHANGED}",
        edited_part: f"mcore_mappers/_parts/attention.py: {CHANGED}",
    },
    # Nothing follows from a snapshot that is not what was written, so that each of these is told alone.
    **{spoil.__name__: {spoil: found} for spoil, found in SNAPSHOT_SPOILED.items()},
}


@pytest.mark.parametrize("spoiled", SPOILED.values(), ids=SPOILED)
def test_what_differs_is_named_with_the_way_out(copy: Path, spoiled: Spoiled) -> None:
    for spoil in spoiled:
        spoil(copy)
    done = check(copy)
    assert done.returncode == 1
    assert done.stdout == ""
    *named, blank, advice = done.stderr.splitlines()
    assert sorted(named) == sorted(f"generated/{difference}" for difference in spoiled.values())
    mended = "" if set(spoiled) == {extra_schema} else "; run `make regen` and commit what it writes"
    assert (blank, advice) == ("", f"generated/ is not up to date{mended}")


def test_a_template_is_in_every_family(copy: Path) -> None:
    changed_template(copy)
    families = sorted(file.stem for file in (copy / "codegen/families").glob("*.py") if file.stem != "__init__")
    assert {*FEW} <= {*families}
    named = [line for line in check(copy).stderr.splitlines() if line.startswith("generated/mcore_mappers/")]
    assert named == [f"generated/mcore_mappers/{name}.py: {CHANGED}" for name in families]


def test_another_style_is_another_output(copy: Path) -> None:
    changed_style(copy)
    done = check(copy)
    assert done.returncode == 1
    assert "generated/manifest.json: formatted with black " in done.stderr
    assert "line length 120, and this is black " in done.stderr


@pytest.mark.parametrize("command", ["check", "emit"])
def test_without_a_manifest_nothing_is_known(copy: Path, command: str) -> None:
    deleted_manifest(copy)
    before = texts(copy)
    done = check(copy, command)
    assert (done.returncode, done.stdout) == (1, "")
    assert "generated holds mcore_mappers and no manifest.json of this generator" in done.stderr
    assert texts(copy) == before


def test_without_a_snapshot(copy: Path) -> None:
    shutil.rmtree(copy / "generated" / "schemas")
    done = check(copy)
    assert (done.returncode, done.stderr) == (1, "generated/schemas is missing; run `make regen`\n")


def test_another_version_is_installed(copy: Path) -> None:
    """Told by what the installer wrote, without importing it; and before anything follows from the snapshot."""
    folder = copy / "site" / "transformers-99.1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: transformers\nVersion: 99.1\n", encoding="utf-8")
    known = load(copy / "generated" / "schemas").versions["transformers"]
    done = check(copy)
    assert done.returncode == 1
    assert done.stderr == (
        "MAP014 generated/schemas/versions.json: transformers: the snapshot is of transformers "
        f"{known}, and 99.1 is installed; run `make regen`\n\n1 diagnostic; nothing was written.\n"
    )


def test_every_committed_module_is_what_black_writes() -> None:
    """`check` compares digests in black's stead; this is what they must stand for."""
    for path, source in draw(modules().items(), 8, "modules for black"):
        text = formatted(source, path, project.PYPROJECT) if path.endswith(".py") else source
        assert (project.GENERATED / path).read_text("utf-8") == text, path


# Emitting: the same without upstream, and the snapshot as it is.


def texts(root: Path) -> dict[str, str]:
    return {path: file.read_text("utf-8") for path, file in files.present(root / "generated").items()}


@pytest.mark.costly
def test_emit_follows_the_rules_and_leaves_the_snapshot(copy: Path) -> None:
    before = texts(copy)
    for spoil in (edited_rule, edited_module, deleted_module, extra_module, extra_file):
        spoil(copy)
    done = check(copy, "emit")
    assert (done.returncode, done.stderr) == (0, "")
    *said, summary = done.stdout.splitlines()
    changed = {"mcore_mappers/aria_text.py", MANIFEST}
    wrote = sorted({*changed, "mcore_mappers/llama.py", "mcore_mappers/mistral.py"})
    assert said == [f"  wrote   generated/{path}" for path in wrote]
    assert " families: 4 files written, 0 removed, " in summary
    after = texts(copy)
    # What others put there is theirs; among the modules it is also in the way of who reads them.
    assert after.keys() - before.keys() == {"mcore_mappers/extra.py", "notes.txt"}
    assert {path for path in before if after[path] != before[path]} == changed
    assert f"generated/mcore_mappers/extra.py: {STRANGER}\n\ngenerated/ is not up to date\n" == check(copy).stderr
    (copy / "generated/mcore_mappers/extra.py").unlink()
    assert check(copy).returncode == 0


def test_emit_trusts_the_manifest_and_check_does_not(copy: Path) -> None:
    """Who edits a module and its digest is found by `check`, which names the command that mends it."""
    forged_module(copy)
    path = "mcore_mappers/aria_text.py"
    before = texts(copy)[path]
    done = check(copy, "emit")
    assert (done.returncode, done.stderr) == (0, "")
    assert texts(copy)[path] == before
    found = check(copy).stderr
    assert f"generated/{path}: was edited by hand, and so was {MANIFEST}" in found
    assert "run `make regen`" in found


def test_emit_refuses_what_check_refuses(copy: Path) -> None:
    edited_documentation(copy)
    before = texts(copy)
    emitted, checked = check(copy, "emit"), check(copy)
    assert (emitted.returncode, emitted.stdout, emitted.stderr) == (1, "", checked.stderr)
    assert texts(copy) == before


def test_emit_says_what_the_snapshot_lacks(copy: Path) -> None:
    """A class that was never introspected needs upstream."""
    edit(copy / "codegen/families/llama.py", ".LlamaConfig", ".LamaConfig")
    before = texts(copy)
    done = check(copy, "emit")
    assert done.returncode == 1
    assert "the snapshot has no class transformers.models.llama.configuration_llama.LamaConfig" in done.stderr
    assert "run `make regen`" in done.stderr
    assert texts(copy) == before


# Writing.

MODULES: Mapping[str, str] = {"package/a.py": "x = [ 1 ]\n", "package/b.py": "y = 2\n", "package/py.typed": ""}
SNAPSHOT: Mapping[str, str] = {"schemas/versions.json": "{}\n"}
WRITTEN = [MANIFEST, "package/a.py", "package/b.py", "package/py.typed", "schemas/versions.json"]


class Folder:
    """A `generated/` of its own."""

    def __init__(self, root: Path) -> None:
        self.path = root / "generated"
        self.pyproject = root / "pyproject.toml"
        self.pyproject.write_text(PYPROJECT, encoding="utf-8")

    def write(self, modules: Mapping[str, str] = MODULES) -> files.Written:
        return files.write(self.path, modules, SNAPSHOT, self.pyproject)

    def compare(self, modules: Mapping[str, str] = MODULES) -> list[str]:
        return list(map(str, files.compare(self.path, modules, SNAPSHOT, self.pyproject)))

    def text(self, path: str) -> str:
        return (self.path / path).read_text("utf-8")

    def times(self) -> dict[str, int]:
        return {path: file.stat().st_mtime_ns for path, file in files.present(self.path).items()}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def black(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Sources that were formatted since, in order."""
    seen: list[str] = []

    def recorded(source: str, path: str, pyproject: Path) -> str:
        seen.append(source)
        return formatted(source, path, pyproject)

    monkeypatch.setattr(files, "formatted", recorded)
    return seen


def test_first_of_all_everything_is_written_and_formatted(folder: Folder) -> None:
    done = folder.write()
    assert done == files.Written(changed=tuple(WRITTEN), removed=(), unchanged=0)
    assert sorted(files.present(folder.path)) == WRITTEN
    assert folder.text("package/a.py") == "x = [1]\n"
    assert folder.compare() == []


def test_nothing_is_rewritten_where_nothing_changed(folder: Folder, black: list[str]) -> None:
    folder.write()
    before = folder.times()
    black.clear()
    assert folder.write() == files.Written(changed=(), removed=(), unchanged=len(WRITTEN))
    assert folder.times() == before
    assert black == []


def test_only_what_changed_is_formatted_and_written(folder: Folder, black: list[str]) -> None:
    folder.write()
    before = folder.times()
    black.clear()
    done = folder.write({**MODULES, "package/b.py": "y = [ 3 ]\n"})
    assert done == files.Written(changed=(MANIFEST, "package/b.py"), removed=(), unchanged=len(WRITTEN) - 2)
    assert black == ["y = [ 3 ]\n"]
    assert folder.text("package/b.py") == "y = [3]\n"
    assert {path for path, time in folder.times().items() if time != before[path]} == {MANIFEST, "package/b.py"}


def test_a_source_that_only_black_sees_changes_no_module(folder: Folder) -> None:
    folder.write()
    assert folder.write({**MODULES, "package/a.py": "x = [1 ]\n"}).changed == (MANIFEST,)


def test_a_hand_edit_is_written_over(folder: Folder) -> None:
    folder.write()
    (folder.path / "package/a.py").write_text("x = [2]\n", encoding="utf-8")
    assert folder.compare() == ["package/a.py: was edited by hand"]
    assert folder.write().changed == ("package/a.py",)
    assert folder.text("package/a.py") == "x = [1]\n"


def test_another_style_formats_everything_anew(folder: Folder, black: list[str]) -> None:
    folder.write()
    black.clear()
    other = folder.pyproject.with_name("other.toml")
    other.write_text(PYPROJECT.replace("60", "61"), encoding="utf-8")
    files.write(folder.path, MODULES, SNAPSHOT, other)
    assert black == ["x = [ 1 ]\n", "y = 2\n"]


def test_what_does_not_parse_is_not_written(folder: Folder) -> None:
    folder.write()
    before = folder.times()
    with pytest.raises(SourceError, match=r"package/a\.py"):
        folder.write({**MODULES, "package/a.py": "x = (\n"})
    assert folder.times() == before


def test_the_snapshot_is_written_as_it_renders() -> None:
    """`compare` holds the files against what the loaded snapshot renders to, so that must be the same text."""
    schemas = project.GENERATED / "schemas"
    assert {path: (schemas / path).read_text("utf-8") for path in render(load(schemas))} == render(load(schemas))


def test_every_emitted_module_parses() -> None:
    for path, source in modules().items():
        if path.endswith(".py"):
            ast.parse(source, filename=path)
