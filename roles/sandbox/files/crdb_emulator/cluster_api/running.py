# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The running cluster: everything the Cluster API shows, and its tie to the cluster of the Cloud API.

The tie is the name: as long as a live Advanced cluster of that name is there (made through the Cloud API, or by
``--seed-cluster-api``), its SQL users are users here. ``sync`` compares the two before every request, and the Cloud
side calls it when it has deleted a user, so that one who comes back under the same name is somebody new.
"""

from __future__ import annotations

import copy
import hmac
from collections.abc import Callable, Iterator

from crdb_emulator.catalog import ADVANCED
from crdb_emulator.cluster_api import catalog_data
from crdb_emulator.cluster_api import options as kinds
from crdb_emulator.cluster_api.accounts import ADMIN, RESERVED, Account, Accounts, fold
from crdb_emulator.cluster_api.acl import SYSTEM, Acl
from crdb_emulator.cluster_api.catalog import Catalog, Table
from crdb_emulator.cluster_api.events import EventLog
from crdb_emulator.cluster_api.nodes import NODE_IDS, Node
from crdb_emulator.cluster_api.options import ClusterOptions
from crdb_emulator.cluster_api.profiles import PROFILES
from crdb_emulator.cluster_api.ranges import Ranges
from crdb_emulator.cluster_api.sqlsessions import SqlSessions
from crdb_emulator.cluster_api.websessions import WebSessions
from crdb_emulator.model import CREATED, LOCKED, Cluster
from crdb_emulator.settings import fingerprint
from crdb_emulator.store import Store

# The length of the fingerprints the Cloud side keeps, see sql_users.py.
_MARK = 16


class RunningCluster:
    """State of the cluster; ``reset`` brings the first moment back."""

    def __init__(self, store: Store, options: ClusterOptions) -> None:
        self.store = store
        self.options = options
        self.profile = PROFILES[options.version]
        self.web = WebSessions(options.session_seconds, lambda: store.now)
        self.reset()

    def reset(self) -> None:
        """Everything as at the start; no session survives."""
        options = self.options
        self.web.clear()
        self.nodes = {number: Node(number) for number in NODE_IDS}
        self.ranges = Ranges(options.ranges)
        self.sessions = SqlSessions(options.sessions)
        self.events = EventLog(options.events, self.profile)
        self.virtual = False
        # [H] The role public may connect to every database since 22.2.
        self.catalog: Catalog = catalog_data.build(public_connects=self.profile.number >= (22, 2))
        self.system_acl = Acl(SYSTEM)
        self.accounts = Accounts()
        self._cloud_id = ""
        for user in options.users:
            account = self.accounts.add(Account(fold(user.name)))
            account.set_password(user.password)
            if user.kind == kinds.ADMIN:
                account.member_of[ADMIN] = True
            elif user.kind == kinds.VIEWCLUSTERMETADATA:
                self.system_acl.grant(account.name, (kinds.VIEWCLUSTERMETADATA,))

    @property
    def cloud_cluster(self) -> Cluster | None:
        """The cluster of the Cloud API this one is, if it is there and ready."""
        cluster = self.store.live_named(self.options.name)
        usable = cluster is not None and cluster.plan == ADVANCED and cluster.state in (CREATED, LOCKED)
        return cluster if usable else None

    def sync(self) -> None:
        """Take over who came and who went on the Cloud side; a new one is a member of admin.

        With its ADMIN OPTION [L]: nobody can log in as root on a cluster of the service, and somebody must be able to
        take admin away again.
        """
        cluster = self.cloud_cluster
        number = cluster.id if cluster else ""
        names = cluster.sql_users if cluster else {}
        for account in [account for account in self.accounts.by_name.values() if account.cloud]:
            if account.name not in names or number != self._cloud_id:
                self.drop_account(account.name)
        self._cloud_id = number
        for name in names:
            if name not in self.accounts:
                self.accounts.add(Account(name, cloud=True, member_of={ADMIN: True}))

    def create_account(self, name: str, password: str | None, *, login: bool) -> None:
        """A user or role made by SQL; on a cluster of the Cloud API a user is one of its SQL users too [L]."""
        account = self.accounts.add(Account(name, login=login))
        account.set_password(password)
        cluster = self.cloud_cluster
        if cluster is not None and login:
            account.cloud = True
            cluster.sql_users[name] = fingerprint(password, _MARK) if password else ""

    def drop_account(self, name: str) -> None:
        """Forget a user or role with its sessions, privileges and memberships, here and on the Cloud side."""
        cluster = self.cloud_cluster
        if cluster is not None and cluster.id == self._cloud_id and self.accounts.by_name[name].cloud:
            cluster.sql_users.pop(name, None)
        self.accounts.drop(name)
        self.web.revoke_user(name)
        for acl in self.acls():
            acl.entries.pop(name, None)

    def acls(self) -> Iterator[Acl]:
        """The privileges of every object."""
        yield self.system_acl
        for database in self.catalog.databases.values():
            yield database.acl
            for schema in database.schemas.values():
                yield schema.acl
        for table in self.catalog.tables():
            yield table.acl

    def log_in(self, name: str, password: str) -> str | None:
        """The token of a new session, ``None`` when user or password are wrong.

        A password of the Cloud API wins over one given here for the same name.
        """
        account = self.accounts.by_name.get(fold(name))
        if account is None or not account.login or not password or account.name in RESERVED:
            return None
        cluster = self.cloud_cluster
        mark = cluster.sql_users.get(account.name) if cluster else None
        right = account.check(password) if mark is None else _same(mark, password)
        return self.web.open(account.name) if right else None

    def sees_metadata(self, user: str) -> bool:
        """Whether a user may use the guarded endpoints: admin, or VIEWCLUSTERMETADATA where the version has it."""
        if self.accounts.is_admin(user):
            return True
        identities = self.accounts.identities(user)
        return self.profile.metadata_role and self.system_acl.has(identities, kinds.VIEWCLUSTERMETADATA)

    def user_tables(self) -> list[Table]:
        """The tables that ranges belong to, in a fixed order."""
        return sorted(self.catalog.tables(), key=lambda table: table.id)

    def snapshot(self) -> Callable[[], None]:
        """What brings everything SQL can change back to this moment."""
        cluster = self.cloud_cluster
        catalog, system_acl, accounts = copy.deepcopy((self.catalog, self.system_acl, self.accounts))
        users = dict(cluster.sql_users) if cluster else {}
        restore_sessions = self.web.snapshot()

        def restore() -> None:
            restore_sessions()
            self.catalog, self.system_acl, self.accounts = catalog, system_acl, accounts
            if cluster is not None:
                cluster.sql_users.clear()
                cluster.sql_users.update(users)

        return restore


def _same(mark: str, password: str) -> bool:
    return bool(mark) and hmac.compare_digest(mark, fingerprint(password, _MARK))
