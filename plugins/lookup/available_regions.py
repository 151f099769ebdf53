# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: available_regions
short_description: Look up the regions for new clusters
version_added: 1.0.0
description:
  - Returns the regions in which cloud providers can hold clusters.
  - The result is a list, so use C(query); C(lookup) makes something else of a list with one element.
options:
  _terms:
    description:
      - Cloud providers, V(GCP), V(AWS) or V(AZURE), or lists of them. Without any, the regions of all.
      - V(AZURE) needs O(api_version) V(2023-04-10) or newer.
    type: list
    elements: str
  serverless:
    description: V(true) returns only regions for Basic and Standard clusters.
    type: bool
notes:
  - Each provider costs one request, all together without a term cost one, too.
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.cloud_plugin
  - crdb.cloud.cloud_plugin.lookup
seealso:
  - plugin: crdb.cloud.region_info
    plugin_type: module
"""

EXAMPLES = r"""
---
- name: Check a region before anything is made
  ansible.builtin.assert:
    that: region in query('crdb.cloud.available_regions', 'GCP', serverless=true) | map(attribute='name')
  run_once: true
"""

RETURN = r"""
---
_raw:
  description: The regions of each provider, in the order of the terms, the nearest first.
  type: list
  elements: dict
  sample: [{name: us-east-1, location: Virginia, provider: AWS, serverless: true, distance: 321.5}]
"""

from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._edge.reads import regions
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option, check_versions
from ansible_collections.crdb.cloud.plugins.plugin_utils._lookup import CrdbLookup, MissingError, kind, once

PROVIDER = Option("provider", choices=("GCP", "AWS", "AZURE"), choices_since={"AZURE": "2023-04-10"})
EVERYTHING = object()


class LookupModule(CrdbLookup):
    def terms(self, given, everything):
        return [EVERYTHING] if everything else given

    def find(self, run, term):
        if term is not EVERYTHING and term not in PROVIDER.choices:
            raise OptionError(f"A term must be one of {', '.join(PROVIDER.choices)}, got {kind(term)}")
        provider = None if term is EVERYTHING else str(term)
        check_versions((PROVIDER,), {"provider": provider}, run.api.version)
        run.params = {**run.params, "provider": provider}
        found = once(run, f"regions {provider} {run.params['serverless']}", lambda: regions(run))
        if not found:
            raise MissingError(
                f"There are no regions of {provider or 'any provider'}", "Set on_missing to warn or skip"
            )
        return found
