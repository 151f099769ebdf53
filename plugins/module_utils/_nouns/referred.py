# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nouns that others live in or refer to, each imported when somebody looks for it: a module brings no others along than it needs."""

from __future__ import annotations

from .noun import Noun

REFERRED = frozenset(
    ("cluster", "folder", "person", "scim_group", "scim_user", "service_account", "virtual_cluster_workspace")
)


def referred(name: str) -> Noun:
    """The noun of that name; KeyError where it is none of REFERRED. The imports are plain ones: ansible-core looks for what a module needs."""
    found: Noun
    if name == "cluster":
        from .cluster import CLUSTER as found
    elif name == "folder":
        from .folder import FOLDER as found
    elif name == "person":
        from .people import PERSON as found
    elif name == "scim_group":
        from .scim import SCIM_GROUP as found
    elif name == "scim_user":
        from .scim import SCIM_USER as found
    elif name == "service_account":
        from .access import SERVICE_ACCOUNT as found
    elif name == "virtual_cluster_workspace":
        from .virtual_cluster import VIRTUAL_CLUSTER_WORKSPACE as found
    else:
        raise KeyError(name)
    return found
