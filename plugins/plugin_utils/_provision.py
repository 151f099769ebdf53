# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clusters of all hosts of a play in one plan for each connection; then, task by task, what became of each host's own.

A task costs Ansible more for a host than looking after the host's cluster does. So one task for all does the work, and
the few tasks that follow for each host only hand its part of the outcome over.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.release import __version__ as ansible_version

from ..module_utils._base.errors import OptionError
from ..module_utils._base.masking import mask
from ..module_utils._cloud_api.client import CONNECTION_OPTIONS
from ..module_utils._edge.module import Module, ModuleRun, Session
from ..module_utils._fleet.apart import Plans, Wish, fulfil
from ..module_utils._fleet.fleet import MOST_PARALLEL
from ..module_utils._http.transport import REQUESTS_IMPORT_ERROR
from ._cluster_wish import PREFIX, read_wish
from ._direct import MODULES, ControllerAction, _environment, _fingerprint
from ._hosts import HostView, defaults_of, environment_of, hosts_of, only_ours
from ._misspelt import IGNORED, misspelt, role_options
from ._options import plain
from ._provision_parts import Wanted, failed, left_alone, left_to_the_role, part_of
from ._survey import as_list

# The variable of the role that gathers what the others say.
SAID = "cluster__said"
GROUPS = ("crdb.cloud.cloud",)
PROXIES = "_proxy"


@dataclass
class Group:
    """Hosts with one *connection* (the values of CONNECTION_OPTIONS) in one *environment*, and what each of them wants."""

    connection: dict[str, Any]
    environment: dict[str, str]
    wanted: dict[str, Wanted] = field(default_factory=dict)


