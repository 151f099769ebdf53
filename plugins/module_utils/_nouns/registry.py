# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All nouns by name, and which of them a fleet manages: in the organization, and below each of its clusters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from graphlib import TopologicalSorter

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
from .field import Field
from .folder import FOLDER
from .jwt_issuer import JWT_ISSUER
from .log_export import LOG_EXPORT
from .metric_export import METRIC_EXPORT
from .network import PRIVATE_ENDPOINT_CONNECTION
from .noun import Noun
from .options import Option
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
        # A whole cluster is restored to an empty one alone.
        *(CLUSTER, BACKUP, RESTORE),
        *(DATABASE, SQL_USER, ALLOWLIST_ENTRY, SPEND_LIMIT),
        *(MAINTENANCE_WINDOW,),
        *(BACKUP_CONFIGURATION, PHYSICAL_REPLICATION_STREAM),
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
        # What is allowed comes before the rest is forbidden.
        *(EGRESS_PRIVATE_ENDPOINT, EGRESS_RULE, EGRESS_TRAFFIC_POLICY),
    )
}


def _referred(options: Iterable[Option]) -> Iterator[str]:
    for option in options:
        if isinstance(option, Field) and option.ref:
            yield option.ref
        yield from _referred(option.options)


def needs(noun: Noun) -> set[str]:
    """The names of the nouns whose objects may have to be there before one of *noun*: what it lives in, and refers to."""
    return {name for name in (*noun.parents, *_referred(noun.options)) if name in NOUNS} - {noun.name}


# In the order in which they are carried out: none comes before what it needs.
ORDER = [
    NOUNS[name]
    for name in TopologicalSorter({noun.name: sorted(needs(noun)) for noun in NOUNS.values()}).static_order()
]
_MANAGED = [noun for noun in ORDER if noun.creates or noun.updates or noun.deletes]
# Those of the organization, beside clusters.
LISTS = tuple(noun for noun in _MANAGED if CLUSTER.name not in noun.parents and noun is not CLUSTER)
_OWN = {option.name for option in CLUSTER.options}
# Those below a cluster that are no field of it.
CHILDREN = tuple(
    noun for noun in NOUNS.values() if noun in _MANAGED and CLUSTER.name in noun.parents and noun.name not in _OWN
)
PURGEABLE = tuple(noun.plural for noun in CHILDREN if noun.purgeable and noun.rows and noun.deletes)
# Those of the organization whose objects can be deleted by name.
PURGED = tuple(noun for noun in LISTS if noun.rows and noun.deletes and not noun.parents)


def list_name(noun: Noun) -> str:
    """The option of a fleet for objects of *noun*: a list, or a dictionary of what is there once."""
    return noun.plural or noun.name
