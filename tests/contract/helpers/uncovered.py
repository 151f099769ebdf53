# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the collection leaves out of the Cloud API, by reason. The rest is used: what the modules send is compared with it."""

from __future__ import annotations

import re

CLUSTER = "/api/v1/clusters/{cluster_id}"
OIDC = "/api/v1/api_oidc"

SCIM = "/api/scim/v2"
GONE = "removed after 2023-04-10, and deprecated there already; jwt_issuer is what came instead"
SEARCHED = "deprecated; GET of the collection, or POST of the same path, searches as well"
# Those of clusters that are only read and deleted in versions before this one.
USED_SINCE = {f"{method} {CLUSTER}/cmek": "2022-09-20" for method in ("GET", "POST", "PATCH")}
# Those that are used in versions before this one alone, where what does it better is not there yet.
USED_BEFORE = {r"PUT /api/scim/v2/(Users|Groups)/\{id\}": "2024-09-16"}
# Operations that no module uses, and why. The documentation has the same table.
LEFT_OUT = {
    f"GET {OIDC}": GONE,
    f"POST {OIDC}": GONE,
    f"GET {OIDC}/{{id}}": GONE,
    f"PUT {OIDC}/{{id}}": GONE,
    f"DELETE {OIDC}/{{id}}": GONE,
    f"PUT {SCIM}/Users/.search": SEARCHED,
    f"PUT {SCIM}/Users/{{id}}/.search": SEARCHED,
    f"PUT {SCIM}/Groups/.search": SEARCHED,
    f"PUT {SCIM}/Groups/{{id}}/.search": SEARCHED,
    f"POST {SCIM}/Users/{{id}}/.search": "GET says the same",
    f"POST {SCIM}/Groups/{{id}}/.search": "GET says the same",
    f"PATCH {CLUSTER}/networking/egress-private-endpoints/{{id}}/domain-names": "deprecated; PATCH of the endpoint does the same",
    f"PUT {CLUSTER}/networking/allowlist/{{cidr_ip}}/{{cidr_mask}}": "POST and PATCH of an entry do the same",
    f"PATCH {CLUSTER}/databases/{{name}}": "PATCH of the collection renames as well, and revisions of one version disagree on the body of this",
}
MOST_LEFT_OUT = 14
NO_REGEX = "jwt_issuer has expressions from 2024-09-16 on, where a slash says that it is one"
IGNORED = "deprecated, and ignored by the service"
SEARCH = "one is searched for by name, and whole"
ONE_REVISION = "of the two revisions of one version the newer one alone has it"
NO_MACHINES = "clusters with machines of their own are only read and deleted in these versions"

