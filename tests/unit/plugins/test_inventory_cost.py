# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from ansible.release import __version__ as ansible_version

CLUSTERS = 2000
# Before ansible-core 2.19, which tags text, taking in a host costs 20 microseconds: reading what the API said of it weighs more there.
AT_MOST = 1.5 if tuple(map(int, ansible_version.split(".")[:2])) >= (2, 19) else 1.9
TESTS = Path(__file__).resolve().parents[2]


def test_an_inventory_costs_little_more_than_what_ansible_does_with_it(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "bench.inventory_cost", str(tmp_path), str(CLUSTERS)],
        cwd=TESTS,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    cost = json.loads(done.stdout)
    assert cost["hosts"] == CLUSTERS
    assert cost["plugin"] <= AT_MOST * cost["core"], cost