class ProvisionAction(ControllerAction):
    """The action of the module provision_hosts. It always runs in the controller, and reads what it does in the variables of the hosts."""

    module = "provision_hosts"

    def _run_here(
        self, module: Module, spec: dict[str, dict[str, Any]], args: dict[str, Any], *, shows: bool
    ) -> dict[str, Any]:
        # The connection is that of the one host that the task runs for, and it works for others.
        self._given = {name: args.pop(name) for name in CONNECTION_OPTIONS if name in args}
        return super()._run_here(replace(module, run=self._work), spec, args, shows=shows)

    def _session(self, module: Module, params: dict[str, Any], args: dict[str, Any]) -> Session:
        # Nothing is sent through this one: each group of hosts has its own.
        return Session(SimpleNamespace(written=0))

    def _work(self, run: ModuleRun) -> dict[str, Any]:
        return self._handed_over(run) if run.params["registered"] else self._for_all(run)

    # --- for one host --------------------------------------------------------------------------------------------

    def _handed_over(self, run: ModuleRun) -> dict[str, Any]:
        """What the task that worked for all hosts says of this one. It is read as it is: text of the API is no template."""
        name, host = run.params["registered"], str(self._vars["inventory_hostname"])
        registered = self._vars.get(name)
        parts = registered.get("hosts") if isinstance(registered, Mapping) else None
        if not isinstance(parts, Mapping) or host not in parts:
            raise OptionError(
                f"{name} says nothing of the host '{host}'",
                "registered must name the variable that an earlier task of this module, with run_once, has registered",
            )
        found: dict[str, Any] = plain(parts[host][run.params["part"]])
        for warning in found.pop("warnings", ()):
            run.warn(warning)
        if found.get("summary") and not found.get("failed"):
            # A task of its own that only says this would cost more than all that has been done for the host.
            self._notify(f"{host}: {'. '.join(found['summary'])}")
        return found

    # --- for all of them -----------------------------------------------------------------------------------------

    def _for_all(self, run: ModuleRun) -> dict[str, Any]:
        self._known = role_options("cluster")
        hosts = hosts_of(self._task, self._vars, self._templar)
        self._refuse_keywords_of_one_host(hosts)
        parts: dict[str, dict[str, Any]] = {}
        groups: dict[str, Group] = {}
        for host in hosts:
            try:
                if self._works_for(host):
                    self._sort_in(host, groups)
                else:
                    parts[host.name] = left_to_the_role()
            except OptionError as error:
                parts[host.name] = failed(error.as_result())
        # With any_errors_fatal a mistake ends all, as it does where each host has tasks of its own: before anything is sent.
        together = bool(self._task.any_errors_fatal)
        counts: dict[str, int] = {}
        for group in groups.values():
            if together and any(part["cluster"].get("failed") for part in parts.values()):
                parts.update({name: left_alone() for name in group.wanted})
                continue
            with _environment(group.environment):
                found, plans = self._carry_out(group, run, together=together)
            parts.update(found)
            for text in plans.texts:
                self._notify_all(text)
            counts = {name: number + counts.get(name, 0) for name, number in plans.counts.items()}
        changed = any(stage.get("changed") for part in parts.values() for stage in part.values())
        return {"changed": changed, "hosts": parts, "counts": counts, "plans": len(groups)}

    def _refuse_keywords_of_one_host(self, hosts: Sequence[HostView]) -> None:
        """Templates of the task itself are filled in for the host that it runs for, and would hold for all others, too."""
        for here in hosts:
            if here.name != str(self._vars["inventory_hostname"]):
                continue
            defaults = defaults_of(self._task, here, f"crdb.cloud.{self.module}", GROUPS)
            around = only_ours(environment_of(self._task, here))
            own = {name for name, value in self._given.items() if defaults.get(name) != value}
            own |= {name for name, value in only_ours(self._environment()).items() if around.get(name) != value}
            if own:
                raise OptionError(
                    f"{', '.join(sorted(own))} can't be set at a task that works for many hosts: all would get what one of them has",
                    "Use module_defaults or environment of the play or of a block, which are read for each host",
                )

    def _works_for(self, host: HostView) -> bool:
        """Whether this task can work for *host* with the same result as tasks of its own."""
        if REQUESTS_IMPORT_ERROR or self._task.become or not host.is_local(self._task.connection):
            return False
        return self._switch({"crdb_direct": host.read("crdb_direct")}, "crdb_direct")

    def _sort_in(self, host: HostView, groups: dict[str, Group]) -> None:
        """Read what *host* wants and how it is reached, and put it to those that are reached in the same way."""
        if SAID not in host.variables:
            raise OptionError(
                f"There is no {SAID}, which says what is wanted",
                "Use the module through the role: import_role with name crdb.cloud.cluster and tasks_from hosts",
            )
        strange = misspelt(host.variables, self._known, PREFIX, as_list(IGNORED, host.read(IGNORED)))
        if strange:
            raise OptionError(". ".join(strange))
        environment = environment_of(self._task, host)
        with _environment(environment):
            wish = read_wish(host.read_all(host.variables[SAID], "The variables of the cluster"))
            if wish["problem"]:
                raise OptionError(wish["problem"])
            user, database = (host.read(f"cluster_connection_{name}", "") for name in ("user", "database"))
            wanted = Wanted(wish, user, database)
            connection = self._connection_of(host)
            proxies = {name: text for name, text in os.environ.items() if name.lower().endswith(PROXIES)}
        fleet().check({**connection, "clusters": [_entry(wish)]})
        key = _fingerprint([connection, proxies])
        groups.setdefault(key, Group(connection, environment)).wanted[host.name] = wanted

    def _connection_of(self, host: HostView) -> dict[str, Any]:
        given = defaults_of(self._task, host, f"crdb.cloud.{self.module}", GROUPS)
        known = {name: value for name, value in given.items() if name in CONNECTION_OPTIONS}
        validated = ArgumentSpecValidator(CONNECTION_OPTIONS).validate(known)
        if validated.error_messages:
            raise OptionError(mask(validated.errors.msg, validated._no_log_values))
        return dict(validated.validated_parameters)

    def _carry_out(self, group: Group, run: ModuleRun, *, together: bool) -> tuple[dict[str, dict[str, Any]], Plans]:
        """One plan for *group*, carried out: the parts of its hosts."""
        wishes = [
            Wish(
                name,
                _entry(wanted.wish),
                waits=wanted.wish["wait"],
                timeout=wanted.wish["wait_timeout"],
                lacking=wanted.wish["lacking"],
                needs=wanted.wish["needs"],
            )
            for name, wanted in group.wanted.items()
        ]
        defaults = {name: entry.get("default") for name, entry in fleet().argument_spec().items()}
        params = {
            **defaults,
            **group.connection,
            "clusters": [wish.params for wish in wishes],
            "parallel": min(MOST_PARALLEL, max(1, int(self._vars.get("ansible_forks") or 1))),
            "wait": any(wish.waits for wish in wishes),
        }
        module = replace(fleet(), run=lambda fleet_run: {"plans": fulfil(fleet_run, wishes, together=together)})
        result = module.execute(
            params,
            check_mode=self._task.check_mode,
            diff=self._task.diff,
            warn=run.warn,
            notify=self._notify,
            hides=True,
            open_session=lambda: module.open(
                params, check_mode=self._task.check_mode, agent=f"ansible/{ansible_version}"
            ),
        )
        if result.get("failed"):
            refused = (result.get("error") or {}).get("status") == 403
            # Who may not list clusters may well create one, which is for the role to know.
            return {name: left_to_the_role() if refused else failed(result) for name in group.wanted}, Plans()
        plans: Plans = result["plans"]
        secrets = module.secrets(params)
        parts = {
            name: part_of(wanted, plans.outcomes[name], secrets, check_mode=self._task.check_mode)
            for name, wanted in group.wanted.items()
        }
        return parts, plans

    def _notify_all(self, text: str) -> None:
        """Print *text* line by line for whoever reviews a plan."""
        if self._task.no_log:
            return
        for line in text.splitlines():
            self._notify(line)


def fleet() -> Module:
    found: Module = importlib.import_module(f"{MODULES}.fleet").MODULE
    return found


def _entry(wish: Mapping[str, Any]) -> dict[str, Any]:
    """What a host wants as an entry of the module fleet's ``clusters``."""
    return {
        "name": wish["name"] or None,
        **wish["options"],
        "allowlist": wish["allowlist"] or None,
        "sql_users": wish["users"] or None,
        "purge_children": [name for name in ("allowlist", "sql_users") if wish[f"{name}_purge"]],
        "protected": wish["protected"],
    }
