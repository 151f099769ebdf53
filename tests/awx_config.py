# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The AWX objects in examples/awx/config, as data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

CHECKOUT = Path(__file__).resolve().parents[1]
AWX = CHECKOUT / "examples" / "awx"
PROJECT = AWX / "project"
# The modules of awx.awx by the variables of infra.aap_configuration.
KINDS = {
    "controller_credential_types": "credential_type",
    "controller_credentials": "credential",
    "controller_execution_environments": "execution_environment",
    "controller_projects": "project",
    "controller_inventories": "inventory",
    "controller_hosts": "host",
    "controller_inventory_sources": "inventory_source",
    "controller_templates": "job_template",
    "controller_workflows": "workflow_job_template",
}


class Loader(yaml.SafeLoader):
    """Reads ``!unsafe`` text as the text that it is."""


Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


def read(path: Path) -> Any:
    return yaml.load(path.read_text(), Loader)


CONFIG: dict[str, Any] = {
    name: value for path in sorted((AWX / "config").glob("*.yml")) for name, value in read(path).items()
}
TEMPLATES: dict[str, dict[str, Any]] = {entry["name"]: entry for entry in CONFIG["controller_templates"]}
CREDENTIAL_TYPES: dict[str, dict[str, Any]] = {entry["name"]: entry for entry in CONFIG["controller_credential_types"]}


def rendered(text: str) -> str:
    """A text with the variables of settings.yml filled in, as Ansible does it."""
    settings = {**CONFIG, "omit": "", "lookup": lambda *_arguments: ""}
    return ImmutableSandboxedEnvironment(undefined=StrictUndefined).from_string(text).render(settings)


def injected(credential_type: str, fields: dict[str, str], files: dict[str, str]) -> dict[str, dict[str, str]]:
    """What AWX makes of the filled in *fields* of a credential: environment and extra variables. Other fields are nothing to it."""
    render = ImmutableSandboxedEnvironment().from_string
    values = {**fields, "tower": {"filename": files}}
    injectors = CREDENTIAL_TYPES[credential_type]["injectors"]
    return {
        kind: {name: render(text).render(values) for name, text in injectors.get(kind, {}).items()}
        for kind in ("env", "extra_vars")
    }
