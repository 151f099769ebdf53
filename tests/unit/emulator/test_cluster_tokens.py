# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of a session token: base64 with Go's complaints, protobuf."""

from __future__ import annotations

import base64
import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crdb_emulator.cluster_api import tokens


@given(st.integers(0, 2**63 - 1), st.binary(max_size=40))
def test_round_trip(number: int, secret: bytes) -> None:
    assert tokens.decode(tokens.encode(number, secret)) == (number, secret)


def test_the_sample_of_the_documentation() -> None:
    number, secret = tokens.decode("CIGAiPis4fj3CBIQ3u0rRQJ3tD8yIqee4hipow==")
    assert number == 643982907299463169
    assert len(secret) == tokens.SECRET_BYTES
    assert tokens.encode(number, secret) == "CIGAiPis4fj3CBIQ3u0rRQJ3tD8yIqee4hipow=="


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("yes", 0),
        ("a", 0),
        ("abcde", 4),
        ("ab-d", 2),
        ("=", 0),
        ("a===", 1),
        ("ab=", 3),
        ("ab=c", 3),
        ("ab==c", 4),
        ("abc=d", 4),
        ("abc d", 3),
    ],
)
def test_what_go_says(text: str, offset: int) -> None:
    with pytest.raises(tokens.NotBase64, match=f"^illegal base64 data at input byte {offset}$"):
        tokens.decode(text)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_token_or_refused(message: bytes) -> None:
    with contextlib.suppress(tokens.NotAToken):
        tokens.decode(base64.b64encode(message).decode())


@given(st.text(max_size=40))
def test_any_text_is_a_token_or_refused(text: str) -> None:
    with contextlib.suppress(tokens.NotAToken, tokens.NotBase64):
        tokens.decode(text)
