# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All nouns by name, and those that a fleet manages below each of its clusters."""

from __future__ import annotations

from .access import SERVICE_ACCOUNT
from .allowlist_entry import ALLOWLIST_ENTRY
from .api_key import API_KEY
from .backup import BACKUP
from .backup_configuration import BACKUP_CONFIGURATION
from .blackout_window import BLACKOUT_WINDOW
from .client_ca_cert import CLIENT_CA_CERT
from .cluster import CLUSTER
from .cluster_disruption import CLUSTER_DISRUPTION
from .cmek import CMEK
from .continuum import MIGRATION_ASSISTANT, MIGRATION_ASSISTANT_CA_CERT, RUNTIME_SCANNING
from .credential import SERVICE_ACCOUNT_CREDENTIAL
from .database import DATABASE
from .egress import EGRESS_RULE, EGRESS_TRAFFIC_POLICY
from .egress_endpoint import EGRESS_PRIVATE_ENDPOINT
from .endpoint_access import AWS_ENDPOINT_CONNECTION, PRIVATE_ENDPOINT_TRUSTED_OWNER
from .endpoint_services import PRIVATE_ENDPOINT_SERVICES
from .folder import FOLDER
from .jwt_issuer import JWT_ISSUER
from .log_export import LOG_EXPORT
from .metric_export import METRIC_EXPORT
from .network import PRIVATE_ENDPOINT_CONNECTION
from .noun import Noun
from .people import PERSON
from .replication import PHYSICAL_REPLICATION_STREAM
from .restore import RESTORE
from .role_grant import ROLE_GRANT
from .scim import SCIM_GROUP, SCIM_USER
from .spend_limit import SPEND_LIMIT
from .sql_user import SQL_USER
from .upkeep import MAINTENANCE_WINDOW
from .version_deferral import VERSION_DEFERRAL
from .virtual_cluster import VIRTUAL_CLUSTER, VIRTUAL_CLUSTER_WORKSPACE

NOUNS: dict[str, Noun] = {
    noun.name: noun
    for noun in (
        *(FOLDER, JWT_ISSUER, PERSON, SCIM_USER, SCIM_GROUP, SERVICE_ACCOUNT, API_KEY, ROLE_GRANT),
        *(SERVICE_ACCOUNT_CREDENTIAL,),
        *(CLUSTER, DATABASE, SQL_USER, ALLOWLIST_ENTRY, SPEND_LIMIT),
        *(MAINTENANCE_WINDOW,),
        *(BACKUP, RESTORE, BACKUP_CONFIGURATION, PHYSICAL_REPLICATION_STREAM),
        *(VERSION_DEFERRAL, BLACKOUT_WINDOW, CLUSTER_DISRUPTION),
        *(LOG_EXPORT, METRIC_EXPORT),
        *(CLIENT_CA_CERT, CMEK),
        *(RUNTIME_SCANNING, MIGRATION_ASSISTANT, MIGRATION_ASSISTANT_CA_CERT),
        *(VIRTUAL_CLUSTER_WORKSPACE, VIRTUAL_CLUSTER),
        *(
            PRIVATE_ENDPOINT_SERVICES,
            PRIVATE_ENDPOINT_CONNECTION,
            PRIVATE_ENDPOINT_TRUSTED_OWNER,
            AWS_ENDPOINT_CONNECTION,
        ),
        *(EGRESS_TRAFFIC_POLICY, EGRESS_RULE, EGRESS_PRIVATE_ENDPOINT),
    )
}
# In the order in which they are carried out.
CHILDREN: tuple[Noun, ...] = (DATABASE, SQL_USER, ALLOWLIST_ENTRY)
PURGEABLE = tuple(noun.plural for noun in CHILDREN if noun.purgeable)
