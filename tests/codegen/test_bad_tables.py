"""What is wrong with a table is said with its file and line, and never with a traceback."""

from __future__ import annotations

import ast
import dataclasses
import keyword
import textwrap
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

import pytest

from codegen import commands, new_family, project
from codegen.__main__ import main
from codegen.loading import TableError, listed
from codegen.names import problem_of_family, problem_of_package
from codegen.project import GENERATED, ROOT
from codegen.snapshot import SnapshotError, load
from codegen.style import formatted
from codegen.text import comment, documentation, quoted
from tests.codegen.scenarios.choice import table as toys

NUMBERS = count()

GOOD = """
    from codegen.megatron.targets import GPT
    from codegen.table import Family, Ignored, Kind, Rename, must_be

    FAMILY = Family(
        config="acme.AcmeConfig",
        covers="Acme's models.",
        parts=(),
        targets=(GPT,),
        rows=(
            Rename("hidden_size", "hidden_size"),
            must_be("twist", (0.0,), "Megatron has no twist"),
        ),
    )
"""

Table = Callable[..., Path]


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Table:
    """Writes a table of a new name, which modules that were imported before do not know."""
    monkeypatch.syspath_prepend(tmp_path)

    def write(package: str = 'PACKAGE = "acme_mappers"', name: str = "acme", **modules: str) -> Path:
        folder = tmp_path / f"table_{next(NUMBERS)}"
        folder.mkdir()
        for module, text in {"__init__": package, name: GOOD, **modules}.items():
            (folder / f"{module}.py").write_text(textwrap.dedent(text).strip() + "\n", encoding="utf-8")
        return folder

    return write


