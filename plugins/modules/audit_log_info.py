#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: audit_log_info
short_description: Read the audit log of the organization
version_added: 1.0.0
description:
  - Reads the events of the organization, page by page to the end, each exactly once.
  - Needs O(api_version) V(2023-04-10) or newer.
options:
  starting_from:
    description:
      - RFC 3339 timestamp to start from. If not set, the log is read from its beginning, or with O(sort_order=DESC) from now.
      - To go on where an earlier run ended, give its RV(next_starting_from) here and its RV(next_exclude_ids) as O(exclude_ids).
    type: str
  exclude_ids:
    description:
      - Ids of entries that are known already. Several entries can share a timestamp, and servers differ in whether they send
        those of O(starting_from) itself.
    type: list
    elements: str
  sort_order:
    description: V(ASC) reads from the oldest to the newest entry, V(DESC) the other way round.
    type: str
    choices: [ASC, DESC]
    default: ASC
  limit:
    description: About how many entries the server shall send in one page. It decides if this is not set.
    type: int
  max_entries:
    description: How many entries to return at most. All if not set.
    type: int
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: The last 50 events
  crdb.cloud.audit_log_info:
    sort_order: DESC
    max_entries: 50
  register: result

- name: Go on where the last run ended
  crdb.cloud.audit_log_info:
    starting_from: "{{ result.next_starting_from }}"
    exclude_ids: "{{ result.next_exclude_ids }}"
    sort_order: DESC
"""

RETURN = r"""
---
entries:
  description: The entries, each C(payload) parsed where it is JSON.
  returned: success
  type: list
  elements: dict
  sample:
    - id: 6f1e7c9a-2b3c-4d5e-8f90-1a2b3c4d5e6f
      created_at: "2026-05-12T10:11:12.131415Z"
      action: AUDIT_LOG_ACTION_CREATE_CLUSTER
      cluster_name: orders-prod
      payload: {provider: GCP}
next_starting_from:
  description: Where to go on; V(null) when there is nothing older to read.
  returned: success
  type: str
  sample: "2026-05-12T10:11:12.131415Z"
next_exclude_ids:
  description: Ids of entries already read that the server may send again.
  returned: success
  type: list
  elements: str
  sample: [6f1e7c9a-2b3c-4d5e-8f90-1a2b3c4d5e6f]
complete:
  description: V(false) when O(max_entries) ended the reading.
  returned: success
  type: bool
  sample: true

error:
  description: What the API answered, when the task failed because of that.
  returned: when the API refused a request
  type: dict
  contains:
    status: {description: HTTP status., type: int, returned: always}
    code: {description: The code of the API (a gRPC code); V(null) if the answer had none., type: int, returned: always}
    message: {description: The message of the API., type: str, returned: always}
    details: {description: Further details of the API., type: list, elements: raw, returned: always}
    method: {description: The method of the request., type: str, returned: always}
    path: {description: The path of the request., type: str, returned: always}
"""

from ansible_collections.crdb.cloud.plugins.module_utils._audit.reads import audit_log
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import info_module
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option

MODULE = info_module(
    "audit_log_info",
    "",
    audit_log,
    (
        Option("starting_from"),
        Option("exclude_ids", type="list", elements="str"),
        Option("sort_order", choices=("ASC", "DESC"), default="ASC"),
        Option("limit", type="int"),
        Option("max_entries", type="int"),
    ),
    since="2023-04-10",
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
