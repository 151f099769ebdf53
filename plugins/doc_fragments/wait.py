# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of waiting; the options are WAIT_OPTIONS of module_utils/_module.py."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Whether to wait until the change is in force, and until a cluster that is busy can be changed.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds to wait at most. When they are over the task fails with the last state; the operation itself goes on.
    type: float
    default: 7200
  wait_interval:
    description:
      - Seconds between two looks. If not set, it grows from one second to five, and to thirty for clusters of the plan Advanced.
    type: float
"""
