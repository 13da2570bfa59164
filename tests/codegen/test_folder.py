"""A generated folder: the generator touches what its manifest lists, and nothing else, whenever it is interrupted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import chain, repeat
from pathlib import Path

import pytest

from codegen import commands, files
from codegen.__main__ import INTERRUPTED, main
from codegen.diagnostics import FolderError
from codegen.manifest import MANIFEST, owned

MODULES: Mapping[str, str] = {"package/a.py": "x = [ 1 ]\n", "package/b.py": "y = 2\n", "package/py.typed": ""}
SNAPSHOT: Mapping[str, str] = {"schemas/versions.json": "{}\n", "schemas/huggingface/LlamaConfig.json": "{}\n"}
OTHERS: Mapping[str, str] = {"package/c.py": "z = 1\n", "package/b.py": "y = 3\n"}
OTHER_SNAPSHOT: Mapping[str, str] = {"schemas/versions.json": "[]\n"}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text("", encoding="utf-8")
    return tmp_path / "out"


def write(out: Path, modules: Mapping[str, str] = MODULES, snapshot: Mapping[str, str] = SNAPSHOT) -> files.Written:
    return files.write(out, modules, snapshot, out.parent / "pyproject.toml")


def compare(out: Path, modules: Mapping[str, str] = MODULES, snapshot: Mapping[str, str] = SNAPSHOT) -> list[str]:
    return [str(each) for each in files.compare(out, modules, snapshot, out.parent / "pyproject.toml")]


def state(root: Path) -> dict[str, str]:
    """Everything below a folder, links by where they lead."""
    found: dict[str, str] = {}
    for path in root.rglob("*"):
        if path.is_symlink():
            found[str(path)] = f"-> {path.readlink()}"
        elif path.is_file():
            found[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def put(file: Path, text: str = "precious\n") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_what_nothing_emits_any_more_is_removed_and_what_is_others_stays(out: Path) -> None:
    write(out)
    others = {"package/__pycache__/a.pyc", "package/mine.py", "schemas/notes.json", ".git/HEAD", "pyproject.toml"}
    for path in others:
        put(out / path)
    done = write(out, OTHERS, OTHER_SNAPSHOT)
    assert done.removed == ("package/a.py", "package/py.typed", "schemas/huggingface/LlamaConfig.json")
    assert {path for path in others if (out / path).read_text("utf-8") == "precious\n"} == others
    assert owned(out).listed == {*OTHERS, *OTHER_SNAPSHOT, MANIFEST}
    # Among the modules and schemas they would be taken for the generator's.
    told = "is none of the generator's files; move it elsewhere"
    assert compare(out, OTHERS, OTHER_SNAPSHOT) == [f"package/mine.py: {told}", f"schemas/notes.json: {told}"]


def no_folder(out: Path) -> None:
    put(out)


def somebody_elses(out: Path) -> None:
    put(out / "thesis.txt")


def a_hidden_file(out: Path) -> None:
    put(out / ".git/HEAD")


def another_manifest(out: Path) -> None:
    put(out / MANIFEST, '{"name": "a web app", "icons": []}')


def another_package(out: Path) -> None:
    write(out, {"other/a.py": "x = 1\n"})


def a_linked_manifest(out: Path) -> None:
    elsewhere = out.with_name("elsewhere")
    write(elsewhere)
    out.mkdir()
    (out / MANIFEST).symlink_to(elsewhere / MANIFEST)


def a_file_of_that_name(out: Path) -> None:
    write(out, {"package/b.py": "y = 2\n"})
    put(out / "package/a.py")


def a_folder_of_that_name(out: Path) -> None:
    write(out)
    (out / "package/a.py").unlink()
    put(out / "package/a.py/thesis.txt")


def a_file_where_a_folder_is_to_be(out: Path) -> None:
    write(out, MODULES, {"schemas/versions.json": "{}\n"})
    put(out / "schemas/huggingface")


def a_package_that_is_a_link(out: Path) -> None:
    write(out)
    (out / "package").rename(out.with_name("elsewhere"))
    (out / "package").symlink_to(out.with_name("elsewhere"))


def a_module_that_is_a_link(out: Path) -> None:
    write(out)
    (out / "package/b.py").unlink()
    (out / "package/b.py").symlink_to(put(out.with_name("precious.py")))


def a_link_to_nothing(out: Path) -> None:
    write(out, {"package/b.py": "y = 2\n"})
    (out / "package/a.py").symlink_to(out.with_name("not there"))


def a_link_where_something_is_to_be_removed(out: Path) -> None:
    write(out, {**MODULES, "package/gone/old.py": "x = 1\n"})
    (out / "package/gone").rename(out.with_name("gone"))
    (out / "package/gone").symlink_to(out.with_name("gone"))


REFUSED: Mapping[Callable[[Path], None], str] = {
    no_folder: "out is no folder",
    somebody_elses: "out holds thesis.txt and no manifest.json of this generator; nothing there is known",
    a_hidden_file: "out holds .git and no manifest.json",
    another_manifest: "manifest.json is no manifest of this generator: it does not have its three keys",
    another_package: "out is generated from the table of other",
    a_linked_manifest: "out holds manifest.json and no manifest.json of this generator",
    a_file_of_that_name: "out/package/a.py: is there, and manifest.json does not list it",
    a_folder_of_that_name: "out/package/a.py: is no file",
    a_file_where_a_folder_is_to_be: "out/schemas/huggingface/LlamaConfig.json: schemas/huggingface is no folder",
    a_package_that_is_a_link: "out/package/a.py: package is a link",
    a_module_that_is_a_link: "out/package/b.py: is a link",
    a_link_to_nothing: "out/package/a.py: is a link",
    a_link_where_something_is_to_be_removed: "out/package/gone/old.py: package/gone is a link",
}


@pytest.mark.parametrize("spoil", REFUSED, ids=lambda spoil: spoil.__name__)
def test_what_is_not_the_generators_is_refused_by_name(out: Path, spoil: Callable[[Path], None]) -> None:
    spoil(out)
    before = state(out.parent)
    with pytest.raises(FolderError) as caught:
        write(out)
    assert REFUSED[spoil] in str(caught.value)
    assert state(out.parent) == before


@pytest.mark.parametrize(
    "path",
    [
        "../precious.py",
        "/precious.py",
        "package/../../precious.py",
        "thesis.txt",
        ".git/HEAD",
        "package",
        "",
        "a\\b.py",
    ],
)
@pytest.mark.parametrize("section", ["files", "snapshot"])
def test_a_manifest_lists_what_a_run_writes(out: Path, section: str, path: str) -> None:
    """Whatever somebody writes into it, nothing else is removed."""
    write(out)
    put(out.with_name("precious.py"))
    known = json.loads((out / MANIFEST).read_text("utf-8"))
    known[section][path] = ["0" * 16] * 2 if section == "files" else "0" * 16
    put(out / MANIFEST, json.dumps(known))
    before = state(out.parent)
    with pytest.raises(FolderError, match="which no run writes"):
        write(out)
    assert state(out.parent) == before


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "{}", "1", "[" * 100_000, '{"style": "", "files": {}}', "\ufeff{}"),
        '{"style": "", "files": {"package/a.py": 1}, "snapshot": {}}',
        '{"style": 1, "files": {}, "snapshot": {}}',
        '{"style": "", "files": [], "snapshot": {}}',
        '{"style": "", "files": {}, "snapshot": {"schemas/a.json": null}}',
    ],
)
def test_a_manifest_that_cannot_be_read_is_none(out: Path, text: str) -> None:
    write(out)
    put(out / MANIFEST, text)
    before = state(out)
    for run in (write, compare):
        with pytest.raises(FolderError, match="is no manifest of this generator"):
            run(out)
    assert state(out) == before


def test_a_manifest_that_is_no_text_is_none(out: Path) -> None:
    write(out)
    (out / MANIFEST).write_bytes(b"\xff")
    with pytest.raises(FolderError, match="is no manifest of this generator"):
        write(out)


def test_a_link_to_the_folder_is_the_folder(out: Path) -> None:
    write(out)
    link = out.with_name("link")
    link.symlink_to(out)
    assert write(link).changed == ()


# Edits.


def forge(out: Path, text: str) -> None:
    """An edit of a module, and of the digest by which it would be known."""
    (out / "package/a.py").write_bytes(text.encode("latin-1"))
    known = json.loads((out / MANIFEST).read_text("utf-8"))
    known["files"]["package/a.py"][1] = hashlib.sha256((out / "package/a.py").read_bytes()).hexdigest()[:16]
    put(out / MANIFEST, json.dumps(known))


def test_who_trusts_the_manifest_writes_only_what_it_does_not_have(out: Path) -> None:
    write(out)
    forge(out, "x = [2]\n")
    (out / "package/b.py").write_text("y = 3\n", "utf-8")
    files.write(out, MODULES, SNAPSHOT, out.parent / "pyproject.toml", trusts_manifest=True)
    assert (out / "package/b.py").read_text("utf-8") == "y = 2\n"
    assert (out / "package/a.py").read_text("utf-8") == "x = [2]\n"
    assert compare(out) == ["package/a.py: was edited by hand, and so was manifest.json"]


@pytest.mark.parametrize(
    "text",
    [
        "x = [2]\n",
        "x = [1]  # one\n",
        "# one\nx = [1]\n",
        "x = [1],\n",
        "x = (1)\n",
        "x = [1\n",
        "\xff",
        '"""A."""\nx = [1]\n',
    ],
)
def test_an_edit_and_its_digest_are_found_and_undone(out: Path, text: str) -> None:
    write(out)
    forge(out, text)
    assert compare(out) == ["package/a.py: was edited by hand, and so was manifest.json"]
    assert write(out).changed == (MANIFEST, "package/a.py")
    assert (out / "package/a.py").read_text("utf-8") == "x = [1]\n"
    assert compare(out) == []


# Interruptions.


class Interrupted(BaseException):
    """As of a signal."""


@pytest.mark.parametrize("steps", range(8))
def test_after_an_interruption_the_next_run_goes_on(out: Path, monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    """At every point, of a first run and of one that changes, adds and removes."""

    def interrupted(modules: Mapping[str, str], snapshot: Mapping[str, str]) -> None:
        # True for each step that is made; once it is not, and what tidies up after that is.
        made = chain([True] * steps, [False], repeat(True))

        def step(act: Callable[..., object]) -> Callable[..., object]:
            def stepped(*given: object, **named: object) -> object:
                if not next(made):
                    raise Interrupted
                return act(*given, **named)

            return stepped

        with monkeypatch.context() as patched:
            patched.setattr(Path, "replace", step(Path.replace))
            patched.setattr(Path, "unlink", step(Path.unlink))
            with suppress(Interrupted):
                write(out, modules, snapshot)

    interrupted(MODULES, SNAPSHOT)
    assert files.present(out).keys() <= owned(out).listed
    write(out)
    assert compare(out) == []
    interrupted(OTHERS, OTHER_SNAPSHOT)
    write(out, OTHERS, OTHER_SNAPSHOT)
    assert compare(out, OTHERS, OTHER_SNAPSHOT) == []
    assert files.present(out).keys() == {*OTHERS, *OTHER_SNAPSHOT, MANIFEST}


def test_a_first_run_that_was_killed_is_done_again(out: Path) -> None:
    put(out / f".{MANIFEST}.0123abcd", "{")
    write(out)
    assert compare(out) == []


def test_a_file_is_written_whole_or_not_at_all(out: Path) -> None:
    file = put(out / "a.py", "x = 1\n")
    with pytest.raises(UnicodeEncodeError):
        files.put(file, "x = 2\n\ud800")
    assert state(out) == state(out) | {str(file): hashlib.sha256(b"x = 1\n").hexdigest()}
    assert [path.name for path in out.iterdir()] == ["a.py"]


def test_a_folder_that_cannot_be_written_is_said(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(FolderError, match="No space left on device; the same command goes on where this one stopped"):
        write(out)


def test_who_interrupts_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "emit", interrupted)
    assert main(["emit"]) == INTERRUPTED
    assert capsys.readouterr().err == "interrupted; the same command goes on from here\n"
