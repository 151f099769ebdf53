# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX accepts, as JSON schemas: credential types, surveys, and the other objects in examples/awx/config."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

VARIABLE = "^[a-zA-Z_][a-zA-Z0-9_]*$"
# AWX refuses these in an injector.
RESERVED = (
    "ANSIBLE_.*|VIRTUAL_ENV|PATH|PYTHONPATH|JOB_ID|INVENTORY_ID|INVENTORY_SOURCE_ID|INVENTORY_UPDATE_ID|AD_HOC_COMMAND_ID|"
    "REST_API_URL|REST_API_TOKEN|MAX_EVENT_RES|CALLBACK_QUEUE|CALLBACK_CONNECTION|CACHE|JOB_CALLBACK_DEBUG|INVENTORY_HOSTVARS|"
    "AWX_HOST|PROJECT_REVISION|SUPERVISOR_CONFIG_PATH"
)
TEXT = {"type": "string"}
WORD = {"type": "string", "minLength": 1}
FLAG = {"type": "boolean"}
WORDS = {"type": "array", "items": WORD, "minItems": 1, "uniqueItems": True}


def record(needed: Iterable[str] = (), /, **properties: Any) -> dict[str, Any]:
    """The schema of an object that has these properties and no others; all are required, or only those named."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": list(needed or properties),
    }


def _texts(names: str, values: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "patternProperties": {names: values}, "additionalProperties": False, "minProperties": 1}


INPUTS = record(
    ["fields"],
    required={"type": "array", "items": WORD, "uniqueItems": True},
    fields={
        "type": "array",
        "minItems": 1,
        "items": {
            **record(
                ["id", "label"],
                id={"type": "string", "pattern": VARIABLE, "not": {"const": "tower"}},
                type={"enum": ["string", "boolean"]},
                label=WORD,
                help_text=WORD,
                format={"enum": ["ssh_private_key", "url"]},
                choices=WORDS,
                multiline=FLAG,
                secret=FLAG,
                ask_at_runtime=FLAG,
                default={},
            ),
            "if": {"properties": {"type": {"const": "boolean"}}, "required": ["type"]},
            "then": {
                "properties": {"choices": False, "multiline": False, "format": False, "secret": False, "default": FLAG}
            },
            "else": {"properties": {"default": TEXT}},
        },
    },
)
INJECTORS = {
    **record(
        env=_texts(f"^(?!(?:{RESERVED})$)[a-zA-Z_][a-zA-Z0-9_]*$", {"type": "string", "pattern": "^[\x00-\x7f]*$"}),
        file=_texts(r"^template(\.[a-zA-Z_][a-zA-Z0-9_]*)?$", TEXT),
        extra_vars=_texts(VARIABLE, TEXT),
    ),
    "required": [],
    "minProperties": 1,
}
CREDENTIAL_TYPE = record(
    name=WORD, description=WORD, kind={"enum": ["cloud", "net"]}, inputs=INPUTS, injectors=INJECTORS
)

LIMIT = {"type": "integer"}
QUESTION: dict[str, Any] = {
    **record(
        ["question_name", "variable", "type", "required"],
        question_name=WORD,
        question_description=TEXT,
        variable={"type": "string", "pattern": VARIABLE},
        type={"enum": ["text", "textarea", "password", "integer", "float", "multiplechoice", "multiselect"]},
        required=FLAG,
        default={},
        min=LIMIT,
        max=LIMIT,
        choices=WORDS,
    ),
    "allOf": [
        {
            "if": {"properties": {"type": {"enum": ["multiplechoice", "multiselect"]}}},
            "then": {"required": ["choices"], "properties": {"min": False, "max": False}},
            "else": {"properties": {"choices": False}},
        },
        *(
            {"if": {"properties": {"type": {"enum": types}}}, "then": {"properties": {"default": default}}}
            for types, default in (
                (["text", "textarea", "password", "multiplechoice", "multiselect"], TEXT),
                (["integer"], {"type": "integer"}),
                (["float"], {"type": "number"}),
            )
        ),
    ],
}
SURVEY = record(name=WORD, description=TEXT, spec={"type": "array", "items": QUESTION, "minItems": 1})

OBJECT = {"name": WORD, "description": WORD, "organization": WORD}
CREDENTIAL = record(**OBJECT, credential_type=WORD, update_secrets=FLAG, inputs={"type": "object"})
EXECUTION_ENVIRONMENT = record(**OBJECT, image=WORD, pull={"enum": ["always", "missing", "never"]})
PROJECT = record(
    **OBJECT,
    scm_type={"const": "git"},
    scm_url=WORD,
    scm_branch=WORD,
    credential=TEXT,
    scm_update_on_launch=FLAG,
    scm_update_cache_timeout={"type": "integer", "minimum": 0},
    default_environment=WORD,
)
INVENTORY = record(**OBJECT)
HOST = record(name=WORD, inventory=WORD, variables={"type": "object"})
INVENTORY_SOURCE = record(
    [*OBJECT, "inventory", "source", "source_project", "source_path", "execution_environment", "update_on_launch"],
    **OBJECT,
    inventory=WORD,
    source={"const": "scm"},
    source_project=WORD,
    source_path=WORD,
    credential=WORD,
    execution_environment=WORD,
    # They become environment variables: AWX makes text of each, and of a list or dictionary text that is no JSON.
    source_vars=_texts(f"^(?!(?:HOME|USER|_|TERM|PATH)$){VARIABLE[1:]}", TEXT),
    overwrite=FLAG,
    overwrite_vars=FLAG,
    update_on_launch=FLAG,
    update_cache_timeout={"type": "integer", "minimum": 0},
)
JOB_TEMPLATE: dict[str, Any] = {
    **record(
        [*OBJECT, "job_type", "inventory", "project", "playbook", "credentials", "execution_environment"],
        **OBJECT,
        job_type={"enum": ["run", "check"]},
        inventory=WORD,
        project=WORD,
        playbook={"type": "string", "pattern": r"\.ya?ml$"},
        credentials=WORDS,
        execution_environment=WORD,
        diff_mode=FLAG,
        limit=TEXT,
        job_slice_count={"type": "integer", "minimum": 1},
        ask_job_type_on_launch=FLAG,
        ask_limit_on_launch=FLAG,
        ask_credential_on_launch=FLAG,
        ask_variables_on_launch=FLAG,
        ask_job_slice_count_on_launch=FLAG,
        survey_enabled={"const": True},
        survey_spec=SURVEY,
    ),
    "dependentRequired": {"survey_enabled": ["survey_spec"], "survey_spec": ["survey_enabled"]},
}
NODES = {"type": "array", "items": record(identifier=WORD)}
WORKFLOW = record(
    **OBJECT,
    ask_limit_on_launch=FLAG,
    survey_enabled={"const": True},
    survey_spec=SURVEY,
    workflow_nodes={
        "type": "array",
        "minItems": 1,
        "items": record(
            ["identifier", "unified_job_template", "related"],
            identifier=WORD,
            job_type={"enum": ["run", "check"]},
            unified_job_template=record(
                ["name", "type"],
                name=WORD,
                description=WORD,
                type={"enum": ["job_template", "workflow_approval", "project", "inventory_source"]},
                timeout={"type": "integer"},
                organization=record(name=WORD),
            ),
            # awx.awx wants all four, even if they are empty.
            related=record(success_nodes=NODES, failure_nodes=NODES, always_nodes=NODES, credentials={"type": "array"}),
        ),
    },
)

# The variables of infra.aap_configuration, which are also those of examples/awx/load.yml.
SCHEMAS: dict[str, dict[str, Any]] = {
    "controller_credential_types": CREDENTIAL_TYPE,
    "controller_credentials": CREDENTIAL,
    "controller_execution_environments": EXECUTION_ENVIRONMENT,
    "controller_projects": PROJECT,
    "controller_inventories": INVENTORY,
    "controller_hosts": HOST,
    "controller_inventory_sources": INVENTORY_SOURCE,
    "controller_templates": JOB_TEMPLATE,
    "controller_workflows": WORKFLOW,
}
