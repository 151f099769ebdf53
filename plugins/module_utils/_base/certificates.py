# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""As much of X.509 as it takes to compare certificates, and to say whose they are and how long they hold. Pure, without OpenSSL."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----\s(.*?)-----END \1-----", re.S)
SEQUENCE, SET, OBJECT_ID, UTC_TIME, GENERAL_TIME, VERSION = 0x30, 0x31, 0x06, 0x17, 0x18, 0xA0
# The attributes of a name that people write, by the bytes of their object ids.
ATTRIBUTES = {
    b"\x55\x04\x03": "CN",
    b"\x55\x04\x06": "C",
    b"\x55\x04\x07": "L",
    b"\x55\x04\x08": "ST",
    b"\x55\x04\x0a": "O",
    b"\x55\x04\x0b": "OU",
}


def certificates(pem: str) -> list[bytes]:
    """The certificates in the text *pem*, in order, without what stands around them; ValueError where there is none, or something else."""
    found = []
    for label, text in BLOCK.findall(pem):
        if label != "CERTIFICATE":
            raise ValueError(f"it has a {label}")
        der = base64.b64decode("".join(text.split()), validate=True)
        described(der)
        found.append(der)
    if not found or pem.count("-----BEGIN ") != len(found):
        raise ValueError("it has no certificate" if not found else "a certificate in it has no end")
    return found


def as_pem(der: bytes) -> str:
    """The certificate *der* as text."""
    text = base64.b64encode(der).decode()
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return "\n".join(("-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""))


def described(der: bytes) -> dict[str, str]:
    """The ``subject`` of a certificate, as in ``O=acme, CN=clients``, and the time until which it holds, ``not_after``; ValueError where it is none."""
    ((_tag, whole),) = _parts(der, SEQUENCE)
    tbs = next(_parts(whole))[1]
    # The version, which may lack, serial, algorithm and issuer come first.
    fields = [part for part in _parts(tbs) if part[0] != VERSION]
    if len(fields) < 6:
        raise ValueError("it is no certificate")
    (_start, _text), (tag, end) = _parts(fields[3][1])
    names = [(next(parts)[1], next(parts)[1]) for parts in map(_parts, _attributes(fields[4][1]))]
    shown = (f"{ATTRIBUTES[oid]}={value.decode('utf-8', 'replace')}" for oid, value in names if oid in ATTRIBUTES)
    return {"subject": ", ".join(shown), "not_after": _time(tag, end.decode("ascii"))}


def _attributes(name: bytes) -> Iterator[bytes]:
    for _tag, several in _parts(name, SET):
        for _tag, attribute in _parts(several, SEQUENCE):
            yield attribute


def _time(tag: int, text: str) -> str:
    digits = text.removesuffix("Z")
    if tag == UTC_TIME:
        # Of two digits, which are those of 1950 to 2049.
        digits = ("19" if digits >= "5" else "20") + digits
    if tag not in (UTC_TIME, GENERAL_TIME) or not re.fullmatch(r"\d{14}", digits):
        raise ValueError("its end is no time")
    year, rest = digits[:4], [digits[at : at + 2] for at in range(4, 14, 2)]
    return f"{year}-{rest[0]}-{rest[1]}T{':'.join(rest[2:])}Z"


def _parts(data: bytes, wanted: int = 0) -> Iterator[tuple[int, bytes]]:
    """The values one after the other in *data* (DER), each with its tag; all have to be *wanted*, if that is said."""
    at = 0
    while at < len(data):
        tag, size, at = data[at], data[at + 1] if at + 1 < len(data) else -1, at + 2
        if size & 0x80:
            count = size & 0x7F
            size, at = int.from_bytes(data[at : at + count], "big"), at + count
        if (wanted and tag != wanted) or size < 0 or at + size > len(data):
            raise ValueError("it is no certificate")
        yield tag, data[at : at + size]
        at += size
