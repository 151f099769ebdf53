# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys of one's own that encrypt a cluster, one for each of its regions. They can be changed and revoked, and never be taken away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from .._base.errors import OptionError
from .._http.answers import TEXT, ListOf, Object
from . import cluster_state as state
from .cluster import KEYS
from .declared import OPERATORS, Scope
from .field import Field
from .lifecycle import Lifecycle
from .noun import Desired, Noun, Reader, Row
from .plan import UPDATE, Plan, Step

TYPES = {"AWS": "AWS_KMS", "GCP": "GCP_CLOUD_KMS", "AZURE": "AZURE_KEY_VAULT"}
REVOKED = "REVOKED"
IN_USE = ("ENABLED", "ENABLING", "ROTATING")


def current(infos: Iterable[Row] | None) -> list[dict[str, Any]]:
    """The key of each region as the option has it: the one in use, else the newest."""
    found = []
    for info in infos or ():
        keys = info.get("key_infos") or [{}]
        key = next((each for each in keys if each.get("status") in IN_USE), keys[0])
        found.append({"region": info.get("region"), **(key.get("spec") or {})})
    return found


def by_region(regions: Iterable[Row] | None) -> dict[str, Row]:
    return {str(entry["region"]): entry for entry in regions or ()}


class Cmek(Noun):
    def values(self, params: Row, version: str) -> dict[str, Any]:
        if params.get("state") == "absent":
            raise OptionError("Customer-managed keys can't be switched off", "Revoke them instead, with state: revoked")
        found = super().values(params, version)
        names = [entry["region"] for entry in found.get("regions", ())]
        if len(set(names)) < len(names):
            raise OptionError(f"regions: a region is there twice ({', '.join(names)})")
        return found

    def spelled(self, reader: Reader, params: Row) -> Row:
        """*params* without regions that an earlier task is about to add in check mode, where there are others: they come with a key."""
        cluster = reader.parent_row(reader.parent("cluster", params["cluster"])) if reader.check_mode else None
        there = set(state.region_names(cluster or {}))
        kept = [entry for entry in params.get("regions") or () if entry["region"] in there]
        coming = sorted(entry["region"] for entry in params.get("regions") or () if entry["region"] not in there)
        if not cluster or not kept or not coming:
            return params
        reader.warn(
            f"cluster '{cluster['name']}' has no region {' and '.join(coming)} yet; it is taken to get its key when it is added"
        )
        return {**params, "regions": kept}

    def unexported(self, row: Row) -> str:
        revoked = row.get("status") in (REVOKED, "REVOKING")
        return "they are revoked" if revoked else super().unexported(row)

    def informed(self, reader: Reader, desired: Desired) -> Desired:
        """*desired* with the kind of key that the cluster's cloud has."""
        row = reader.parent_row(reader.parent("cluster", reader.params["cluster"])) or {}
        usual = {"type": TYPES[row["cloud_provider"]]} if row.get("cloud_provider") in TYPES else {}
        regions = [{**usual, **entry} for entry in desired.values.get("regions", ())]
        return replace(desired, values={**desired.values, "regions": regions})

    def watched(self, desired: Desired, *, asked: bool) -> Lifecycle | None:
        """Revoked is an end as well: the one that is waited for where that was asked for."""
        life = self.lifecycle
        if not life or (asked and desired.values.get("state") != "revoked"):
            return life
        return replace(life, settled=(REVOKED,) if asked else (*life.settled, REVOKED))

    def completed(self, reader: Reader, row: dict[str, Any]) -> dict[str, Any]:
        """*row* with what the service says of the first key that has something to say."""
        keys = (key for info in row.get("region_infos") or () for key in info.get("key_infos") or ())
        return {**row, "user_message": next((key["user_message"] for key in keys if key.get("user_message")), "")}

    def body(self, values: Row) -> dict[str, Any]:
        specs = [{name: value for name, value in entry.items() if value} for entry in values.get("regions", ())]
        return {"region_specs": [{"region": each.pop("region"), "key_spec": each} for each in specs]}

    def create(self, scope: Scope, desired: Desired) -> Plan:
        if desired.values.get("state") == "revoked":
            raise OptionError(f"There are no {self.words}{scope.behind('of')} that could be revoked")
        if not desired.values.get("regions"):
            raise OptionError(f"There are no {self.words}{scope.behind('of')} yet, and regions is needed to set them")
        return super().create(scope, desired)

    def update(self, scope: Scope, desired: Desired, row: Row) -> Plan:
        where, status = scope.behind("of"), row.get("status")
        if desired.values.get("state") == "revoked":
            after = {**self.predict(row, desired, {}), "status": REVOKED}
            steps = [] if status == REVOKED else [self._revocation(scope, row)]
            soon = [{**row, "status": "REVOKING"} for _step in steps]
            return Plan(steps, {"status": status}, {"status": REVOKED}, after, unsettled=soon)
        if status == REVOKED:
            raise OptionError(f"The {self.words}{where} are revoked", "Only Cockroach Labs Support can undo that")
        if "regions" not in desired.values:
            return super().update(scope, desired, row)
        found = by_region(current(row.get("region_infos")))
        usual = next(({"type": entry["type"]} for entry in found.values() if entry.get("type")), {})
        regions = [{**usual, **found.get(entry["region"], {}), **entry} for entry in desired.values["regions"]]
        return super().update(scope, replace(desired, values={**desired.values, "regions": regions}), row)

    def _revocation(self, scope: Scope, row: Row) -> Step:
        doing, path = f"revoke the {self.words}{scope.behind('of')}", self.collection(scope.ids)
        changes = {"status": (row.get("status"), REVOKED)}
        return Step(UPDATE, doing, "PATCH", path, {"action": "REVOKE"}, changes=changes, wait=True)

    def renews(self, desired: Desired, row: Row) -> bool:
        return bool(desired.values.get("rotate") and desired.values.get("regions"))

    def predict(self, row: Row, desired: Desired, after: Row) -> dict[str, Any]:
        found = {name: value for name, value in row.items() if name not in ("user_message", "region_infos")}
        if "regions" not in after:
            return found
        specs = sorted(self.body(after)["region_specs"], key=lambda each: each["region"])
        keys = [{"region": each["region"], "status": "ENABLED"} for each in specs]
        return {**found, "region_infos": keys}

    def ending(self, plan: Plan, row: Row | None = None) -> Plan:
        super().ending(plan, row)
        if row is not None:
            plan.unsettled = [{**(plan.predicted or {}), "status": "ROTATING"} for _step in plan.steps]
        return plan

    def check(self, reader: Reader, scope: Scope, desired: Desired, row: dict[str, Any] | None, plan: Plan) -> None:
        """Refuse what the service would, and to revoke what nobody has named."""
        cluster = reader.parent_row(reader.parent("cluster", reader.params["cluster"])) if plan.steps else None
        if not cluster:
            return
        if desired.values.get("state") == "revoked":
            if desired.values.get("confirm_revoke") != cluster["name"]:
                raise OptionError(
                    f"confirm_revoke: '{desired.values.get('confirm_revoke')}' is not the name of {scope.label}",
                    "Without its keys a cluster can't read its data, and only Cockroach Labs Support can undo that",
                )
            plan.notes.append(f"{scope.label} loses access to its data, and only Cockroach Labs Support can undo that")
            return
        there, named = set(state.region_names(cluster)), set(by_region(desired.values.get("regions")))
        if "regions" in desired.values and there != named:
            lacking, more = sorted(there - named), sorted(named - there)
            raise OptionError(
                f"regions must have each region of {scope.label}, and no other"
                + (f"; {' and '.join(lacking)} lacks" if lacking else "")
                + (f"; {' and '.join(more)} is none of it" if more else ""),
                "A region is added with the module cluster, and its cmek_region_specs" if more else "",
            )


