# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nouns live in or refer to is found, and a module imports no more of them than it needs."""

from __future__ import annotations

import subprocess
import sys

import pytest

from ansible_collections.crdb.cloud.plugins.module_utils._nouns.referred import REFERRED, referred
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.registry import NOUNS, needs

LOADED = """
import importlib, sys
importlib.import_module("ansible_collections.crdb.cloud.plugins.modules." + sys.argv[1])
print([name.rpartition(".")[2] for name in sys.modules if "module_utils._nouns." in name])
"""


def test_all_that_nouns_need_is_referred_to():
    assert set().union(*(needs(noun) for noun in NOUNS.values())) == REFERRED
    for name in REFERRED:
        assert referred(name) is NOUNS[name]
    with pytest.raises(KeyError):
        referred("sql_user")


def test_a_module_brings_no_other_nouns_along():
    path = [part for part in sys.path if part.endswith("collections")]
    code = f"import sys; sys.path[:0] = {path}\n{LOADED}"
    done = subprocess.run([sys.executable, "-c", code, "sql_user"], capture_output=True, text=True, check=True)
    assert "'sql_user'" in done.stdout
    assert not any(f"'{name}'" in done.stdout for name in ("registry", "log_export", "cluster", "folder"))