IGNORED = "deprecated, and ignored by the service"
CREATE, CHANGE = "POST /api/v1/clusters", f"PATCH {CLUSTER}"
RESTORE = "POST /api/v1/clusters/{destination_cluster_id}/restores"
# Properties of request bodies that no module sends: (operation, regular expression) and why.
NOT_SENT = {
    (CREATE, r"spec\.customer_cloud_account\.(aws|azure)\..+"): "as on GCP, of which one is sent",
    (f"PUT {CLUSTER}/version-deferral", "deferred_until"): "the service says it",
    (f"POST {CLUSTER}/networking/egress-rules", "paths"): IGNORED,
    (f"PATCH {CLUSTER}/networking/egress-rules/{{rule_id}}", "paths"): IGNORED,
    (CREATE, r"spec\.host\..+"): "hosts of virtual clusters are read, and not made",
    (CHANGE, r"host\..+"): "what it says is what dedicated says, for a host",
    ("PATCH /api/v1/jwt-issuers/{id}", "issuer_url|audience"): "an issuer is known by them",
    ("POST /api/scim/v2/Users", r"emails\.display"): "the address says it",
    ("POST /api/scim/v2/Users/.search", "attributes|excludedAttributes|startIndex"): SEARCH,
    ("POST /api/scim/v2/Groups/.search", "attributes|excludedAttributes|startIndex"): SEARCH,
    ("POST /api/scim/v2/Groups", r"members\.(display|ref|type)"): "the id says it",
    (RESTORE, "source_cluster_id"): "a backup is always named, so that it is the one of the plan",
}
# The same of versions before one, which stands in front of the reason.
NOT_SENT_BEFORE = {
    (CREATE, r"spec\.dedicated\..+"): ("2024-09-16", NO_MACHINES),
    (CHANGE, r"dedicated\..+|upgrade_status"): ("2024-09-16", NO_MACHINES),
    (CREATE, r"spec\.dedicated\.region_machine_specs"): ("2026-09-15", ONE_REVISION),
    (CHANGE, r"dedicated\.region_machine_specs"): ("2026-09-15", ONE_REVISION),
    (f"POST {CLUSTER}/logexport", "azure_shared_key|omitted_channels"): ("2024-09-16", "sent as in the versions since"),
    ("PUT /api/scim/v2/Groups/{id}", r"members\.(display|ref|type|value)"): (
        "2024-09-16",
        "as in the versions since, the id says who is in it",
    ),
    ("PUT /api/scim/v2/Users/{id}", r"emails\.display"): ("2024-09-16", "the address says it"),
    ("POST /api/v1/jwt-issuers", r"identity_map\.is_regex"): ("2024-09-16", NO_REGEX),
    ("PATCH /api/v1/jwt-issuers/{id}", r"identity_map\.is_regex"): ("2024-09-16", NO_REGEX),
}
# Properties of request bodies that are enumerations, and for which no option has choices, and why.
NO_CHOICES = {
    "action": "there is one, which is sent with the state revoked",
    "roles.name": "the service has roles that no description of this version names",
    "roles.resource.type": "it follows from the option that says the place",
}
NO_KEY = "the other value means that there is no key"
FINALIZES = "the other values are what the service reports; cockroach_version starts an upgrade"
# Options whose choices are not those of the enumeration: (module, option) and why.
OTHER_CHOICES = {
    ("cluster", "upgrade_status"): FINALIZES,
    ("fleet", "clusters.upgrade_status"): FINALIZES,
    ("fleet", "rules.rule"): "it is no field of the API",
    ("fleet", "rules.severity"): "it is no field of the API",
    ("organization_export", "split"): "it is no field of the API",
    ("cluster", "cmek_region_specs.type"): NO_KEY,
    ("cmek", "regions.type"): NO_KEY,
    ("cmek", "state"): "it says what is done with the keys, and is no field of the API",
    ("fleet", "clusters.cmek_region_specs.type"): NO_KEY,
    ("scim_user", "state"): "it says what becomes of the person, and is no field of the API",
    ("runtime_scanning", "type"): "that nobody scans is state absent",
    ("api_request", "method"): "it is no field of the API",
    ("aws_endpoint_connection", "state"): "it says what is done with the connection, and is no field of the API",
    ("egress_private_endpoint", "wait_for"): "it is no field of the API",
    ("egress_rule", "type"): "the API names the values in its text alone",
    ("egress_rules", "rules.type"): "the API names the values in its text alone",
    ("role_grant", "state"): "it says what is done with the roles, and is no field of the API",
    ("provision_hosts", "part"): "it is no field of the API",
    ("physical_replication_stream", "state"): "it says what the stream shall be, and is no field of the API",
    ("backup_configuration", "frequency_minutes"): "the API names the values in its text alone",
    ("backup_configuration", "retention_days"): "the API names the values in its text alone",
    ("maintenance_window", "day"): "it is no field of the API",
    ("version_deferral", "days"): "it is no field of the API",
    ("metric_export", "sink"): "each is a path of its own",
    ("metric_export_info", "sink"): "each is a path of its own",
    ("cluster_info", "plan"): "older versions of the API have other plans",
}


def is_excepted(operation: str, name: str, version: str = "") -> bool:
    """Whether no module sends the property *name* in *version*, "" for the newest."""
    before = [key for key, (limit, _why) in NOT_SENT_BEFORE.items() if "" < version < limit]
    return any(operation == where and re.fullmatch(pattern, name) for where, pattern in (*NOT_SENT, *before))


def reason(operation: str, version: str = "") -> str:
    """Why no module uses *operation*, in *version* where one is said; empty where one has to."""
    if any(version >= limit and re.fullmatch(pattern, operation) for pattern, limit in USED_BEFORE.items()):
        return "it is used in older versions"
    if "" < version < USED_SINCE.get(operation, ""):
        return "it is used in newer versions"
    # The first versions spell the variables of an entry otherwise.
    return LEFT_OUT.get(operation.replace("{entry.", "{"), "")
