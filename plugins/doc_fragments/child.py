# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options cluster and state of everything that belongs to a cluster."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  cluster:
    description:
      - Name or id of the cluster. An id saves the request that looks up a name.
    type: str
    required: true
"""

    STATE = r"""
options:
  state:
    description:
      - Whether it shall exist.
    type: str
    choices: [present, absent]
    default: present
"""
