#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: egress_rules
short_description: Manage all destinations that a cluster may connect to by itself
version_added: 1.0.0
description:
  - Manages any number of egress rules of an Advanced cluster in one task, with one listing and only the requests that differ. Each waits until it is in force,
    since the service changes one rule at a time.
  - Rules work where M(crdb.cloud.egress_traffic_policy) forbids the rest; that is never changed by the way, but a warning says so.
  - What the service manages for itself is neither shown nor changed.
  - When the request for one rule fails, the others are tried all the same. The task fails at its end and names each that failed; the next run
    does what is left.
  - Needs O(api_version=2022-09-20) or newer.
  - Waits for a cluster that is still being created.
options:
  rules:
    description: The rules. Each name may be listed once.
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - Id of an existing egress rule. If there is none, nothing is created.
        type: str
      name:
        description:
          - Name of the rule. It can't be changed.
        type: str
        required: true
      type:
        description:
          - What O(rules[].destination) is. Needed to create.
        type: str
        choices: [FQDN, CIDR]
      destination:
        description:
          - A domain name such as V(storage.example.com), or a network such as V(203.0.113.0/24). Needed to create.
        type: str
      ports:
        description:
          - All ports of O(rules[].destination) that are allowed, in any order; others are taken out. With none, V([]), all are.
          - From some ports to all there is no way but to make the rule anew, see O(rules[].recreate).
        type: list
        elements: int
      description:
        description:
          - What the rule is for. An empty string removes the text.
        type: str
      recreate:
        description:
          - Whether a rule may be deleted and made anew where the API can't change it. What needs it can't connect meanwhile.
        type: bool
        default: false
      state:
        description:
          - Whether it shall exist.
        type: str
        choices: [present, absent]
        default: present
  purge:
    description:
      - Whether to delete the rules of the cluster that O(rules) does not list, so that there are exactly these.
    type: bool
    default: false
  protected:
    description:
      - Names of rules that are never deleted, whatever O(purge) says.
      - A rule that is listed here and with O(rules[].state=absent) is an error.
    type: list
    elements: str
    default: []
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.egress_rule
  - module: crdb.cloud.egress_rule_info
  - module: crdb.cloud.egress_traffic_policy
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.child
  - crdb.cloud.wait
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Exactly these
  crdb.cloud.egress_rules:
    cluster: payments-prod
    purge: true
    rules:
      - name: kafka
        type: CIDR
        destination: 203.0.113.9/32
        ports: [9093]
      - name: backups
        type: FQDN
        destination: storage.example.com
        ports: [443]
        description: backups to our own storage

- name: Nothing else can be reached
  crdb.cloud.egress_traffic_policy:
    cluster: payments-prod
    allow_all: false
"""

RETURN = r"""
---
egress_rules:
  description: All egress rules of the cluster but those that the service manages for itself.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: Id of the rule., type: str, returned: always}
    name: {description: Its name., type: str, returned: always}
    type: {description: 'V(FQDN) or V(CIDR).', type: str, returned: always}
    destination: {description: What may be connected to., type: str, returned: always}
    ports: {description: 'The ports, sorted. With none all are allowed.', type: list, elements: int, returned: always}
    description: {description: What the rule is for., type: str, returned: always}
    state: {description: 'V(ACTIVE), or what becomes of it.', type: str, returned: always}
    crl_managed: {description: Whether the service manages it for itself., type: bool, returned: always}

results:
  description: What became of each rule, those of O(rules) in their order, then those that O(purge) deletes.
  returned: success, and when single rules failed
  type: list
  elements: dict
  contains:
    name: {description: Its name., type: str, returned: always}
    action:
      description:
        - V(created), V(updated), V(deleted), V(unchanged), V(failed), or V(skipped) where nothing could succeed any more after an earlier failure.
      type: str
      returned: always
    changed: {description: 'Whether a request changed something.', type: bool, returned: always}
    msg: {description: 'Why it failed or was skipped.', type: str, returned: when it failed or was skipped}

plan:
  description: The requests that were made, or in check mode would be made, in order. Empty when nothing differs.
  returned: success
  type: list
  elements: dict
  contains:
    action: {description: 'V(create), V(update) or V(delete).', type: str, returned: always}
    summary: {description: 'What it does, in words.', type: str, returned: always}
    changes: {description: 'The fields that change, each with C(before) and C(after). Secrets are hidden.', type: dict, returned: always}

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

from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import collection_module
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.egress import EGRESS_RULE
from ansible_collections.crdb.cloud.plugins.module_utils._reconcile.reconciler import Reconciler

MODULE = collection_module(
    "egress_rules",
    EGRESS_RULE,
    lambda run, entries: Reconciler(run).ensure_all(EGRESS_RULE, entries),
    entries="rules",
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
