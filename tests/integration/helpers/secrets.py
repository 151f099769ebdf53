# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Planted secrets, and the search for them in everything that a run writes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from urllib.parse import quote, quote_plus

# The documented shape of a key, and a token of three base64url parts; neither opens anything but the emulator here.
API_KEY = "CCDB1_plantedplantedplanted1_integrationintegrationintegration1234567"
JWT = "eyJhbGciOiJwbGFudGVkIn0.eyJzdWIiOiJwbGFudGVkLWluLXRlc3RzIn0.cGxhbnRlZC1zaWduYXR1cmUtaW4tdGVzdHM"


def spellings(secret: str) -> set[str]:
    """The forms in which a secret may show up: as it is, in JSON, in Python's repr, in a URL."""
    return {
        secret,
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(secret)[1:-1])[1:-1],
        repr(secret)[1:-1],
        quote(secret, safe=""),
        quote_plus(secret),
    }


def hits(secrets: Iterable[str], texts: Mapping[str, str]) -> list[str]:
    """Where a secret was found: the name of the text and the line, with the secret itself cut out."""
    found = []
    # Ansible wraps long lines, even inside of words: the second search is for the text without any white space.
    unwrapped = {name: "".join(text.split()) for name, text in texts.items()}
    for secret in secrets:
        for spelling in spellings(secret):
            joined = "".join(spelling.split())
            for name, text in (*texts.items(), *unwrapped.items()):
                looked_for = joined if text is unwrapped[name] else spelling
                at = text.find(looked_for)
                if at >= 0:
                    before, after = text[max(0, at - 200) : at], text[at + len(looked_for) : at + len(looked_for) + 100]
                    found.append(f"{name}: ...{before}<<SECRET>>{after}...")
    return found
