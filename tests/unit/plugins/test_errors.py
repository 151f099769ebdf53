# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text for people: one line that no terminal obeys."""

from __future__ import annotations

import pytest

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import ApiError, CrdbError, printable


@pytest.mark.parametrize("text", ["", "orders", "Größe: 3 €", "a\\b 'c' \"d\"", "集群"])
def test_what_prints_stays(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2Jgone", "\\x1b[2Jgone"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("ok\rfailed\nok", "ok\\rfailed\\nok"),
        ("\x9b31m", "\\x9b31m"),
        ("a\u202eb", "a\\u202eb"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_a_terminal_would_obey_does_not(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_errors_say_it_so() -> None:
    error = ApiError("no\x1b[2J", status=400, method="GET", path="/x", code=3).during("read '\x07'")
    assert str(error) == "Failed to read '\\x07': no\\x1b[2J (HTTP 400, code 3)"
    assert error.as_result()["msg"] == str(error)
    assert str(CrdbError("bad", "try\x08 this")) == "bad. try\\x08 this"
