# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens under a parser's hands: it looks, takes, and writes down what it took in the server's spelling."""

from __future__ import annotations

from crdb_emulator.cluster_api.names import RESERVED, literal, quoted
from crdb_emulator.cluster_api.sql.errors import SqlError, syntax_error
from crdb_emulator.cluster_api.sql.lexer import Kind, Token, tokenize
from crdb_emulator.cluster_api.sql.syntax import Name

MAX_DEPTH = 60
_TIGHT_BEFORE = frozenset({",", ")", ".", ";"})
_TIGHT_AFTER = frozenset({"(", "."})


class Stream:
    """The tokens of one text."""

    def __init__(self, text: str) -> None:
        self._tokens = tokenize(text)
        self._at = 0
        self._pieces: list[str] = []
        self._after_name = False
        self.placeholders = 0
        self.depth = 0

    @property
    def token(self) -> Token:
        """The token in front."""
        return self._tokens[self._at]

    @property
    def next_token(self) -> Token:
        """The one behind it."""
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)]

    @property
    def at_end(self) -> bool:
        """Whether nothing is left."""
        return self.token.kind is Kind.END

    def start(self) -> None:
        """A new statement begins."""
        self._pieces.clear()
        self.placeholders = 0

    @property
    def text(self) -> str:
        """What was taken since, as the server would print it: keywords in upper case, names quoted if need be."""
        return "".join(self._pieces)

    def error(self, more: str = "") -> SqlError:
        """The syntax error at this place."""
        return syntax_error(self.token.near, more)

    def at_word(self, *words: str) -> bool:
        """Whether one of these keywords is in front."""
        return self.token.kind is Kind.WORD and self.token.text in words

    def at_symbol(self, *symbols: str) -> bool:
        """Whether one of these symbols is in front."""
        return self.token.kind is Kind.SYMBOL and self.token.text in symbols

    def accept(self, *words: str) -> bool:
        """Take a phrase of keywords if it is in front."""
        tokens = self._tokens[self._at : self._at + len(words)]
        if [(token.kind, token.text) for token in tokens] != [(Kind.WORD, word) for word in words]:
            return False
        for word in words:
            self._take(word.upper())
        return True

    def expect(self, *words: str) -> None:
        """Take a phrase of keywords; raises ``SqlError`` at the first that is not there."""
        for word in words:
            if not self.accept(word):
                raise self.error()

    def accept_symbol(self, symbol: str) -> bool:
        """Take a symbol if it is in front."""
        if not self.at_symbol(symbol):
            return False
        self._take(symbol)
        return True

    def expect_symbol(self, symbol: str) -> None:
        """Take a symbol."""
        if not self.accept_symbol(symbol):
            raise self.error()

    def keyword(self) -> str:
        """Take any word as a keyword."""
        if self.token.kind is not Kind.WORD:
            raise self.error()
        return self._take(self.token.text.upper()).text

    def identifier(self) -> str:
        """Take an identifier."""
        token = self.token
        if token.kind is not Kind.QUOTED and (token.kind is not Kind.WORD or token.text in RESERVED):
            raise self.error()
        return self._take(quoted(token.text), name=True).text

    def constant(self, *kinds: Kind) -> Token:
        """Take a string, a number or a placeholder."""
        token = self.token
        if token.kind not in kinds:
            raise self.error()
        shown = token.text
        if token.kind is Kind.STRING:
            shown = literal(token.text)
        elif token.kind is Kind.PLACEHOLDER:
            shown = f"${token.text}"
            self.placeholders = max(self.placeholders, int(token.text))
        return self._take(shown)

    def secret(self) -> str:
        """Take a string that is not to be shown: the server prints five stars [H]."""
        if self.token.kind is not Kind.STRING:
            raise self.error()
        return self._take("'*****'").text

    def name(self, *, most: int = 3, star: bool = False) -> Name:
        """Take a dotted name of up to ``most`` parts, or one that ends in ``*``."""
        parts: list[str] = []
        while True:
            if star and self.accept_symbol("*"):
                return Name(tuple(parts), star=True)
            parts.append(self.identifier())
            if len(parts) == most or not self.accept_symbol("."):
                return Name(tuple(parts))

    def _take(self, shown: str, *, name: bool = False) -> Token:
        if self._pieces and not (
            shown in _TIGHT_BEFORE or self._pieces[-1] in _TIGHT_AFTER or (shown == "(" and self._after_name)
        ):
            self._pieces.append(" ")
        self._pieces.append(shown)
        self._after_name = name
        token = self.token
        self._at += 1
        return token
