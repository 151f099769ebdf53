# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only the newest version of the API has for a cluster: the scanning of its nodes, and its migration assistant."""

from __future__ import annotations

import re
from typing import Any

from .._base.errors import OptionError
from .field import Field
from .lifecycle import Lifecycle
from .noun import Noun, Row

SINCE = "2026-09-15"
ADMINS = "CLUSTER_ADMIN or ORG_ADMIN"
PEM = re.compile(r"-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----")


def certificates(text: Any) -> list[str]:
    """The certificates of a bundle in PEM, sorted: how its lines are broken, and what stands around them, is no matter."""
    return sorted("".join(found.split()) for found in PEM.findall(str(text or "")))


class SourceCaCert(Noun):
    def values(self, params: Row, version: str) -> dict[str, Any]:
        found = super().values(params, version)
        if "x509_pem_cert" in found and not certificates(found["x509_pem_cert"]):
            raise OptionError(
                "x509_pem_cert has no certificate in PEM in it", "Give the text of the file, not its name"
            )
        return found


class MigrationAssistant(Noun):
    def body(self, values: Row) -> dict[str, Any]:
        return {name: value for name, value in values.items() if name == "region"}

    def shown(self, row: Row) -> dict[str, Any]:
        return {name: value for name, value in row.items() if name != "password"}


RUNTIME_SCANNING = Noun(
    "runtime_scanning",
    "clusters/{cluster}/runtime-scanning",
    """
    Has the nodes of a cluster scanned while they run, or no longer. The service begins and ends with it in its own time.
    type: Who scans. Nobody does with O(state=absent).
    """,
    fields=(Field("type", choices=("WIZ",), create_default="WIZ"),),
    updates="",
    off={"type": "NONE"},
    limited=True,
    since=SINCE,
)
MIGRATION_ASSISTANT = MigrationAssistant(
    "migration_assistant",
    "clusters/{cluster}/migration-assistant",
    """
    Runs the migration assistant of an Advanced cluster, which moves data from another database into it, or takes it down.
    Waits until one can sign in to it. The password is in no result; O(secret_path) has it in a file.
    region: Region of the cluster that it runs in. If not set, it is the first one.
    secret_path: The file for the password, for its owner alone (mode C(0600)). It is written by each run that finds another one in it.
    = health (str): Such as V(HEALTHY).
    = url (str, while it is running): Where one signs in.
    = username (str, while it is running): As whom one signs in.
    = bucket_grantee (str, while it is running): The identity at the cloud provider that buckets have to let in.
    = last_error (str, when it failed): What went wrong.
    """,
    fields=(Field("region", api="deployed_region"),),
    how=(Field("secret_path", type="path"),),
    updates="",
    lifecycle=Lifecycle(
        "status",
        making=("PENDING",),
        settled=("RUNNING",),
        failed=("FAILED",),
        leaving=("DELETING",),
        reason="last_error",
    ),
    requires={"plan": ("ADVANCED",)},
    since=SINCE,
    roles=ADMINS,
    readers=f"{ADMINS}, or CLUSTER_OPERATOR_WRITER",
)
MIGRATION_ASSISTANT_CA_CERT = SourceCaCert(
    "migration_assistant_ca_cert",
    "clusters/{cluster}/migration-assistant/source-ca-cert",
    """
    Says which certification authorities the migration assistant of a cluster trusts when it connects to its source database.
    With O(state=absent) it trusts those of its operating system.
    x509_pem_cert: One or more certificates in PEM. They are compared as such, so line ends and comments don't matter.
    """,
    title="source CA certificate",
    fields=(Field("x509_pem_cert", compare=certificates),),
    creates="PATCH",
    off={"x509_pem_cert": ""},
    since=SINCE,
    roles=ADMINS,
    readers=f"{ADMINS}, or CLUSTER_OPERATOR_WRITER",
)
