# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random organizations with something of every noun, each from a seed, and what somebody else may change of them.

They are made by requests to the API alone, in words of the API: nothing here knows what our modules call anything but the options that a
line of a plan names.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from certificates import CA_ONE, CA_TWO

from crdb_emulator.catalog import BY_NAME
from crdb_emulator.grants import SCOPES
from crdb_emulator.regions import regions_of
from crdb_emulator.surface import surface
from crdb_emulator.versions import BY_TEXT

from .emulator import Emulator
from .secrets import API_KEY

NEWEST, USUAL = "2026-09-15", "2024-09-16"
# An emulator in which everything is as it shall be at once.
SETTLED = (
    *("--api-key", API_KEY, "--rate-limit", "0", "--create-seconds", "0", "--operation-seconds", "0"),
    *("--backup-seconds", "0"),
)
# Of keys of Datadog the API shows that much: one that ends so differs from no secret of a world.
SAME_END = "last"
HEADER = "X-Token"
# What is free text may be anything; what looks like another type in YAML, or like a template, has to stay text.
TEXTS = (
    *("on", "007", "2024-01-01", "null", "~", "1e3", "12:30:00", "0x1f", "1_000", ".inf", "yes", "=", "<<", "-", "?"),
    *("{{ lookup('pipe', 'false') }}", "{% raw %}", "{# gone #}", "a {{ b }} c", "$HOME", "%Y", "@all", "`id`"),
    *(
        "a: b # c",
        "- x",
        "[1]",
        "{a: 1}",
        "!unsafe x",
        "*a",
        "&a b",
        "|",
        "> x",
        "'",
        '"',
        "'a' \"b\"",
        "back\\slash\\n",
    ),
    *(
        "naïve Straße",
        "東京 🦀",
        "e\u0301",
        "\u202etricky",
        "x" * 60,
        "word " * 11 + "end",
        "a,b",
        "...",
        "---",
        "trailing:",
    ),
)
LABELS = (
    "on",
    "007",
    "2024-01-01",
    "null",
    "1e3",
    "0x1f",
    "yes",
    "no",
    "1_000",
    "_",
    "-",
    "",
    "a-b_c",
    "true",
    "12",
    "0o7",
)
KEYS = ("team", "env", "on", "y", "null", "true", "no", "off", "n", "tier", "a-b_c", "e1")
FOLDERS = ("prod", "007", "2024-01-01", "off", "It's a-b_c", "null", "Team A", "1e3", "0x1", "yes", "1_000", "123")
CLUSTERS = ("000007", "2024-01-01", "123456", "on-off", "null-1", "0x1f-a", "1e5-00", "0b1010", "5e-324", "6-45-00")
SQL_NAMES = ("app", "on", "007", "2024-01-01", "null", "straße", "東京", "a b", "x.y", "{{ x }}", "o'neil", "1e3")
DATABASES = ("orders", "On", "007", "2024-01-01", "null", "A b", "東京", "{{ x }}", "a/b", "o'neil", "%s", "1e3")
NETWORKS = ("0.0.0.0/0", "203.0.113.0/24", "198.51.100.7/32", "192.0.2.0/28", "10.0.0.0/8", "192.0.2.128/25")
PEOPLE = ("alice", "Bob.B", "o'neil", "007", "on", "jürgen", "x+y")
PUBLIC_KEY = "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n"
CERTIFICATE = "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n"
CHANNELS = ("SQL_EXEC", "SQL_PERF", "HEALTH", "OPS", "PRIVILEGES", "USER_ADMIN", "STORAGE")
CLOUDS = {"AWS": "AWS_CLOUDWATCH", "GCP": "GCP_CLOUD_LOGGING", "AZURE": "AZURE_LOG_ANALYTICS"}
KMS = {"AWS": "AWS_KMS", "GCP": "GCP_CLOUD_KMS", "AZURE": "AZURE_KEY_VAULT"}
# With as many vCPUs as others, and more memory.
MACHINES = {"AWS": "r6i.2xlarge", "GCP": "n2-highmem-8", "AZURE": "Standard_E8s_v5"}
AZURE = ("tenant_id", "client_id", "dce_endpoint", "dcr_immutable_id", "dcr_resource_id", "workspace_resource_id")


