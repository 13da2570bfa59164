"""Reads the flags in a shell script, or in a file of arguments, without running anything.

Of bash are read: words, quotes, comments and continued lines; variables that are assigned plain text, with defaults
(`${LAYERS:-32}`); sums and products (`$((HIDDEN * 4))`); arrays (`MODEL_ARGS=( ... )`, `+=`), and text that is a list
of flags (`GPT_ARGS="--num-layers 32"`).
Conditions and loops are not followed: what stands in them counts as if it ran once. Flags count where they stand, in
order, once; that a command passes an array of them on adds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, cast

from . import documents
from .arithmetic import calculated

_NAME: Final = re.compile(r"[A-Za-z_]\w*")
_ASSIGNMENT: Final = re.compile(r"([A-Za-z_]\w*)\+?=")
_DEFAULT: Final = re.compile(r"([A-Za-z_]\w*):?[-=](.*)", re.DOTALL)
_LIST: Final = re.compile(r"([A-Za-z_]\w*)\[[@*]\]")
_IN_NUMBERS: Final = re.compile(r"\$?\b([A-Za-z_]\w*)|\$\{([A-Za-z_]\w*)\}")
"""A variable in what is calculated, where it needs no dollar sign."""
_PREFIX: Final = re.compile("export|local|readonly|declare|typeset|then|else|do|-[A-Za-z]+")
"""What an assignment may stand after."""
_PLAIN: Final = re.compile(r"""[^\s;&|<>()'"\\$`]+""")
_QUOTED: Final = re.compile(r"""[^"\\$`]+""")
"""What stands for itself in a word, and between quotes."""
_LONGEST: Final = 2**15
"""Characters of a word: variables that are put into each other grow without end."""
_SEPARATORS: Final = ";&|<>\n"


@dataclass(frozen=True)
class Word:
    """A word of a script."""

    text: str
    """With its variables put in; what could not be resolved stands as it is written."""
    unresolved: tuple[str, ...] = ()
    """What could not be: variables, and commands whose output would stand there."""

    @property
    def is_flag(self) -> bool:
        return self.text.startswith("--") and len(self.text) > 2


@dataclass(frozen=True)
class Flags:
    """The flags that a script has."""

    words: tuple[Word, ...]
    """Flags and what stands after them, in order."""
    elsewhere: tuple[str, ...] = ()
    """What else it takes flags from: files that it sources, arrays that it does not define."""


def read_flags(text: str) -> Flags | Mapping[str, object]:
    """The flags of a script, or of a list of flags in JSON; or the arguments that a file in JSON or YAML holds by name.

    Raises:
        ValueError: the text begins like a mapping in JSON and is none, a list holds something else than words, or a
            word has no end.
    """
    found = _document(text)
    if isinstance(found, list):
        if not all(isinstance(each, str | int | float) for each in found):
            raise ValueError("a list of arguments holds words and numbers, and nothing else")
        return Flags(tuple(Word(str(each)) for each in found))
    return _Script(text).flags() if found is None else found


def _document(text: str) -> Mapping[str, object] | list[object] | None:
    """What the text holds as data; None where it is a script."""
    found: object = None
    if text.lstrip().startswith("{"):
        found = documents.from_json(text)
    elif text.lstrip().startswith("["):
        try:
            found = documents.from_json(text)
        except ValueError:
            return None  # the test that a script begins with
    elif re.search(r"^[ \t]*[\w.-]+:(\s|$)", text, re.MULTILINE):
        try:
            found = documents.from_yaml(text)
        except (ValueError, RecursionError):
            return None
    if isinstance(found, list):
        return cast("list[object]", found)
    return _flattened(cast("Mapping[str, object]", found)) if isinstance(found, dict) else None


def _flattened(values: Mapping[str, object]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in values.items():
        found |= _flattened(cast("Mapping[str, object]", value)) if isinstance(value, dict) else {name: value}
    return found


@dataclass
class _Script:
    """A script, read from its beginning."""

    text: str
    at: int = 0
    variables: dict[str, Word] = field(default_factory=dict[str, Word])
    lists: set[str] = field(default_factory=set[str])
    """Names of arrays, and of text that is a list of flags: what stands in them has been counted."""
    elsewhere: list[str] = field(default_factory=list[str])

    def flags(self) -> Flags:
        found: list[Word] = []
        while self.at < len(self.text):
            found += self._statement()
        return Flags(tuple(found), tuple(dict.fromkeys(self.elsewhere)))

    def _statement(self) -> list[Word]:
        """The flags up to the next separator."""
        found: list[Word] = []
        first = True
        while not self._ends():
            assigned = _ASSIGNMENT.match(self.text, self.at) if first else None
            if assigned is not None:
                self.at = assigned.end()
                found += self._assigned(assigned[1])
                continue
            words = self._words()
            if first and words and words[0].text in (".", "source"):
                self.elsewhere += [" ".join(each.text for each in (words[0], *self._rest()))]
                return found
            first = first and bool(words) and _PREFIX.fullmatch(words[0].text) is not None
            # What stands before the first flag is a program, and what it runs.
            found += [each for each in words if found or each.is_flag]
        self.at += 1
        return found

    def _rest(self) -> Iterator[Word]:
        while not self._ends():
            yield from self._words()

    def _ends(self, ends: str = _SEPARATORS) -> bool:
        """Whether a statement ends here, after blanks and a comment; a bracket that belongs to nothing is a blank."""
        while self.at < len(self.text):
            if self.text.startswith("\\\n", self.at):
                self.at += 2
            elif self.text[self.at] in " \t\r" or (self.text[self.at] in "()" and ends is _SEPARATORS):
                self.at += 1
            elif self.text[self.at] == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                return self.text[self.at] in ends
        return True

    def _assigned(self, name: str) -> list[Word]:
        """The flags in what is assigned to a name."""
        if self.text.startswith("(", self.at):
            self.at += 1
            self.lists.add(name)
            found: list[Word] = []
            while not self._ends(")"):
                if self.text[self.at] in _SEPARATORS:
                    self.at += 1
                else:
                    found += self._words()
            self.at += 1
            return found if any(each.is_flag for each in found) else []
        blank = self.at >= len(self.text) or self.text[self.at].isspace()
        value = Word("") if blank else self._word(split=False)[0]
        if value.text.lstrip().startswith("--"):
            self.lists.add(name)
            return _split(value)
        self.variables[name] = value
        return []

    def _words(self) -> list[Word]:
        """What a word of the script stands for: mostly one, none for an array that has been counted."""
        return self._word(split=True)

    def _word(self, *, split: bool) -> list[Word]:
        start, pieces, quoted = self.at, [Word("")], False

        def add(piece: Word, *, whole: bool) -> None:
            parts = [piece] if whole or not split else _split(piece)
            for index, part in enumerate(parts):
                if index:
                    pieces.append(Word(""))
                pieces[-1] = Word(pieces[-1].text + part.text, pieces[-1].unresolved + part.unresolved)
                _measure(pieces[-1].text)

        while self.at < len(self.text):
            here = self.text[self.at]
            if here.isspace() or here in ";&|<>()":
                break
            if here == "'":
                add(Word(self._until("'")), whole=True)
                quoted = True
            elif here == '"':
                add(self._quoted(), whole=True)
                quoted = True
            elif here == "\\":
                add(Word(self.text[self.at + 1 : self.at + 2].replace("\n", "")), whole=True)
                self.at += 2
            elif here in "$`":
                add(self._expansion(), whole=False)
            else:
                add(Word(self._run(_PLAIN)), whole=True)
        if self.at == start:
            self.at += 1  # nothing that begins a word
        if self.text[self.at : self.at + 1] in ("<", ">") and self.text[start : self.at].isdigit():
            return []  # the number of what is redirected
        is_array = _LIST.search(self.text[start : self.at]) is not None
        return [each for each in pieces if each.text or (quoted and not is_array)]

    def _run(self, plain: re.Pattern[str]) -> str:
        """The characters from here on that mean nothing but themselves; at least one."""
        found = plain.match(self.text, self.at)
        start, self.at = self.at, found.end() if found else self.at + 1
        return self.text[start : self.at]

    def _until(self, end: str) -> str:
        start, found = self.at + 1, self.text.find(end, self.at + 1)
        self.at = len(self.text) if found < 0 else found + 1
        return self.text[start : len(self.text) if found < 0 else found]

    def _quoted(self) -> Word:
        self.at += 1
        text, unresolved = "", tuple[str, ...]()
        while self.at < len(self.text) and self.text[self.at] != '"':
            if self.text[self.at] == "\\":
                after = self.text[self.at + 1 : self.at + 2]
                text += "" if after == "\n" else after if after in '"$`\\' else f"\\{after}"
                self.at += 2
            elif self.text[self.at] in "$`":
                piece = self._expansion()
                text, unresolved = text + piece.text, unresolved + piece.unresolved
            else:
                text += self._run(_QUOTED)
            _measure(text)
        self.at += 1
        return Word(text, unresolved)

    def _expansion(self) -> Word:
        """What a dollar sign, or a command in backquotes, stands for."""
        start = self.at
        if self.text[start] == "`":
            self._until("`")
            return self._unknown(start)
        after = self.text[start + 1 : start + 2]
        if after in ("{", "("):
            self._bracket(after, "}" if after == "{" else ")")
            inside = self.text[start + 2 : self.at - 1]
            return self._variable(start, inside) if after == "{" else self._command(start, inside)
        name = _NAME.match(self.text, start + 1)
        self.at = name.end() if name else start + min(2, len(self.text) - start)
        return self._variable(start, name[0]) if name else self._unknown(start)

    def _bracket(self, opening: str, closing: str) -> None:
        depth, self.at = 0, self.at + 1
        while self.at < len(self.text):
            depth += (self.text[self.at] == opening) - (self.text[self.at] == closing)
            self.at += 1
            if not depth:
                return

    def _variable(self, start: int, inside: str) -> Word:
        if listed := _LIST.fullmatch(inside):
            if listed[1] not in self.lists:
                self.elsewhere.append(self.text[start : self.at])
            return Word("")
        default = _DEFAULT.fullmatch(inside)
        name = default[1] if default else inside
        if name in self.lists:
            return Word("")
        if name in self.variables:
            return self.variables[name]
        if default is None:
            return self._unknown(start)
        reader = _Script(f'"{default[2]}"', variables=self.variables, lists=self.lists, elsewhere=self.elsewhere)
        return reader._quoted()

    def _command(self, start: int, inside: str) -> Word:
        """What stands in round brackets: a command, of which nothing is known, or numbers in two pairs of them."""
        if not (inside.startswith("(") and inside.endswith(")")):
            return self._unknown(start)
        value = calculated(_IN_NUMBERS.sub(self._number, inside[1:-1]))
        return self._unknown(start) if value is None else Word(str(value))

    def _number(self, name: re.Match[str]) -> str:
        value = self.variables.get(name[1] or name[2], Word(name[0]))
        return name[0] if value.unresolved else f"({value.text})"

    def _unknown(self, start: int) -> Word:
        text = self.text[start : self.at]
        return Word(text, (text,))


def _measure(text: str) -> None:
    if len(text) > _LONGEST:
        raise ValueError("one of its words is longer than any in a script")


def _split(word: Word) -> list[Word]:
    """As the shell splits what stands for a word, at blanks; what is not resolved stays in one piece."""
    joined = {each: re.sub(r"\s", "\0", each) for each in word.unresolved}
    text = word.text
    for each, together in joined.items():
        text = text.replace(each, together)
    return [
        Word(piece.replace("\0", " "), tuple(each for each, together in joined.items() if together in piece))
        for piece in text.split()
    ]
