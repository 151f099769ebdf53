# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment for runs of Ansible on the sandbox: nothing of the caller's own keys, addresses and settings."""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def environment(home: Path) -> dict[str, str]:
    """What Ansible needs, with *home* for all that it writes. There is no COCKROACH_* and no CRDB_* in it."""
    values = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "ANSIBLE_COLLECTIONS_PATH": os.environ.get("ANSIBLE_COLLECTIONS_PATH", str(ROOT / ".cache" / "collections")),
        "ANSIBLE_HOME": str(home / "ansible"),
        # What pip needs where packages come through a mirror or a proxy.
        **{
            name: value
            for name, value in os.environ.items()
            if name.startswith("PIP_") or name.lower().endswith("_proxy")
        },
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }
    if sys.stdout.isatty():
        values["ANSIBLE_FORCE_COLOR"] = "true"
    return values
