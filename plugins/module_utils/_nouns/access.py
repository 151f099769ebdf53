# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service accounts, which programs call the Cloud API as."""

from __future__ import annotations

from typing import Any

from .._base.errors import OptionError
from .._http.answers import TEXT, Object
from .declared import Scope
from .field import Field
from .grants import OPTIONS, grants
from .noun import Desired, Noun, Reader
from .plan import Plan

KEY = Object({"id": TEXT, "service_account_id": TEXT, "name": TEXT, "created_at": TEXT})
ADMINS = "CLUSTER_ADMIN or ORG_ADMIN"


class ServiceAccount(Noun):
    def check(self, reader: Reader, scope: Scope, desired: Desired, row: dict[str, Any] | None, plan: Plan) -> None:
        """Refuse to delete the account that the task itself calls the API as, and say how many keys end with another one."""
        if not (desired.absent and row):
            return
        label = self.label(self.identity(row))
        keys = reader.rows_at(
            "/api-keys",
            "api_keys",
            {"service_account_id": row["id"]},
            shape=KEY,
            doing=f"list the API keys of {label}",
            roles=ADMINS,
        )
        if not desired.values.get("force") and reader.api.own_key in [key["id"] for key in keys]:
            raise OptionError(
                f"The task uses a key of {label}, which would end with it; nothing was deleted",
                "Use a key of another account, or set force: true",
            )
        if keys:
            plan.notes.append(
                f"With {label} {len(keys)} API key{'s' * (len(keys) > 1)} of it will no longer be accepted"
            )


SERVICE_ACCOUNT = ServiceAccount(
    "service_account",
    "service-accounts/{id}",
    """
    Manages one service account, which programs call the API as: makes it, describes it, renames it, deletes it.
    Its API keys are made by M(crdb.cloud.api_key), and end with it.
    Names need not be unique. Where two accounts have the same one the task fails, and says their ids; O(id) is the way then.
    name: Name of the account.
    description: What the account is for.
    roles: Roles that a new account gets, beside C(ORG_MEMBER), which all have. One that is there keeps what it has.
    | An entry without O(roles[].cluster) and O(roles[].folder) is for the organization.
    force: Whether O(state=absent) deletes even the account that the task itself uses a key of.
    = roles (list[dict]): The roles that it has, each with C(name) and C(resource).
    = group_roles (list[dict]): The roles that it has from groups.
    = creator_name (str): Who made it; V(null) where the service does not say so.
    = created_at (str): When it was made.
    = api_keys (list[dict], by M(crdb.cloud.service_account_info) with C(with_keys=true)): Its API keys, each with C(id), C(name), C(service_account_id) and
      C(created_at).
    """,
    rows="service_accounts",
    key=(Field("name"),),
    fields=(
        Field("description", create_default=""),
        Field(
            "roles",
            type="list",
            elements="dict",
            options=OPTIONS,
            rules={"mutually_exclusive": [("cluster", "folder")]},
            compare="ignore",
            create_default=(),
            to_api=grants,
        ),
    ),
    how=(Field("force", type="bool", default=False),),
    rules={"required_one_of": [("name", "id")]},
    renames=True,
    since="2023-04-10",
    roles="ORG_ADMIN; one of CLUSTER_ADMIN can make accounts, too",
    readers=ADMINS,
)
