# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SQL errors: a SQLSTATE and the server's wording."""

from __future__ import annotations

# [H] The code of an error without one of its own.
UNCATEGORIZED = "XXUUU"
SYNTAX = "42601"


class SqlError(Exception):
    """An error the server would raise."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def wrapped(self, prefix: str) -> SqlError:
        """The same error with what was being done in front."""
        return SqlError(self.code, f"{prefix}: {self.message}")

    def to_json(self) -> dict[str, str]:
        """``{code, message, severity}`` [H]."""
        return {"code": self.code, "message": self.message, "severity": "ERROR"}


def syntax_error(near: str, more: str = "") -> SqlError:
    """42601 ``at or near "x": syntax error`` [H]."""
    return SqlError(SYNTAX, f'at or near "{near}": syntax error{": " + more if more else ""}')


def no_role(name: str) -> SqlError:
    """42704."""
    return SqlError("42704", f'role/user "{name}" does not exist')


def no_database(name: str) -> SqlError:
    """3D000."""
    return SqlError("3D000", f'database "{name}" does not exist')


def no_relation(name: str) -> SqlError:
    """42P01."""
    return SqlError("42P01", f'relation "{name}" does not exist')


def no_schema() -> SqlError:
    """3F000: what SHOW says of a database or a schema it does not find [H]."""
    return SqlError("3F000", "target database or schema does not exist")


def denied(message: str) -> SqlError:
    """42501."""
    return SqlError("42501", message)
