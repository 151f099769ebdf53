# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of a session token: standard base64 of the protobuf message ``{int64 id = 1; bytes secret = 2}`` [H]."""

from __future__ import annotations

import base64
import string

SECRET_BYTES = 16
_ALPHABET = frozenset((string.ascii_letters + string.digits + "+/").encode())
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5


class NotBase64(ValueError):
    """What Go says of text that is not base64."""


class NotAToken(ValueError):
    """Bytes that are not the message."""


def encode(number: int, secret: bytes) -> str:
    """The token of a session."""
    message = b"\x08" + _varint(number) + b"\x12" + _varint(len(secret)) + secret
    return base64.b64encode(message).decode()


def decode(text: str) -> tuple[int, bytes]:
    """Id and secret; raises ``NotBase64`` or ``NotAToken``."""
    return _message(_decode_base64(text.encode("utf-8", "surrogateescape")))


def _varint(number: int) -> bytes:
    result = bytearray()
    while number > 0x7F:
        result.append(number & 0x7F | 0x80)
        number >>= 7
    result.append(number)
    return bytes(result)


def _decode_base64(text: bytes) -> bytes:
    # Go names the offset of the first bad byte; CR and LF are skipped.
    at = _bad_offset(text)
    if at is not None:
        raise NotBase64(f"illegal base64 data at input byte {at}")
    return base64.b64decode(text.replace(b"\r", b"").replace(b"\n", b""))


def _bad_offset(text: bytes) -> int | None:
    quantum: list[int] = []
    places = [at for at, letter in enumerate(text) if letter not in b"\r\n"]
    for index, at in enumerate(places):
        if text[at] in _ALPHABET:
            quantum = [*quantum, at] if len(quantum) < 4 else [at]
            continue
        have = len(quantum) % 4
        if text[at] != ord("=") or have < 2:
            return at
        rest = places[index + 1 :]
        if have == 2:
            if not rest:
                return len(text)
            if text[rest[0]] != ord("="):
                return rest[0]
            rest = rest[1:]
        return rest[0] if rest else None
    have = len(quantum) % 4
    return len(text) - have if have else None


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise NotAToken("bad varint")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & (2**64 - 1), at
        shift += 7


def _message(data: bytes) -> tuple[int, bytes]:
    number, secret, at = 0, b"", 0
    while at < len(data):
        key, at = _read_varint(data, at)
        field, kind = key >> 3, key & 7
        if field == 0 or (field == 1 and kind != _VARINT) or (field == 2 and kind != _BYTES):
            raise NotAToken("bad field")
        if kind == _VARINT:
            value, at = _read_varint(data, at)
            if field == 1:
                number = value - 2**64 if value >= 2**63 else value
            continue
        if kind == _BYTES:
            size, at = _read_varint(data, at)
        else:
            size = {_FIXED64: 8, _FIXED32: 4}.get(kind, len(data) + 1)
        if at + size > len(data):
            raise NotAToken("truncated")
        if field == 2:
            secret = data[at : at + size]
        at += size
    return number, secret
