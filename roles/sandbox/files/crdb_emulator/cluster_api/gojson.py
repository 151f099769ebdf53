# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""JSON as Go's ``encoding/json`` writes it [H]: compact, with ``<``, ``>`` and ``&`` escaped; what a struct marks
``omitempty`` vanishes when it is zero (``omit``).
"""

from __future__ import annotations

import json
from typing import Any

_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def go_json(value: Any) -> bytes:
    """Compact JSON with Go's escapes; these characters occur in strings only, so escaping the whole is safe."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=float)
    return text.translate(_ESCAPES).encode("utf-8", "replace")


def omit(**fields: Any) -> dict[str, Any]:
    """The fields that are not zero, as ``omitempty`` does: no 0, "", false, nil or empty list."""
    return {name: value for name, value in fields.items() if value or isinstance(value, dict)}
