# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The hosts of a play as one task sees them that works for all: the variables of each, and what its keywords say for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean

from ..module_utils._base.errors import OptionError
from ._options import OURS, one_line, plain

NAMED = re.compile(r"\{\{ *(\w+) *\}\}")
BRACKETS = re.compile(r"[\[{]")


class HostView:
    """One host: its variables as a task of this play has them, templated when they are read and not before."""

    def __init__(self, name: str, variables: Mapping[str, Any], templar: Any) -> None:
        self.name = name
        self.variables = variables
        self._templar = templar.copy_with_new_env(available_variables=variables)

    def template(self, value: Any, what: str) -> Any:
        """*value* as plain data with its templates filled in for this host; OptionError names *what* could not be."""
        try:
            found = self._templar.template(value)
        except AnsibleError as error:
            raise OptionError(f"{what} can't be read: {one_line(error)}") from None
        return _without(plain(found), self.variables.get("omit"))

    def read(self, name: str, default: Any = None) -> Any:
        """The variable *name* as plain data."""
        return self.template(self.variables[name], name) if name in self.variables else default

    def read_all(self, templates: Mapping[str, Any], what: str) -> dict[str, Any]:
        """*templates* as plain data. One that only names a variable is not compiled: it takes most of the time of all."""
        found = {}
        for key, value in templates.items():
            named = NAMED.fullmatch(value) if isinstance(value, str) else None
            variable = named[1] if named else ""
            direct = self.variables.get(variable)
            # Text with brackets is more than text to some ansible-core, even where it comes out of a variable.
            plainly = variable in self.variables and not (isinstance(direct, str) and BRACKETS.search(direct))
            found[key] = self.template(direct if plainly else value, variable or what)
        return found

    def is_local(self, play_connection: str) -> bool:
        """Whether a task of this host runs in the controller, as the user who runs Ansible."""
        connection = self.read("ansible_connection") or play_connection
        return str(connection).rsplit(".", 1)[-1] == "local" and not _is_true(self.read("ansible_become"))


def hosts_of(task: Any, task_vars: Mapping[str, Any], templar: Any) -> list[HostView]:
    """The hosts that *task*, which runs for one of them, works for: those of this batch of its play that have not failed."""
    hostvars = task_vars["hostvars"]
    batch, everybody = list(task_vars["ansible_play_batch"]), list(task_vars["ansible_play_hosts_all"])
    found = []
    for name in batch:
        # What hostvars would give lacks the variables of the play and the defaults of its roles.
        variables = hostvars._variable_manager.get_vars(
            play=task.get_play(),
            host=hostvars._inventory.get_host(name),
            task=task,
            _hosts=batch,
            _hosts_all=everybody,
        )
        found.append(HostView(str(name), variables, templar))
    return found


def environment_of(task: Any, host: HostView) -> dict[str, str]:
    """What the keyword ``environment`` around *task* says for *host*."""
    found: dict[str, str] = {}
    for entry in _around(task, "environment"):
        values = host.template(entry, "environment") if entry else {}
        found.update({str(name): str(value) for name, value in values.items()})
    return found


def defaults_of(task: Any, host: HostView, module: str, groups: tuple[str, ...]) -> dict[str, Any]:
    """What ``module_defaults`` around *task* say for *host*, for *module* and its action *groups* (full names)."""
    merged: dict[str, Any] = {}
    for entry in _around(task, "module_defaults"):
        merged.update(entry)
    found: dict[str, Any] = {}
    for name in (*(f"group/{group}" for group in groups), module):
        if merged.get(name):
            found.update(host.template(merged[name], "module_defaults"))
    return found


def _around(task: Any, keyword: str) -> list[Any]:
    """What blocks, roles and the play around *task* say with *keyword*, outermost first, their templates as they are written.

    The task's own has been filled in for the host that it runs for.
    """
    found = task._parent._get_parent_attribute(keyword)
    return list(found) if isinstance(found, list) else []


def only_ours(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables of *environment* that our options read."""
    return {name: value for name, value in environment.items() if name.startswith(OURS)}


def _without(value: Any, omit: Any) -> Any:
    """*value* without the members that ansible-core before 2.19 marks as left out."""
    if isinstance(value, dict) and omit is not None:
        return {name: _without(item, omit) for name, item in value.items() if item != omit}
    return value


def _is_true(value: Any) -> bool:
    try:
        return bool(boolean(value)) if value is not None else False
    except TypeError:
        # Ansible says so itself, as soon as the host has a task of its own.
        return True
