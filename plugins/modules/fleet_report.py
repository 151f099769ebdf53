#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: fleet_report
short_description: Write a page about a fleet, its plan or its last run
version_added: 1.0.0
description:
  - Writes one HTML file that says what a fleet changes, what it may cost, which clusters are worth a look, and below each cluster every step with its
    fields. It can be searched, filtered and grouped, without a server, and be read on a phone and on paper.
  - On request it writes the same as JSON, and as metrics for the textfile collector of C(node_exporter).
  - It is made of exactly one of O(result), O(plan) and O(variables), and sends no request. What was not read is unknown, and never 0.
  - The page loads nothing from anywhere and sends nothing. Its Content Security Policy allows only its own style and script; names and labels stay text.
options:
  result:
    description:
      - The registered result of M(crdb.cloud.fleet), of a run or of check mode, also of one that failed.
      - With O(crdb.cloud.fleet#module:report_objects=true) the page knows folders and what stays as it is, and with
        O(crdb.cloud.fleet#module:report_unlisted=true) the clusters that are not listed.
    type: dict
  plan:
    description:
      - Path of the file that O(crdb.cloud.fleet#module:plan_out) has written.
    type: path
  variables:
    description:
      - Path of a YAML file whose top level is the options of M(crdb.cloud.fleet), such as M(crdb.cloud.organization_export) writes, or of a directory of them.
      - It is read as data. No template in it is evaluated, no secret of a vault is opened, and no value of what is below a cluster gets into the report.
    type: path
  dest:
    description:
      - Path of the page. Its directory must exist, and what is there is replaced.
      - It is made readable for its owner alone. If you change its mode, it stays as you have set it, also in later runs.
    type: path
    required: true
  json_dest:
    description:
      - Path of a file for the same as JSON. Its mode is as that of O(dest).
      - What is in it is described for RV(report), and beside that it has C(rows), one for each cluster, failures first.
    type: path
  metrics_dest:
    description:
      - Path of a file for metrics in the text format of Prometheus. Give it a name that ends in C(.prom), in the directory of the textfile collector.
      - It is replaced as a whole, and always readable for all users (C(0644)), since the collector is another one.
      - What is unknown has no metric.
    type: path
  fleet:
    description:
      - Name of the fleet on the page and in the metrics, where the source does not tell it, or another one is nicer to read.
    type: str
  organization:
    description:
      - Name of the organization, likewise. Only a plan tells its id.
    type: str
  budget:
    description:
      - US dollars a month that the fleet may cost, to compare the limits with.
    type: float
  group_by:
    description:
      - What the table is grouped by at first, V(folder), or a label, such as V(label:team). It can be changed on the page.
    type: str
    default: folder
  versions:
    description:
      - RV(crdb.cloud.cluster_version_info#module:versions) of M(crdb.cloud.cluster_version_info), to tell which clusters run a version near the end of
        its support. Unknown if not set.
    type: list
    elements: dict
  support_days:
    description:
      - How many days before its end the support of a version is near its end.
    type: int
    default: 90
notes:
  - It writes in check mode, too, since a plan is made there, and never reports a change.
attributes:
  check_mode:
    support: full
    details:
      - The files are written in check mode as well.
  diff_mode:
    support: N/A
    details:
      - Nothing is changed.
requirements:
  - Jinja2 and PyYAML, which come with ansible-core, for the Python that runs the module
author:
  - crdb.cloud contributors (@crdb-cloud)
seealso:
  - module: crdb.cloud.fleet
  - module: crdb.cloud.organization_export
  - module: crdb.cloud.cluster_version_info
extends_documentation_fragment:
  - crdb.cloud.attributes
"""

EXAMPLES = r"""
---
- name: What would change?
  crdb.cloud.fleet:
    name: shop
    clusters: "{{ shop_clusters }}"
    report_objects: true
    report_unlisted: true
    plan_out: shop-plan.json
  check_mode: true
  register: planned

- name: Show it on a page, and to Prometheus
  crdb.cloud.fleet_report:
    result: "{{ planned }}"
    fleet: shop
    dest: shop.html
    metrics_dest: /var/lib/node_exporter/textfile/crdb_shop.prom
    budget: 2000
    group_by: label:team

- name: A page for those who review a plan
  crdb.cloud.fleet_report:
    plan: shop-plan.json
    dest: shop-plan.html
    json_dest: shop-plan-report.json

- name: Read until when versions are supported
  crdb.cloud.cluster_version_info:
  register: found

- name: A page about what the variables of a fleet describe
  crdb.cloud.fleet_report:
    variables: shop.yml
    dest: shop-wanted.html
    versions: "{{ found.versions }}"
"""

RETURN = r"""
---
report:
  description: What the report says, without its rows. Whatever is V(null) was not read.
  returned: success
  type: dict
  contains:
    schema: {description: 'V(crdb.cloud.fleet_report).', type: str, returned: always}
    version: {description: 'Version of this form; V(1).', type: int, returned: always}
    written: {description: 'When the report was written.', type: str, returned: always}
    source:
      description: C(kind) is V(result), V(plan) or V(variables); C(path) its file and C(time) when the plan was made, where there is one.
      type: dict
      returned: always
    fleet: {description: 'Name of the fleet.', type: str, returned: always}
    organization: {description: 'C(id) and C(name) of the organization.', type: dict, returned: always}
    drift: {description: 'Whether anything differs from what is wanted.', type: bool, returned: always}
    counts:
      description:
        - Objects to C(create), C(change) and C(delete), those C(unchanged), and C(unchanged_clusters); C(failed) counts clusters, with all that is in them,
          and objects of the organization where something failed.
      type: dict
      returned: always
    clusters: {description: 'How many clusters the report is about.', type: int, returned: always}
    money:
      description:
        - US dollars a month that limits allow, C(before) and C(after) the plan, as text such as V(50.00); C(not_known) names the clusters that are not in it.
        - C(budget) is O(budget), and C(over_budget) whether C(after) is more.
      type: dict
      returned: always
    risks:
      description:
        - The clusters C(without_limit), C(open_to_everybody), C(unprotected), C(near_end_of_support) and C(not_listed).
        - For each, C(count) is how many are known to be so, C(clusters) names them, and C(not_read) is of how many it was not read. C(count) is V(null)
          where none is known to be so, and not all were read.
      type: dict
      returned: always
    findings: {description: 'How many findings of guard rails are C(error) and C(warning).', type: dict, returned: always}
    failed: {description: 'The names of those where something failed.', type: list, elements: str, returned: always}
  sample: {schema: crdb.cloud.fleet_report, version: 1, fleet: shop, drift: true, clusters: 12}
dest:
  description: Absolute path of the page.
  returned: success
  type: str
  sample: /srv/reports/shop.html
json_dest:
  description: Absolute path of the JSON file; V(null) where none was asked for.
  returned: success
  type: str
  sample: /srv/reports/shop.json
metrics_dest:
  description: Absolute path of the file with metrics; V(null) where none was asked for.
  returned: success
  type: str
  sample: /var/lib/node_exporter/textfile/crdb_shop.prom
"""

from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import NONE, Module
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option
from ansible_collections.crdb.cloud.plugins.module_utils._report.files import fleet_report

MODULE = Module(
    "fleet_report",
    (
        Option("result", type="dict"),
        Option("plan", type="path"),
        Option("variables", type="path"),
        Option("dest", type="path", required=True),
        Option("json_dest", type="path"),
        Option("metrics_dest", type="path"),
        Option("fleet"),
        Option("organization"),
        Option("budget", type="float"),
        Option("group_by", default="folder"),
        Option("versions", type="list", elements="dict"),
        Option("support_days", type="int", default=90),
    ),
    fleet_report,
    rules={
        "mutually_exclusive": [["result", "plan", "variables"]],
        "required_one_of": [["result", "plan", "variables"]],
    },
    connection=NONE,
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