CMEK = Cmek(
    "cmek",
    "clusters/{cluster}/cmek",
    """
    Encrypts an Advanced cluster with keys of your own, one for each of its regions, changes them, or revokes them.
    The cluster has to be private. Customer-managed keys can't be switched off any more. Waits until all is done, which takes minutes.
    regions: The key of each region of the cluster, in any order.
    | A region that is added to the cluster gets its key from O(crdb.cloud.cluster#module:cmek_region_specs), and has to be listed here from then on.
    rotate: V(true) sends the keys although none differs, so that new versions of the same keys are taken. The task then reports C(changed) in every run.
    state: With V(revoked) the cluster loses the keys, and with them access to its data. Only Cockroach Labs Support can undo that.
    | V(absent) is refused, since the service can't do it.
    confirm_revoke: The name of the cluster, for O(state=revoked).
    = user_message (str): What the service says of a key, where it does.
    """,
    title="customer-managed keys",
    shape=Object(
        {"status": TEXT},
        {"region_infos": ListOf(Object({"region": TEXT}, {"key_infos": ListOf(Object(known={"status": TEXT}))}))},
    ),
    fields=(
        Field(
            "regions",
            type="list",
            elements="dict",
            api="region_infos",
            options=KEYS,
            compare=by_region,
            from_api=current,
        ),
    ),
    how=(
        Field("rotate", type="bool"),
        Field("state", choices=("present", "revoked", "absent"), default="present"),
        Field("confirm_revoke"),
    ),
    rules={"required_if": [("state", "revoked", ("confirm_revoke",))]},
    updates="PUT",
    deletes="",
    whole=True,
    lifecycle=Lifecycle(
        "status",
        making=("ENABLING",),
        settled=("ENABLED",),
        failed=("ENABLE_FAILED", "ROTATE_FAILED", "REVOKE_FAILED", "DISABLE_FAILED"),
        gone=("DISABLED",),
        reason="user_message",
        slowest=30.0,
        mends=True,
    ),
    requires={"plan": ("ADVANCED",), "network_visibility": ("PRIVATE",)},
    since="2022-09-20",
    readers=OPERATORS,
)
