#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: guardrails
short_description: Judge the plan of a fleet by rules
version_added: 1.0.0
description:
  - Judges the objects of a plan that is there already, by the rules of O(crdb.cloud.fleet#module:rules) and by rules of your own, which are expressions as
    in M(ansible.builtin.assert). All objects are judged in one task.
  - Fails where a rule with V(severity=error) is broken, and names the objects. The role P(crdb.cloud.guardrails#role) plans a fleet for it, and shows what
    was found.
  - It sends no request, and always runs in the controller. What the objects say is data, also where it looks like a template.
options:
  plan:
    description:
      - The path of a file that O(crdb.cloud.fleet#module:plan_out) has written, or the registered result of M(crdb.cloud.fleet) with
        O(crdb.cloud.fleet#module:report_objects=true).
      - What the rules of that fleet have found is kept.
    type: raw
    required: true
  rules:
    description:
      - The rules, built-in ones and your own. What a rule can't tell is a warning.
    type: list
    elements: dict
    required: true
    suboptions:
      rule:
        description:
          - The rule.
          - V(no_open_allowlist) - No cluster lets everybody in with C(0.0.0.0/0).
          - V(no_wide_networks) - No network of an allowlist is wider than O(rules[].min_mask).
          - V(private_only) - Every cluster is an Advanced one without public addresses.
          - V(delete_protection) - Every cluster has delete protection.
          - V(required_labels) - Every cluster has all O(rules[].labels).
          - V(allowed_regions) - Clusters are in the regions O(rules[].allowed) alone.
          - V(allowed_providers) - Clusters are at the providers O(rules[].allowed).
          - V(allowed_plans) - Clusters have one of the plans O(rules[].allowed).
          - V(budget) - What the limits of Basic clusters come to in a month is within O(rules[].dollars), that of each within O(rules[].per_cluster).
            A Basic cluster without a limit breaks it; what others cost is not known.
          - V(limit_required) - Every Basic cluster has a spend limit.
          - V(version_support) - The version of every Standard and Advanced cluster is supported for another O(rules[].days) days, as
            the service says.
          - V(max_deletes) - At most O(rules[].max) objects are deleted.
          - V(max_changes) - At most O(rules[].max) objects are created, changed or deleted.
          - 'V(no_admin_sql_users) - No SQL user is created, but for those in O(rules[].allowed): the Cloud API makes each an admin.'
          - V(name_pattern) - The names of clusters, or of what O(rules[].when.nouns) says, match O(rules[].pattern) as a whole.
          - V(no_roles) - Nobody who is listed has one of O(rules[].roles).
          - V(key_age) - No API key that is listed is older than O(rules[].days) days when the plan is done.
        type: str
        choices: [no_open_allowlist, no_wide_networks, private_only, delete_protection, required_labels, allowed_regions, allowed_providers,
          allowed_plans, budget, limit_required, version_support, max_deletes, max_changes, no_admin_sql_users, name_pattern, no_roles,
          key_age]
      name:
        description:
          - The name of a rule of your own, for what it finds.
        type: str
      that:
        description:
          - What has to hold of each object, an expression or a list of them as in M(ansible.builtin.assert), without braces.
          - The variable C(object) is one of RV(crdb.cloud.fleet#module:objects), C(plan) has all of them.
          - Members that not every object has need a default.
          - Deleted objects, whose C(object.after) is V(null), are judged where O(rules[].when.actions) has V(delete).
        type: raw
      msg:
        description:
          - What to say where O(rules[].that) does not hold.
        type: str
      severity:
        description:
          - Whether what breaks the rule refuses the plan, or is a warning.
        type: str
        choices: [error, warning]
        default: error
      when:
        description:
          - 'The objects that the rule is for: those that all members fit. Words are patterns, in which V(*) is any text.'
          - What is in a cluster has the labels, the folder, the plan and the provider of the cluster.
        type: dict
        suboptions:
          nouns:
            description:
              - Kinds of objects, such as V(cluster) or V(sql_user).
            type: list
            elements: str
          names:
            description:
              - Names of objects.
            type: list
            elements: str
          clusters:
            description:
              - Names of the clusters that objects are, or are in.
            type: list
            elements: str
          labels:
            description:
              - Labels, each with a value or a list of values.
            type: dict
          folders:
            description:
              - Paths of folders, such as V(/platform). What is below them counts.
            type: list
            elements: str
          plans:
            description:
              - Plans of clusters.
            type: list
            elements: str
          providers:
            description:
              - Providers of clusters.
            type: list
            elements: str
          actions:
            description:
              - 'What the plan does: V(create), V(change), V(delete), V(unchanged).'
            type: list
            elements: str
      allowed:
        description:
          - What is allowed, as patterns.
        type: list
        elements: str
      labels:
        description:
          - The labels, each with the values that are allowed, or nothing where all are.
        type: dict
      dollars:
        description:
          - US dollars a month for all clusters together.
        type: float
      per_cluster:
        description:
          - US dollars a month for each cluster.
        type: float
      days:
        description:
          - Days.
        type: int
      max:
        description:
          - How many objects at most.
        type: int
      min_mask:
        description:
          - The shortest mask that is allowed, 0 to 32.
        type: int
      pattern:
        description:
          - A regular expression of Python.
        type: str
      roles:
        description:
          - Roles, as patterns.
        type: list
        elements: str
  versions:
    description:
      - RV(crdb.cloud.cluster_version_info#module:versions) of M(crdb.cloud.cluster_version_info), for V(version_support). Without it
        the end of support is not known.
    type: list
    elements: dict
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.fleet
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.info
"""

EXAMPLES = r"""
---
- name: Plan a fleet
  crdb.cloud.fleet:
    name: shop
    clusters: "{{ shop_clusters }}"
    report_objects: true
  check_mode: true
  register: planned

- name: Refuse what breaks a rule
  crdb.cloud.guardrails:
    plan: "{{ planned }}"
    rules:
      - {rule: no_open_allowlist}
      - name: databases_of_teams
        when: {nouns: [database]}
        that: object.name is match('team_')
        msg: name databases after the team, as team_orders
      - name: two_regions
        severity: warning
        when: {nouns: [cluster], labels: {env: prod}}
        that: object.after.regions | default([]) | length > 1

- name: The same of a plan file that somebody wants to have applied
  crdb.cloud.guardrails:
    plan: shop-plan.json
    rules: "{{ company_rules }}"
"""

RETURN = r"""
---
findings:
  description: What the rules find fault with, by object.
  returned: when the plan was judged, also when the task failed because of that
  type: list
  elements: dict
  contains:
    rule: {description: 'The built-in rule, or the name of your own.', type: str, returned: always}
    severity: {description: 'V(error), or V(warning), which also is what a rule can not tell.', type: str, returned: always}
    noun: {description: 'What it is about, such as V(cluster); V(fleet) for the plan as a whole.', type: str, returned: always}
    name: {description: 'What that is called.', type: str, returned: always}
    cluster: {description: 'The cluster that it is, or is in; V(null) for none.', type: str, returned: always}
    msg: {description: 'What is wrong with it.', type: str, returned: always}
  sample:
    - {rule: delete_protection, severity: error, noun: cluster, name: orders-prod, cluster: orders-prod, msg: it has no delete protection}
table:
  description: The same as lines with columns.
  returned: when the plan was judged, also when the task failed because of that
  type: list
  elements: str
  sample: ["error  delete_protection  cluster 'orders-prod'  it has no delete protection"]
judged:
  description: How many objects the plan has.
  returned: when the plan was judged, also when the task failed because of that
  type: int
  sample: 12
"""

from ansible_collections.crdb.cloud.plugins.module_utils._edge.guardrails import OWN_RULES_OPTION
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import NONE, Module, in_the_controller_alone
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option

MODULE = Module(
    name="guardrails",
    options=(
        Option("plan", type="raw", required=True),
        OWN_RULES_OPTION,
        Option("versions", type="list", elements="dict"),
    ),
    run=in_the_controller_alone("guardrails"),
    connection=NONE,
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
