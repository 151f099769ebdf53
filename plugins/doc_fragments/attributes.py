# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of what the modules support."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode and return the changed status prediction without modifying the target.
    support: full
  diff_mode:
    description: Returns details on what has changed (or possibly needs changing in check mode), when in diff mode.
    support: full
  idempotent:
    description: When run twice in a row with the same arguments, the second run reports no change.
    support: full
"""

    INFO = r"""
options: {}
attributes:
  check_mode:
    description: Can run in check mode and return the changed status prediction without modifying the target.
    support: full
    details:
      - This module only reads.
  diff_mode:
    description: Returns details on what has changed (or possibly needs changing in check mode), when in diff mode.
    support: N/A
    details:
      - This module only reads.
  idempotent:
    description: When run twice in a row with the same arguments, the second run reports no change.
    support: full
    details:
      - This module only reads.
"""

    ACTIONGROUP_CLOUD = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/crdb.cloud.cloud) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - crdb.cloud.cloud
"""

    ACTIONGROUP_CLUSTER_API = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/crdb.cloud.cluster_api) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - crdb.cloud.cluster_api
"""