@dataclass(frozen=True)
class Change:
    """*field* of an object was changed by somebody else: the plan that undoes it has the line of this noun, name and cluster.

    *request* changes it: a method, a path and a body. It undoes other changes of the object where it sets the *whole*.
    """

    noun: str
    name: str
    cluster: str
    field: str
    request: tuple[str, str, Any]
    whole: bool = False

    def make(self, emulator: Emulator) -> None:
        emulator.api(*self.request, NEWEST)


@dataclass
class World:
    """What *seed* says, on an *emulator* that is SETTLED. *twins* allows what has the same name as another one."""

    emulator: Emulator
    seed: int
    version: str = NEWEST
    twins: bool = False
    changes: list[Change] = field(default_factory=list)
    # Texts that may be nowhere but in requests.
    secrets: list[str] = field(default_factory=list)
    clusters: dict[str, dict[str, Any]] = field(default_factory=dict)
    virtual: list[dict[str, Any]] = field(default_factory=list)
    made_by_the_service: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.emulator.reset()
        self.now = datetime.now(timezone.utc).replace(microsecond=0)
        self._number = 0
        self._folders()
        self._people()
        self._clusters()
        self._accounts()
        self._issuers()
        self.emulator.reset("requests")

    def empty(self) -> None:
        """Leave nothing but what no request makes."""
        self.emulator.reset()
        self.emulator.patch(objects=self.made_by_the_service)

    @property
    def newest(self) -> bool:
        return self.version >= NEWEST

    # --- how it is made ------------------------------------------------------------------------------------------

    def post(self, path: str, body: Any = None, method: str = "POST") -> dict[str, Any]:
        return dict(self.emulator.api(method, path, body, NEWEST) or {})

    def some(self, values: Sequence[Any], most: int = 3, least: int = 0) -> list[Any]:
        return self.rng.sample(list(values), self.rng.randint(least, min(most, len(values))))

    def maybe(self, chance: float = 0.5) -> bool:
        return self.rng.random() < chance

    def other(self, values: Sequence[Any], than: Any) -> Any:
        return self.rng.choice([each for each in values if each != than])

    def text(self) -> str:
        return str(self.rng.choice(TEXTS))

    def named(self) -> str:
        """A text that nothing else has."""
        self._number += 1
        return f"{self.text()[:40]}{'' if self.twins and self.maybe(0.3) else f' {self._number}'}"

    def secret(self) -> str:
        self.secrets.append(f"planted-{self.seed}-{len(self.secrets)}-{self.rng.getrandbits(40):x}-{SAME_END}")
        return self.secrets[-1]

    def labels(self) -> dict[str, str]:
        return {key: self.rng.choice(LABELS) for key in self.some(KEYS)}

    def other_labels(self, labels: Mapping[str, str]) -> dict[str, str]:
        return {} if labels and self.maybe(0.3) else {**labels, "e1": "more" if labels.get("e1") != "more" else "less"}

    def changed(self, noun: str, called: str, cluster: str, path: str, method: str = "PATCH", /, **fields: Any) -> None:
        """Note the *fields* that a request to *path* changes, one at a time; one whose option is called otherwise is option__field."""
        for name_, value in fields.items():
            option, _mark, said = name_.rpartition("__")
            request = (method, path, {said: value})
            self.changes.append(Change(noun, called, cluster, option or said, request))

    def replaced(
        self, noun: str, called: str, cluster: str, path: str, body: Any, method: str = "POST", /, **fields: Any
    ) -> None:
        """The same where a request replaces all: *body* is what was sent, what is None is left out."""
        for name_, value in fields.items():
            option, _mark, said = name_.rpartition("__")
            after = {key: inner for key, inner in {**body, said: value}.items() if inner is not None}
            self.changes.append(Change(noun, called, cluster, option or said, (method, path, after), whole=True))

    # --- the organization ----------------------------------------------------------------------------------------

    def _folders(self) -> None:
        self.folders: dict[str, str] = {"": "root"}
        for name in self.some(FOLDERS, 6, 2) + self.some(FOLDERS, 3):
            up = self.rng.choice([path for path in self.folders if path.count("/") < 3])
            path = f"{up}/{name}"
            if path in self.folders:
                continue
            labels = self.labels()
            made = self.post("/folders", {"name": name, "parent_id": self.folders[up], "labels": labels})
            self.folders[path] = made["resource_id"]
            self.changed("folder", path, "", f"/folders/{made['resource_id']}", labels=self.other_labels(labels))

    def _people(self) -> None:
        self.people: dict[str, str] = {}
        users = "/api/scim/v2/Users"
        for name in self.some(PEOPLE, 4, 2):
            email = f"{name}@example.com"
            body: dict[str, Any] = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": email}
            body["emails"] = [{"value": email, "primary": True}]
            if self.maybe(0.3):
                body["emails"].insert(
                    self.rng.randint(0, 1), {"value": f"2{email}", "type": self.rng.choice(("work", "on"))}
                )
            if self.maybe():
                body["name"] = {part: self.text() for part in self.some(("givenName", "familyName"), 2)}
            body["displayName"] = self.rng.choice((email, self.text()))
            if self.maybe():
                body["externalId"] = self.text()
            body["active"] = self.maybe(0.8)
            self.people[email] = own = self.post(users, body)["id"]
            for option, path, value in (
                ("display_name", "displayName", self.other(TEXTS, body["displayName"])),
                ("given_name", "name.givenName", self.other(TEXTS, body.get("name", {}).get("givenName"))),
                ("family_name", "name.familyName", self.other(TEXTS, body.get("name", {}).get("familyName"))),
                ("external_id", "externalId", self.other(TEXTS, body.get("externalId"))),
                ("active", "active", not body["active"]),
                ("emails", "emails", [*body["emails"], {"value": "more@example.com"}]),
            ):
                self._patched("scim_user", email, f"{users}/{own}", option, path, value)
        self.groups: dict[str, str] = {}
        for _each in range(self.rng.randint(1, 3)):
            name, groups = self.named(), "/api/scim/v2/Groups"
            members = self.some([*self.people.values()])
            more = {"externalId": self.text()} if self.maybe() else {}
            schemas = ["urn:ietf:params:scim:schemas:core:2.0:Group"]
            body = {"schemas": schemas, "displayName": name, "members": [{"value": each} for each in members], **more}
            self.groups[name] = own = self.post(groups, body)["id"]
            self._patched(
                "scim_group",
                name,
                f"{groups}/{own}",
                "external_id",
                "externalId",
                self.other(TEXTS, more.get("externalId")),
            )
            if members:
                self._patched("scim_group", name, f"{groups}/{own}", "members", "members", [])

    def _patched(self, noun: str, name: str, path: str, option: str, attribute: str, value: Any) -> None:
        body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}
        body["Operations"] = [{"op": "replace", "path": attribute, "value": value}]
        self.changes.append(Change(noun, name, "", option, ("PATCH", path, body)))

    def _accounts(self) -> None:
        self.accounts: dict[str, str] = {}
        for _each in range(self.rng.randint(1, 4)):
            name, told = self.named(), self.rng.choice(("", self.text()))
            own = self.post("/service-accounts", {"name": name, "description": told, "roles": []})["id"]
            self.accounts[name] = own
            self.changed("service_account", name, "", f"/service-accounts/{own}", description=self.other(TEXTS, told))
            for _key in range(self.rng.randint(0, 2)):
                self.secrets.append(self.post("/api-keys", {"name": self.named(), "service_account_id": own})["secret"])
            if self.newest and self.maybe():
                algorithm = self.rng.choice(self._words("ServiceAccountCredentialAlgorithm.Type"))
                body = {
                    "name": self.named(),
                    "algorithm": algorithm,
                    "public_key": PUBLIC_KEY,
                    "expires_at": "2099-01-01T00:00:00Z",
                }
                body.update({"description": self.text()} if self.maybe() else {})
                self.post(f"/service-accounts/{own}/credentials", body)
        for holder, own in {**self.accounts, **self.people, **self.groups}.items():
            grants = self._grants()
            if grants:
                self.post(f"/roles/{own}", {"roles": grants}, "PUT")
            more = [*grants, *(each for each in self._grants(1) if each not in grants)]
            if len(more) > len(grants):
                self.changes.append(
                    Change("role_grant", holder, "", "roles", ("PUT", f"/roles/{own}", {"roles": more}))
                )

    def _grants(self, least: int = 0) -> list[dict[str, Any]]:
        places = [("ORGANIZATION", ""), *(("FOLDER", each) for each in self.folders.values() if each != "root")]
        places += [("CLUSTER", row["id"]) for row in (*self.clusters.values(), *self.virtual)]
        known = self._words("OrganizationUserRole.Type")
        found = []
        for kind, id_ in self.some(places, 3, least):
            for role in self.some([each for each in known if each in SCOPES[kind] and each != "ORG_MEMBER"], 2, 1):
                found.append({"name": role, "resource": {"type": kind, "id": id_}})
        return found

    def _words(self, enumeration: str) -> list[str]:
        found: list[str] = surface(BY_TEXT[self.version])._schemas[enumeration]
        return found

    def _issuers(self) -> None:
        for number in range(self.rng.randint(1, 3)):
            body: dict[str, Any] = {
                "issuer_url": f"https://{number}.example.com/{self.text()}",
                "audience": self.text(),
            }
            if self.maybe():
                body["claim"] = self.rng.choice(("sub", "email", self.text()))
            if self.maybe():
                body["jwks"] = '{"keys": [{"kid": "{{ x }}"}]}'
            if self.maybe():
                body["identity_map"] = [
                    {"token_identity": self.text(), "cc_identity": self.text()} for _each in range(2)
                ]
            own = self.post("/jwt-issuers", body)["id"]
            self.changed(
                *("jwt_issuer", f"{body['issuer_url']}/{body['audience']}", "", f"/jwt-issuers/{own}"),
                claim=self.other(("email", "upn"), body.get("claim")),
                jwks='{"keys": []}',
                identity_map=[
                    *body.get("identity_map", ()),
                    {"token_identity": "/x(.*)/", "cc_identity": "\\1@example.com"},
                ],
            )

    # --- clusters ------------------------------------------------------------------------------------------------

    def _clusters(self) -> None:
        names = self.rng.sample(CLUSTERS, 6)
        self._serverless(names[0], "BASIC")
        self._serverless(names[1], "STANDARD")
        self._advanced(names[2])
        if self.maybe():
            self._serverless(names[3], "BASIC")
        if self.maybe(0.4):
            self._replicated(*names[4:6])
        if self.newest:
            self._virtual()

    def _made(self, name: str, provider: str, spec: dict[str, Any]) -> dict[str, Any]:
        """A cluster, with what all can have."""
        folder = self.rng.choice([*self.folders])
        spec = {"labels": self.labels(), "parent_id": self.folders[folder], **spec}
        if self.maybe(0.3):
            spec["delete_protection"] = "ENABLED"
        row = self.post("/clusters", {"name": name, "provider": provider, "spec": spec})
        self.clusters[name], at = row, f"/clusters/{row['id']}"
        self.changed("cluster", name, name, at, labels=self.other_labels(spec["labels"]))
        after = "DISABLED" if spec.get("delete_protection") else "ENABLED"
        self.changed("cluster", name, name, at, delete_protection=after)
        self.changed("cluster", name, name, at, parent_id=self.other([*self.folders.values()], spec["parent_id"]))
        self._inside(name, row, spec["plan"])
        return row

    def _serverless(self, name: str, plan: str) -> None:
        provider = self.rng.choice(("GCP", "AWS", "AZURE"))
        known = [each for each, facts in regions_of(provider).items() if facts.serverless]
        regions = self.some(known, 3, 1)
        limits: dict[str, str] = {}
        if plan == "STANDARD":
            limits = {"provisioned_virtual_cpus": str(self.rng.choice((2, 4, 12, 200)))}
        elif self.maybe():
            limits = {"request_unit_limit": str(self.rng.choice((1, 123_456_789, 5 * 10**12)))}
            limits.update({"storage_mib_limit": "512"} if self.maybe() else {})
        inner: dict[str, Any] = {"regions": regions, **({"usage_limits": limits} if limits else {})}
        inner.update({"primary_region": self.rng.choice(regions)} if len(regions) > 1 else {})
        inner.update({"upgrade_type": "MANUAL"} if plan == "STANDARD" and self.maybe() else {})
        row = self._made(name, provider, {"plan": plan, "serverless": inner})
        more = (
            {"provisioned_virtual_cpus": "16"} if plan == "STANDARD" else {**limits, "request_unit_limit": "77000000"}
        )
        options: dict[str, Any] = {"usage_limits": more}
        if plan == "STANDARD":
            options["upgrade_type"] = "AUTOMATIC" if inner.get("upgrade_type") else "MANUAL"
        if len(regions) > 1:
            options["primary_region"] = self.other(regions, inner["primary_region"])
        for option, value in options.items():
            request = ("PATCH", f"/clusters/{row['id']}", {"serverless": {option: value}})
            self.changes.append(Change("cluster", name, name, option, request))
        if plan == "STANDARD":
            self._exports(name, row, plan)
            self._backups(name, row, plan)
            self._connections(row)

    def _advanced(self, name: str, provider: str = "", regions: int = 0, version: str = "") -> None:
        """One with everything that only such a cluster can have; a *provider* makes one that is like another one."""
        cloud = provider or self.rng.choice(("GCP", "AWS", "AZURE"))
        chosen = self.rng.sample([*regions_of(cloud)], regions or self.rng.randint(1, 2))
        nodes = {region: self.rng.choice((3, 4)) for region in chosen}
        private = not provider and self.maybe()
        vcpus = self.rng.choice((4, 8))
        hardware: dict[str, Any] = {
            "machine_spec": {"num_virtual_cpus": vcpus},
            "storage_gib": self.rng.choice((60, 150)),
        }
        if cloud == "AWS" and self.maybe():
            hardware["disk_iops"] = self.rng.choice((3000, 9000))
        inner: dict[str, Any] = {"region_nodes": nodes, "hardware": hardware}
        if not provider and self.maybe(0.3):
            machines = {region: {"num_virtual_cpus": self.rng.choice((4, 8, 16))} for region in nodes}
            inner["region_machine_specs"] = machines
            del hardware["machine_spec"]
        inner["cockroach_version"] = version or self.rng.choice(
            [each.name for each in BY_NAME.values() if each.supported]
        )
        inner.update({"network_visibility": "PRIVATE"} if private else {})
        inner.update({"cidr_range": "172.16.0.0/16"} if cloud == "GCP" and self.maybe() else {})
        row = self._made(name, cloud, {"plan": "ADVANCED", "dedicated": inner})
        at = f"/clusters/{row['id']}"
        for option, value in (
            ("region_nodes", {**nodes, chosen[0]: nodes[chosen[0]] + 2}),
            *(
                [("hardware", {"machine_spec": {"machine_type": MACHINES[cloud]}})]
                if "machine_spec" in hardware
                else []
            ),
        ):
            request = ("PATCH", at, {"dedicated": {option: value}})
            self.changes.append(Change("cluster", name, name, option, request))
        if not provider:
            self._exports(name, row, "ADVANCED")
            self._backups(name, row, "ADVANCED")
            self._connections(row)
            self._upkeep(name, row, chosen)
            self._egress(name, row, chosen)
            self._guarded(name, row, chosen, private=private)

    def _replicated(self, primary: str, standby: str) -> None:
        for name in (primary, standby):
            self._advanced(name, "GCP", 1, "v25.4")
        ids = [self.clusters[name]["id"] for name in (primary, standby)]
        self.post("/physical-replication-streams", {"primary_cluster_id": ids[0], "standby_cluster_id": ids[1]})

    def _virtual(self) -> None:
        name, own = self.named(), f"{self.rng.getrandbits(128):032x}"
        own = "-".join((own[:8], own[8:12], own[12:16], own[16:20], own[20:]))
        regions = ["us-central1", "us-east1"]
        workspace = {"name": name, "cloud_provider": "GCP", "regions": regions, "default_virtual_cpu_burst_limit": 4}
        self.made_by_the_service = {"virtual-cluster-workspaces": {own: workspace}}
        self.emulator.patch(objects=self.made_by_the_service)
        at = f"/virtual-cluster-workspaces/{own}"
        self.changed("virtual_cluster_workspace", name, "", at, default_virtual_cpu_burst_limit=9)
        body: dict[str, Any] = {"name": f"virtual-{self._number}", "labels": self.labels()}
        body["regions"] = self.some(regions, 2, 1)
        body.update({"primary_region": body["regions"][0]} if len(body["regions"]) > 1 else {})
        body.update({"virtual_cpu_burst_limit": 6} if self.maybe() else {})
        folder = self.rng.choice([*self.folders.values()])
        row = self.post(f"{at}/clusters", {**body, "parent_id": folder})
        self.virtual.append(row)
        more = {"primary_region": regions[1 - regions.index(body["regions"][0])]} if len(body["regions"]) > 1 else {}
        self.changed(
            *("virtual_cluster", f"{name}/{body['name']}", "", f"{at}/clusters/{row['id']}"),
            **{
                "labels": self.other_labels(body["labels"]),
                "virtual_cpu_burst_limit": 7,
                "delete_protection": "ENABLED",
                **more,
            },
            folder__parent_id=self.other([*self.folders.values()], folder),
        )

    # --- what is in clusters -------------------------------------------------------------------------------------

    def _inside(self, name: str, row: Mapping[str, Any], plan: str) -> None:
        at = f"/clusters/{row['id']}"
        for each in self.some(SQL_NAMES):
            self.post(f"{at}/sql-users", {"name": each, "password": self.secret()})
        for each in self.some(DATABASES):
            self.post(f"{at}/databases", {"name": each})
        allowlist = f"{at}/networking/allowlist"
        if plan != "ADVANCED" and self.maybe():
            self.post(f"{allowlist}/0.0.0.0/0", None, "DELETE")
        for network in self.some(NETWORKS):
            address, _slash, mask = network.partition("/")
            body = {
                "cidr_ip": address,
                "cidr_mask": int(mask),
                "ui": self.maybe(),
                "sql": self.maybe(),
                "name": self.rng.choice(("", self.text())),
            }
            self.post(allowlist, body)
            self.changed(
                *("allowlist_entry", network, name, f"{allowlist}/{network}"),
                ui=not body["ui"],
                sql=not body["sql"],
                name=self.other(TEXTS, body["name"]),
            )
        if self.newest:
            wiz = self.maybe()
            if wiz:
                self.post(f"{at}/runtime-scanning", {"type": "WIZ"})
                self.changed("runtime_scanning", name, name, f"{at}/runtime-scanning", "POST", type="NONE")

    def _exports(self, name: str, row: Mapping[str, Any], plan: str) -> None:
        cloud, at = row["cloud_provider"], f"/clusters/{row['id']}"
        kinds = [
            CLOUDS[cloud],
            *(["OTLP_HTTP", *(["AZURE_LOG_ANALYTICS_V2"] if cloud == "AZURE" else [])] if self.newest else []),
        ]
        if self.maybe(0.8):
            body: dict[str, Any] = {"type": self.rng.choice(kinds), "log_name": self.text(), "redact": self.maybe()}
            if body["type"] == "OTLP_HTTP":
                body["otlp_endpoint"] = f"https://otlp.example.com/{self.text()}"
                body.update({"otlp_headers": {HEADER: self.secret()}} if self.maybe() else {})
            elif body["type"] == "AZURE_LOG_ANALYTICS_V2":
                body.update(
                    {f"azure_{part}": self.text() for part in AZURE}, azure_client_secret=self.secret(), log_name="on"
                )
            else:
                body["auth_principal"] = self.text()
                body.update({"azure_shared_key": self.secret()} if cloud == "AZURE" else {})
                body.update(
                    {"aws_external_id": self.text()} if (plan, cloud) == ("ADVANCED", "AWS") and self.maybe() else {}
                )
            body.update({"region": min(row_regions(row))} if self.maybe(0.3) else {})
            body.update({"omitted_channels": self.some(CHANNELS[:3], 2, 1)} if self.maybe() else {})
            if self.maybe():
                levels = self._words("LogLevel.Type")
                groups = [
                    {"log_name": f"{prefix}{number}", "channels": [channel], "redact": self.maybe()}
                    for number, (prefix, channel) in enumerate(
                        zip(("on", "a", "null"), self.some(CHANNELS[3:], 3, 1), strict=False)
                    )
                ]
                groups[0].update({"min_level": self.rng.choice(levels), "enable_sending_queue": self.maybe()})
                body["groups"] = groups
            self.post(f"{at}/logexport", body)
            said: dict[str, Any] = {"redact": not body["redact"], "log_name": "other", "omitted_channels": ["STORAGE"]}
            said.update(
                {"auth_principal": self.other(TEXTS, body["auth_principal"])} if "auth_principal" in body else {}
            )
            said.update({"otlp_endpoint": "https://other.example.com"} if "otlp_endpoint" in body else {})
            said["groups"] = None if body.get("groups") else [{"log_name": "new", "channels": ["OPS"], "redact": True}]
            self.replaced("log_export", name, name, f"{at}/logexport", body, **said)
        for sink in self.some(("prometheus", "datadog", *(["cloudwatch"] if cloud == "AWS" else []))):
            body, said = {}, {}
            if sink == "datadog":
                sites = self._words("DatadogSite.Type")
                body = {"site": self.rng.choice(sites), "api_key": self.secret()}
                said["site"] = self.other(sites, body["site"])
            elif sink == "cloudwatch":
                body = {"role_arn": self.text()}
                optional = ("target_region", "log_group_name", *(["external_id"] if plan == "ADVANCED" else []))
                body.update({each: self.text() for each in self.some(optional)})
                said = {each: self.other(TEXTS, body.get(each)) for each in ("role_arn", *optional)}
            self.post(f"{at}/metricexport/{sink}", body)
            self.replaced("metric_export", sink, name, f"{at}/metricexport/{sink}", body, **said)

    def _backups(self, name: str, row: Mapping[str, Any], plan: str) -> None:
        at = f"/clusters/{row['id']}/backups-config"
        if self.maybe():
            self.post(at, {"frequency_minutes": 30, **({"retention_days": 90} if self.maybe() else {})}, "PATCH")
        off = self.maybe(0.3)
        if off:
            self.post(at, {"enabled": False}, "PATCH")
        self.changed("backup_configuration", name, name, at, frequency_minutes=1440, enabled=off)
        made = {"as_of_time": f"{self.now - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"}
        backup = f"00000000-0000-4000-8000-{self.rng.getrandbits(48):012x}"
        self.emulator.patch(objects={f"backups/{row['id']}": {backup: made}})
        if plan == "ADVANCED" and self.maybe():
            job = {"backup_id": backup, "type": "DATABASE", "objects": [{"database": "orders"}]}
            self.post(f"/clusters/{row['id']}/restores", {**job, "restore_opts": {"new_db_name": self.text()}})

    def _connections(self, row: Mapping[str, Any]) -> None:
        at = f"/clusters/{row['id']}/networking"
        for number in range(self.rng.randint(0, 2)):
            self.post(
                f"{at}/private-endpoint-connections",
                {"endpoint_id": f"vpce-{number}{self.rng.choice(('', '/x', ' on'))}"},
            )

    def _upkeep(self, name: str, row: Mapping[str, Any], regions: Sequence[str]) -> None:
        at, day = f"/clusters/{row['id']}", timedelta(days=1)
        if self.maybe(0.7):
            body = {
                "offset_duration": f"{self.rng.choice((0, 93600, 90061, 600000))}s",
                "window_duration": f"{self.rng.choice((21600, 30000, 604799))}s",
            }
            self.post(f"{at}/maintenance-window", body, "PUT")
            self.replaced(
                *("maintenance_window", name, name, f"{at}/maintenance-window", body, "PUT"),
                offset_duration="7200s",
                window_duration="28800s",
            )
        if self.maybe(0.7):
            policies = [
                each for each in self._words("ClusterVersionDeferralPolicy.Type") if each.startswith("DEFERRAL")
            ]
            policy = self.rng.choice(policies)
            self.post(f"{at}/version-deferral", {"deferral_policy": policy}, "PUT")
            self.changed(
                *("version_deferral", name, name, f"{at}/version-deferral", "PUT"),
                policy__deferral_policy=self.other(policies, policy),
            )
        for number in range(self.rng.randint(0, 2)):
            moments = [self.now + (10 + 20 * number + length) * day for length in (0, self.rng.randint(1, 9), 12)]
            start, end, later = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in moments)
            made = self.post(f"{at}/blackout-windows", {"start_time": start, "end_time": end})
            self.changed(
                "blackout_window", f"{start}/{end}", name, f"{at}/blackout-windows/{made['id']}", end_time=later
            )
        if self.maybe(0.3):
            part = self.rng.choice(({"is_whole_region": True}, {"is_whole_region": False, "pods": ["cockroachdb-0"]}))
            self.post(
                f"{at}/disrupt", {"regional_disruptor_specifications": [{"region_code": regions[0], **part}]}, "PUT"
            )

    def _egress(self, name: str, row: Mapping[str, Any], regions: Sequence[str]) -> None:
        at, cloud = f"/clusters/{row['id']}/networking", row["cloud_provider"]
        allow = self.maybe()
        policy = f"{at}/egress-rules/egress-traffic-policy"
        self.post(policy, {"allow_all": allow})
        self.changed("egress_traffic_policy", name, name, policy, "POST", allow_all=not allow)
        for _each in range(self.rng.randint(0, 2)):
            body = {"name": self.named(), "description": self.rng.choice(("", self.text()))}
            body.update(
                self.rng.choice(
                    (
                        {"type": "CIDR", "destination": "203.0.113.9/32"},
                        {"type": "FQDN", "destination": "a.example.com"},
                    )
                )
            )
            ports = self.some((443, 9093, 80, 1))
            own = self.post(f"{at}/egress-rules", {**body, **({"ports": ports} if ports else {})})
            own = own.get("rule") or own["Rule"]
            same = {"type": body["type"], "destination": body["destination"]}
            # What each request says as well is what it was, so that is changed last.
            for option, value in (
                ("description", self.other(TEXTS, body["description"])),
                *([("ports", [*ports, 8443])] if ports else []),
                ("destination", "203.0.113.77/32" if body["type"] == "CIDR" else "b.example.com"),
            ):
                request = ("PATCH", f"{at}/egress-rules/{own['id']}", {**same, option: value})
                self.changes.append(Change("egress_rule", body["name"], name, option, request))
        if self.maybe():
            kind = (
                self.rng.choice(self._words("EgressPrivateEndpointTargetServiceType.Type"))
                if cloud == "AWS"
                else "PRIVATE_SERVICE"
            )
            body = {
                "region": self.rng.choice(regions),
                "target_service_identifier": self.text(),
                "target_service_type": kind,
            }
            own = self.post(f"{at}/egress-private-endpoints", body)
            names = self.some(("*.a.example.com", "on", "b.example.com"))
            self.post(f"{at}/egress-private-endpoints/{own['id']}", {"domain_names": names}, "PATCH")
            self.changed(
                *("egress_private_endpoint", f"{body['region']}/{body['target_service_identifier']}", name),
                f"{at}/egress-private-endpoints/{own['id']}",
                domain_names=[*names, "c.example.com"],
            )

    def _guarded(self, name: str, row: Mapping[str, Any], regions: Sequence[str], *, private: bool) -> None:
        """Certificates, keys, and who reaches it without the public network."""
        at, cloud = f"/clusters/{row['id']}", row["cloud_provider"]
        if self.maybe():
            self.post(f"{at}/client-ca-cert", {"x509_pem_cert": CA_ONE})
            self.changed("client_ca_cert", name, name, f"{at}/client-ca-cert", x509_pem_cert=CA_TWO)
        if private:
            specs = [
                {
                    "region": each,
                    "key_spec": {"type": KMS[cloud], "uri": f"key {each} {self.text()}", "auth_principal": self.text()},
                }
                for each in regions
            ]
            self.post(f"{at}/cmek", {"region_specs": specs})
            others = [{**each, "key_spec": {**each["key_spec"], "uri": "another key"}} for each in specs]
            self.changed("cmek", name, name, f"{at}/cmek", "PUT", regions__region_specs=others)
        if self.maybe():
            self.post(f"{at}/networking/private-endpoint-services", None)
        if cloud == "AWS":
            for owner in self.some(("012345678901", "*", "999999999999")):
                body = {"external_owner_id": owner, "type": "AWS_ACCOUNT_ID"}
                self.post(f"{at}/networking/private-endpoint-trusted-owners", body)
            for number in range(self.rng.randint(0, 2)):
                status = self.rng.choice(("AVAILABLE", "REJECTED", "PENDING_ACCEPTANCE"))
                facts = {
                    "region_name": regions[0],
                    "cloud_provider": "AWS",
                    "status": status,
                    "service_id": "vpce-svc-0",
                }
                key = f"vpce-0{number}23456789abcdef0"
                self.emulator.patch(objects={f"aws-endpoint-connections/{row['id']}": {key: facts}})
                if status != "PENDING_ACCEPTANCE":
                    after = "REJECTED" if status == "AVAILABLE" else "AVAILABLE"
                    path = f"{at}/networking/aws-endpoint-connections/{key}"
                    self.changed("aws_endpoint_connection", key, name, path, state__status=after)
        if self.newest and self.maybe():
            self.post(f"{at}/migration-assistant", {"region": self.rng.choice(regions)} if self.maybe() else {})
            if self.maybe():
                self.post(
                    f"{at}/migration-assistant/source-ca-cert", {"x509_pem_cert": CERTIFICATE.format("AAAA")}, "PATCH"
                )
                self.changed(
                    *("migration_assistant_ca_cert", name, name, f"{at}/migration-assistant/source-ca-cert"),
                    x509_pem_cert=CERTIFICATE.format("BBBB"),
                )


def row_regions(row: Mapping[str, Any]) -> list[str]:
    return [str(each["name"]) for each in row["regions"]]