def told(capsys: pytest.CaptureFixture[str], folder: Path, command: str = "emit", *more: str) -> str:
    """What the command says of the table; it writes nothing."""
    out = folder.parent / "out"
    assert main([command, *more, "--families", str(folder), "--out", str(out)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert not out.exists()
    return said.err


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


BAD: Mapping[str, tuple[str, str]] = {
    "syntax": ("FAMILY = (\n", "acme.py:1: SyntaxError: '(' was never closed"),
    "indentation": ("if True:\nx = 1", "acme.py:2: IndentationError: expected an indented block"),
    "null": ("x = 1\n\0", "acme.py: SyntaxError: source code string cannot contain null bytes"),
    "import": (
        "import math\nimport nowhere_at_all",
        "acme.py:2: ModuleNotFoundError: No module named 'nowhere_at_all'",
    ),
    "name": ("from codegen.table import Rown", "acme.py:1: ImportError: cannot import name 'Rown'"),
    "raises": ("x = 1\n\n1 / 0", "acme.py:3: ZeroDivisionError: division by zero"),
    "exits": ("raise SystemExit(3)", "acme.py:1: SystemExit: 3"),
    "recursion": ("def f():\n    f()\nf()", "acme.py:2: RecursionError: "),
    "arguments": (changed("covers=", "cover="), "acme.py:4: TypeError: "),
    "number": ("FAMILY = 1", "acme.py:1: FAMILY: 1 is no Family"),
    "empty": ("FAMILY = ()", "acme.py:1: FAMILY: () is no Family"),
    "tuple": ("FAMILY: object = (1,)", "acme.py:1: FAMILY: (1,) is no Family"),
    "none": ("FAMILY = None", "acme.py:1: FAMILY: None is no Family"),
    "types": (changed('"hidden_size", "hidden_size"', "1, 2"), "acme.py:10: FAMILY.rows[0].field: 1 is no str"),
    "reason": (changed('"Megatron has no twist"', "None"), "acme.py:11: FAMILY.rows[1].why: None is no str"),
    "values": (changed("(0.0,)", "([],)"), "acme.py:11: FAMILY.rows[1].test.allowed[0]: [] is no "),
    "row": (
        changed('must_be("twist", (0.0,), "Megatron has no twist")', "None"),
        "acme.py:11: FAMILY.rows[1]: None is no ",
    ),
    "part": (changed("parts=()", "parts=(1,)"), "acme.py:7: FAMILY.parts[0]: 1 is no Part"),
    "list": (changed("targets=(GPT,)", "targets=[GPT]"), "acme.py:8: FAMILY.targets: ["),
    "targets": (changed("targets=(GPT,)", "targets=()"), "acme.py:8: FAMILY.targets: a family has one at least"),
    "config": (
        changed('"acme.AcmeConfig"', '"AcmeConfig"'),
        "acme.py:5: FAMILY.config: 'AcmeConfig' is no import path",
    ),
    "class": (changed('"acme.AcmeConfig"', "dict"), "acme.py:5: FAMILY.config: <class 'dict'> is no str"),
    "covers": (changed('"Acme\'s models."', '" "'), "acme.py:6: FAMILY.covers: say which models it is for"),
    "surrogate": (changed("Acme's", "\\ud800"), "which no source line can have"),
    "line end": (changed("Acme's", "\\u2028"), "which no source line can have"),
    "two": (f"{textwrap.dedent(GOOD)}\nOTHER = FAMILY", "acme.py:15: OTHER is a family; each has a file of its own"),
    "another name": (changed("FAMILY =", "FAMLY ="), "acme.py:4: FAMLY is a family; each has a file of its own"),
    "lambda": (
        "from codegen.table import Family, Local\nFAMILY = Family('a.B', 'x', (), (), (Local('x', len, 'why'),))",
        "is no ",
    ),
}
"""The module of a family, and what is said of it."""


@pytest.mark.parametrize(("text", "said"), BAD.values(), ids=BAD)
def test_a_bad_family_has_a_file_and_a_line(
    table: Table, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    folder = table(acme=text)
    error = told(capsys, folder)
    assert error.startswith(f"{folder.name}/acme.py:"), error
    assert said in error, error
    assert "Traceback" not in error


def test_all_that_is_wrong_is_said_at_once(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    folder = table(acme="FAMILY = 1", other="(", third=GOOD, **{"class": GOOD, "a.b": GOOD, "_x": GOOD, "dump": GOOD})
    lines = told(capsys, folder).splitlines()
    assert [line.removeprefix(f"{folder.name}/").partition(": ")[0] for line in lines] == [
        "a.b.py",
        "_x.py:4",
        "acme.py:1",
        "class.py:4",
        "dump.py:4",
        "other.py:1",
    ]


PACKAGES: Mapping[str, tuple[str, str]] = {
    "none": ("", "__init__.py defines no PACKAGE"),
    "syntax": ("PACKAGE = (", "__init__.py:1: SyntaxError"),
    "raises": ("x = 1\nimport nowhere_at_all", "__init__.py:2: ModuleNotFoundError"),
    "circle": ("from . import acme\nfrom .acme import NOTHING", "__init__.py:2: ImportError: cannot import name"),
    **{
        repr(name): (f"x = 1\nPACKAGE = {name!r}", f"__init__.py:2: PACKAGE: {name!r} is")
        for name in ("../escape", "/abs", "", "class", "a.b", "a/b", "a b", "json", "torch", "schemas", "é", 1, None)
    },
    "underscore": ("PACKAGE = '_acme'", "__init__.py:1: PACKAGE: '_acme' begins with an underscore"),
    "ours": ("PACKAGE = 'mcore_mappers'", "__init__.py:1: PACKAGE: mcore_mappers is this project's own package"),
}


@pytest.mark.parametrize(("text", "said"), PACKAGES.values(), ids=PACKAGES)
def test_a_bad_package_has_a_file_and_a_line(
    table: Table, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    folder = table(package=text)
    assert f"{folder.name}/{said}" in told(capsys, folder)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("OWNERS = 1", "OWNERS: 1 is no "),
        ("OWNERS = (1,)", "OWNERS[0]: 1 is no Group"),
        ("REFUSED_CLASSES = 'no'", "REFUSED_CLASSES: 'no' is no "),
        ("REMOTE = {1: 2}", "REMOTE: {1: 2} is no "),
        ("REFUSED = {'a': 1}", "REFUSED.a: 1 is no str"),
        ("OLDEST = None", "OLDEST: None is no "),
    ],
)
def test_what_else_a_table_says_is_of_its_type(
    table: Table, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    folder = table(package=f"PACKAGE = 'acme_mappers'\n{text}")
    assert told(capsys, folder).startswith(f"{folder.name}/__init__.py:2: {said}")


def test_a_table_of_a_name_that_is_taken(table: Table, capsys: pytest.CaptureFixture[str]) -> None:
    for name, said in (("json", "another package of this name is imported"), ("my-table", "no module can be named")):
        folder = table()
        folder = folder.rename(folder.with_name(name))
        assert said in told(capsys, folder)


@pytest.mark.parametrize("inside", ["codegen/families/x", "generated", "runtime", "templates/a/b", "tests"])
def test_nothing_of_another_table_is_generated_among_ours(
    table: Table, capsys: pytest.CaptureFixture[str], inside: str
) -> None:
    assert main(["emit", "--families", str(table()), "--out", str(ROOT / inside)]) == 1
    assert "holds other things; name another folder" in capsys.readouterr().err


def test_every_file_of_our_own_table_is_a_family(table: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = table(helper="x = 1")
    package = __import__(folder.name)
    assert [*listed(package)] == ["acme"]
    with pytest.raises(TableError, match=r"helper\.py:1: the file defines no FAMILY"):
        listed(package, only_families=True)


# Names.


def test_no_family_hides_what_its_package_has_beside_it() -> None:
    generated = {path.stem for path in (GENERATED / "mcore_mappers").glob("*.py")}
    families = {path.stem for path in (ROOT / "codegen/families").glob("[a-z]*.py")}
    public = {
        "cpu",
        "diff",
        "dump",
        "families",
        "fields",
        "layers",
        "load",
        "to_args",
        "to_hf",
        "to_megatron",
        "typing",
    }
    for name in (
        *(generated - families),
        *public,
        *keyword.kwlist,
        "REGISTRY",
        "__dir__",
        "a.b",
        "a-b",
        "a/b",
        "",
        "ﬁ",
    ):
        assert problem_of_family(name), name
    assert [name for name in families if problem_of_family(name)] == []


def test_packages_have_names_of_their_own() -> None:
    assert not problem_of_package("acme_mappers")
    assert all(map(problem_of_package, ("sys", "typing", "codegen", "mcore_mappers_runtime", "None", "1a", b"a")))


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "", ".", "a b", "a..b", "-", "llama.", "a/b", "x\n"])
def test_a_draft_of_no_name(name: str) -> None:
    place = project.Place(project.Table((), ()), ROOT, GENERATED, ROOT)
    with pytest.raises(new_family.DraftError, match="is neither a model_type nor the import path of a config class"):
        new_family.new(place, [name])


def test_an_explanation_of_no_family(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "../../x"]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


# Texts.

TEXTS = (
    "a 'b' \"c\"",
    'ends with "',
    'has """ in it',
    "ends with \\",
    "\\N{x} \\x \\u",
    "two\nlines\n",
    "é → 漢",
    '"',
    "\\",
)


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_stands_in_generated_code(text: str) -> None:
    """As documentation, as a string, and as a comment."""
    assert ast.literal_eval(f'"""{documentation(text)}"""') == text
    assert ast.literal_eval(f"({quoted(text)})") == text
    assert all(line.startswith("#") for line in comment(text).splitlines())
    tables = tuple(dataclasses.replace(each, doc=text) for each in toys.FAMILY.tables)
    family = dataclasses.replace(toys.FAMILY, covers=text, tables=tables)
    modules = project.modules(project.Table((family,), toys.OWNERS), toys.SNAPSHOT)
    for path in ("mcore_mappers/toy.py", "mcore_mappers/_families.py", "mcore_mappers/_tables.py"):
        formatted(modules[path], path, project.PYPROJECT)


# Lines of what the resolver says, and snapshots that cannot be read.


def test_a_diagnostic_has_the_line_of_its_row(
    table: Table, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = table(
        acme=changed("acme.AcmeConfig", "acme.NoConfig").replace('Rename("hidden_size"', 'Rename("hiden_size"')
    )
    monkeypatch.setattr(commands, "committed", lambda place: load(project.GENERATED / "schemas"))
    error = told(capsys, folder)
    assert f"MAP022 {folder.name}/acme.py:4: Family('acme'): the snapshot has no class acme.NoConfig" in error


SCHEMAS: Mapping[str, tuple[bytes, str]] = {
    "no UTF-8": (b'{\n"a": "\xff"}', "versions.json:2: no UTF-8: invalid start byte"),
    "no JSON": (b'{\n"a": }', "versions.json:2: no JSON: "),
    "truncated": (b'{\n"a": "1",\n', "versions.json:3: no JSON: "),
    "empty": (b"", "versions.json:1: no JSON: "),
    "a list": (b"[]", "versions.json is no object"),
    "null": (b"null", "versions.json is no object"),
    "not a number": (b'{"transformers": NaN}', "versions.json: no JSON: NaN"),
    "deep": (b"[" * 100_000, "versions.json: no JSON: "),
    "digits": (b'{"a": ' + b"1" * 5000 + b"}", "versions.json: no JSON: "),
    "a mark": (b"\xef\xbb\xbf{}", "versions.json:1: no JSON: "),
}


@pytest.mark.parametrize(("text", "said"), SCHEMAS.values(), ids=SCHEMAS)
def test_a_bad_schema_has_a_file_and_a_line(tmp_path: Path, text: bytes, said: str) -> None:
    (tmp_path / "versions.json").write_bytes(text)
    with pytest.raises(SnapshotError) as caught:
        load(tmp_path)
    assert str(tmp_path / said) in str(caught.value)
