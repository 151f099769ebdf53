#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: region_info
short_description: List the regions that clusters can be in
version_added: 1.0.0
description:
  - Lists the regions in which a cloud provider can hold clusters.
options:
  provider:
    description: Only regions of this cloud provider.
    type: str
    choices: [GCP, AWS, AZURE]
  serverless:
    description: V(true) lists only regions for Basic and Standard clusters.
    type: bool
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes.info
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Regions for serverless clusters on AWS
  crdb.cloud.region_info:
    provider: AWS
    serverless: true
  register: result
"""

RETURN = r"""
---
regions:
  description: The regions, the nearest first.
  returned: success
  type: list
  elements: dict
  sample: [{name: us-east-1, location: Virginia, provider: AWS, serverless: true, distance: 321.5}]

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

from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import info_module
from ansible_collections.crdb.cloud.plugins.module_utils._edge.reads import regions
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option

MODULE = info_module(
    "region_info",
    "regions",
    regions,
    (
        Option("provider", choices=("GCP", "AWS", "AZURE"), choices_since={"AZURE": "2023-04-10"}),
        Option("serverless", type="bool"),
    ),
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
