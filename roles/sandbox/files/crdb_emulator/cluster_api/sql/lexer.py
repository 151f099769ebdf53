# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text to tokens.

Unquoted words are folded to lower case; ``"..."`` is taken as it is, ``""`` in it is one quote; ``'...'`` likewise
with ``''``; ``e'...'`` has backslash escapes; ``$1`` is a placeholder; ``--`` and (nested) ``/* */`` are comments.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum, auto

from crdb_emulator.cluster_api.sql.errors import SYNTAX, SqlError

MAX_PLACEHOLDER = 65_535


class Kind(Enum):
    """What a token is."""

    WORD = auto()
    QUOTED = auto()
    STRING = auto()
    INTEGER = auto()
    DECIMAL = auto()
    PLACEHOLDER = auto()
    SYMBOL = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A token; ``text`` is what it means, not how it was written."""

    kind: Kind
    text: str

    @property
    def near(self) -> str:
        """How an error names it."""
        return "EOF" if self.kind is Kind.END else self.text


_SPACE = re.compile(r"\s+|--[^\n]*")
_WORD = re.compile(r"[^\W\d][\w$]*")
_NUMBER = re.compile(r"(?:\d+\.\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_PLACEHOLDER = re.compile(r"\$([0-9]{1,9})(?![\w$])", re.ASCII)
_SYMBOL = re.compile(r":::|::|<=|>=|<>|!=|\|\||//|[-+*/%^=<>(),.;\[\]{}@~#&|:!?$\\`]")
_SIMPLE = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "a": "\a", "v": "\v"}
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|(.))", re.DOTALL)


def tokenize(text: str) -> list[Token]:
    """The tokens, the last one ``END``; raises ``SqlError`` 42601."""
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        if space := _SPACE.match(text, at):
            at = space.end()
        elif text.startswith("/*", at):
            at = _comment_end(text, at)
        elif text[at] == '"':
            value, at = _quoted(text, at, '"', "unterminated quoted identifier")
            if not value:
                raise SqlError(SYNTAX, "lexical error: zero-length delimited identifier")
            tokens.append(Token(Kind.QUOTED, unicodedata.normalize("NFC", value)))
        elif text[at] == "'":
            value, at = _quoted(text, at, "'", "unterminated string")
            tokens.append(Token(Kind.STRING, value))
        elif text[at] in "eE" and text.startswith("'", at + 1):
            value, at = _escaped(text, at + 2)
            tokens.append(Token(Kind.STRING, value))
        else:
            token, at = _other(text, at)
            tokens.append(token)
    return [*tokens, Token(Kind.END, "")]


def _other(text: str, at: int) -> tuple[Token, int]:
    if word := _WORD.match(text, at):
        return Token(Kind.WORD, unicodedata.normalize("NFC", word.group().lower())), word.end()
    if number := _NUMBER.match(text, at):
        kind = Kind.INTEGER if number.group().isdigit() else Kind.DECIMAL
        return Token(kind, number.group()), number.end()
    if placeholder := _PLACEHOLDER.match(text, at):
        number_of = int(placeholder.group(1))
        if not 1 <= number_of <= MAX_PLACEHOLDER:
            raise SqlError(SYNTAX, f"lexical error: placeholder index must be between 1 and {MAX_PLACEHOLDER}")
        return Token(Kind.PLACEHOLDER, str(number_of)), placeholder.end()
    if symbol := _SYMBOL.match(text, at):
        return Token(Kind.SYMBOL, symbol.group()), symbol.end()
    raise SqlError(SYNTAX, f'at or near "{text[at]}": syntax error')


def _comment_end(text: str, at: int) -> int:
    depth, at = 1, at + 2
    while depth:
        if at >= len(text):
            raise SqlError(SYNTAX, "lexical error: unterminated comment")
        if text.startswith("/*", at):
            depth, at = depth + 1, at + 2
        elif text.startswith("*/", at):
            depth, at = depth - 1, at + 2
        else:
            at += 1
    return at


def _quoted(text: str, at: int, mark: str, problem: str) -> tuple[str, int]:
    pieces: list[str] = []
    at += 1
    while True:
        end = text.find(mark, at)
        if end < 0:
            raise SqlError(SYNTAX, f"lexical error: {problem}")
        pieces.append(text[at:end])
        if not text.startswith(mark, end + 1):
            return "".join(pieces), end + 1
        pieces.append(mark)
        at = end + 2


def _escaped(text: str, at: int) -> tuple[str, int]:
    pieces: list[str] = []
    while at < len(text):
        letter = text[at]
        if letter == "'":
            if not text.startswith("'", at + 1):
                return "".join(pieces), at + 1
            pieces.append("'")
            at += 2
        elif letter == "\\" and (found := _ESCAPE.match(text, at)):
            pieces.append(_unescape(found))
            at = found.end()
        else:
            pieces.append(letter)
            at += 1
    raise SqlError(SYNTAX, "lexical error: unterminated string")


def _unescape(found: re.Match[str]) -> str:
    one, four, eight, octal, simple = found.groups()
    if simple is not None:
        return _SIMPLE.get(simple, simple)
    number = int(octal, 8) if octal else int(one or four or eight, 16)
    if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF or (octal and number > 0xFF):
        raise SqlError(SYNTAX, "lexical error: invalid escape")
    return chr(number)
