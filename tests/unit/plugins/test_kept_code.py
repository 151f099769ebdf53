# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What our plugins import is compiled once, and not in each run of Ansible."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

LOOK = """
import os, sys
from ansible.utils.collection_loader._collection_finder import _AnsibleCollectionFinder
_AnsibleCollectionFinder(paths=[os.environ["ANSIBLE_COLLECTIONS_PATH"]])._install()
from ansible_collections.crdb.cloud.plugins.plugin_utils import _entries
ours = [module for name, module in sys.modules.items() if name.startswith("ansible_collections.crdb.cloud.plugins.") and module.__file__]
kept = [module.__name__ for module in ours if getattr(module, "__cached__", None) and os.path.isfile(module.__cached__)]
print(*kept)
"""


def test_the_code_of_our_plugins_is_kept(tmp_path):
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path), "PYTHONDONTWRITEBYTECODE": ""}
    kept = subprocess.run(
        [sys.executable, "-c", LOOK], env=environment, check=True, capture_output=True, text=True
    ).stdout.split()
    assert any(name.endswith("._entries") for name in kept) and any(".module_utils." in name for name in kept)
    # Nothing else of Ansible is found by it.
    assert all(name.startswith("ansible_collections.crdb.cloud.plugins.") for name in kept)
    assert not list(Path(tmp_path).rglob("action/*.pyc"))
