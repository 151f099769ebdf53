# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-ins for the modules of awx.awx: they check their options as those do, and write down what they were given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TEXT: dict[str, Any] = {"type": "str"}
NAME: dict[str, Any] = {"type": "str", "required": True}
FLAG: dict[str, Any] = {"type": "bool"}
NUMBER: dict[str, Any] = {"type": "int"}
DICT: dict[str, Any] = {"type": "dict"}
NAMES: dict[str, Any] = {"type": "list", "elements": "str"}
COMMON: dict[str, dict[str, Any]] = {"name": NAME, "description": TEXT, "organization": TEXT}
SURVEY: dict[str, dict[str, Any]] = {"survey_enabled": FLAG, "survey_spec": DICT}

# The options of awx.awx 24.6.1 that a loader of objects can need. Only these; one that is missing here is an error in the test.
MODULES: dict[str, dict[str, dict[str, Any]]] = {
    "credential_type": {
        "name": NAME,
        "description": TEXT,
        "kind": {"type": "str", "choices": ["ssh", "vault", "net", "scm", "cloud", "insights"]},
        "inputs": DICT,
        "injectors": DICT,
    },
    "credential": {
        **COMMON,
        "credential_type": TEXT,
        "inputs": {"type": "dict", "no_log": True},
        "update_secrets": {"type": "bool", "default": True, "no_log": False},
    },
    "execution_environment": {
        **COMMON,
        "image": {"type": "str", "required": True},
        "credential": TEXT,
        "pull": {"type": "str", "choices": ["always", "missing", "never"], "default": "missing"},
    },
    "project": {
        **COMMON,
        "scm_type": {"type": "str", "choices": ["manual", "git", "svn", "insights", "archive"]},
        "scm_url": TEXT,
        "scm_branch": TEXT,
        "credential": TEXT,
        "scm_update_on_launch": FLAG,
        "scm_update_cache_timeout": NUMBER,
        "default_environment": TEXT,
    },
    "inventory": {**COMMON, "organization": {"type": "str", "required": True}},
    "host": {"name": NAME, "inventory": {"type": "str", "required": True}, "variables": DICT},
    "inventory_source": {
        **COMMON,
        "inventory": {"type": "str", "required": True},
        "source": {"type": "str", "choices": ["scm", "ec2", "gce", "azure_rm", "vmware", "openstack", "controller"]},
        "source_path": TEXT,
        "source_vars": DICT,
        "source_project": TEXT,
        "credential": TEXT,
        "execution_environment": TEXT,
        "overwrite": FLAG,
        "overwrite_vars": FLAG,
        "update_on_launch": FLAG,
        "update_cache_timeout": NUMBER,
        "enabled_var": TEXT,
        "enabled_value": TEXT,
        "host_filter": TEXT,
        "limit": TEXT,
        "verbosity": {"type": "int", "choices": [0, 1, 2]},
    },
    "job_template": {
        **COMMON,
        **SURVEY,
        "job_type": {"type": "str", "choices": ["run", "check"]},
        "inventory": TEXT,
        "project": TEXT,
        "playbook": TEXT,
        "credentials": NAMES,
        "execution_environment": TEXT,
        "forks": NUMBER,
        "limit": TEXT,
        "verbosity": {"type": "int", "choices": [0, 1, 2, 3, 4]},
        "extra_vars": DICT,
        "diff_mode": FLAG,
        "timeout": NUMBER,
        "job_slice_count": NUMBER,
        "allow_simultaneous": FLAG,
        **{
            f"ask_{what}_on_launch": FLAG
            for what in ("credential", "diff_mode", "job_slice_count", "job_type", "limit", "variables", "verbosity")
        },
    },
    "workflow_job_template": {
        **COMMON,
        **SURVEY,
        "extra_vars": DICT,
        "inventory": TEXT,
        "allow_simultaneous": FLAG,
        "ask_limit_on_launch": FLAG,
        "ask_variables_on_launch": FLAG,
        "workflow_nodes": {
            "type": "list",
            "elements": "dict",
            "options": {
                "identifier": NAME,
                "all_parents_must_converge": FLAG,
                "extra_data": DICT,
                "job_type": {"type": "str", "choices": ["run", "check"]},
                "limit": TEXT,
                "diff_mode": FLAG,
                "unified_job_template": {
                    "type": "dict",
                    "options": {
                        "name": TEXT,
                        "description": TEXT,
                        "type": TEXT,
                        "timeout": {"type": "int", "default": 0},
                        "organization": {"type": "dict", "options": {"name": TEXT}},
                        "inventory": {
                            "type": "dict",
                            "options": {"name": TEXT, "organization": {"type": "dict", "options": {"name": TEXT}}},
                        },
                    },
                },
                "related": {
                    "type": "dict",
                    "options": {
                        kind: {"type": "list", "elements": "dict"}
                        for kind in ("always_nodes", "success_nodes", "failure_nodes", "credentials")
                    },
                },
            },
        },
    },
}

SOURCE = """
from __future__ import annotations
import json
import os
from ansible.errors import AnsibleActionFail
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    def run(self, tmp=None, task_vars=None):
        super().run(tmp, task_vars)
        args = json.loads(json.dumps(self._task.args, default=str))
        validated = ArgumentSpecValidator(json.loads({spec!r})).validate(args)
        if validated.error_messages:
            raise AnsibleActionFail("; ".join(validated.error_messages))
        given = {{name: value for name, value in validated.validated_parameters.items() if value is not None}}
        with open(os.environ["AWX_STAND_IN"], "a") as stream:
            stream.write(json.dumps(["{name}", given]) + "\\n")
        environment = {{}}
        self._compute_environment_string(environment)
        with open(os.environ["AWX_STAND_IN"] + ".environment", "a") as stream:
            stream.write(json.dumps(environment) + "\\n")
        return {{"changed": False}}
"""


def install(collections: Path) -> None:
    """Put the collection of stand-ins below *collections*: action plugins, which need no new Python each."""
    plugins = collections / "ansible_collections" / "awx" / "awx" / "plugins"
    for kind in ("action", "modules"):
        (plugins / kind).mkdir(parents=True)
    for name, spec in MODULES.items():
        (plugins / "action" / f"{name}.py").write_text(SOURCE.format(name=name, spec=json.dumps(spec)))
        (plugins / "modules" / f"{name}.py").write_text("")
