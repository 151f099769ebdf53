# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The AWX objects in examples/awx: as AWX wants them, and in step with the playbooks, roles and options they speak of."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from awx_config import AWX, CHECKOUT, CONFIG, CREDENTIAL_TYPES, KINDS, PROJECT, TEMPLATES, injected, read, rendered
from awx_schemas import SCHEMAS
from jsonschema import Draft202012Validator
from role_docs import Role
from test_playbook_docs import roles_in

from ansible_collections.crdb.cloud.plugins.inventory import clusters as inventory_plugin
from ansible_collections.crdb.cloud.plugins.module_utils._cloud_api import client as _cloud_api
from ansible_collections.crdb.cloud.plugins.module_utils._cluster_api import client as _cluster_api

# The types of a role's variable that the answer to a question fits. A list or a dictionary can be given as text.
FITS = {
    "text": {"str", "path", "raw", "list", "dict"},
    "textarea": {"str", "raw", "list", "dict"},
    "integer": {"int", "float", "raw", "str"},
    "float": {"float", "raw", "str"},
    "multiplechoice": {"str", "raw", "list", "bool"},
    "multiselect": {"list", "raw"},
}
# Hidden since a user can come with its password. A survey asks for the names, and a credential has the passwords.
NAMES_ONLY = {"cluster_sql_users", "sql_users_users"}
SECRET = re.compile(r"passw|secret|token|_key$|jwt|session", re.I)


SURVEYS = {
    entry["name"]: entry["survey_spec"]["spec"]
    for entry in [*CONFIG["controller_templates"], *CONFIG["controller_workflows"]]
    if "survey_spec" in entry
}
QUESTIONS = [pytest.param(name, one, id=f"{name}-{one['variable']}") for name, spec in SURVEYS.items() for one in spec]


def objections(name: str, entry: Any) -> list[str]:
    validator = Draft202012Validator(SCHEMAS[name])
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(entry)]


def test_all_kinds_of_objects_are_there() -> None:
    assert SCHEMAS.keys() == KINDS.keys() == {name for name in CONFIG if name.startswith("controller_")}
    loaded = {path.removeprefix("config/") for path in read(AWX / "load.yml")[0]["vars_files"]}
    assert loaded == {path.name for path in (AWX / "config").glob("*.yml")}


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    entries = CONFIG[name]
    assert entries
    for entry in entries:
        assert objections(name, entry) == [], entry["name"]
    names = [(entry.get("inventory"), entry["name"]) for entry in entries]
    assert len(names) == len(set(names))


def without(key: str) -> Callable[[Any], None]:
    return lambda entry: entry.pop(key)


def put(value: Any, *path: Any) -> Callable[[Any], None]:
    def change(entry: Any) -> None:
        for step in path[:-1]:
            entry = entry[step]
        entry[path[-1]] = value

    return change


SURVEY = "survey_spec", "spec", 0
WRONG = {
    "reserved variable": ("credential_types", put("x", "injectors", "env", "ANSIBLE_CONFIG")),
    "no variable name": ("credential_types", put("x", "injectors", "env", "1X")),
    "no ASCII": ("credential_types", put("é", "injectors", "env", "X")),
    "unknown injector": ("credential_types", put({}, "injectors", "files")),
    "field name": ("credential_types", put("tower", "inputs", "fields", 0, "id")),
    "field type": ("credential_types", put("number", "inputs", "fields", 0, "type")),
    "secret boolean": ("credential_types", put("boolean", "inputs", "fields", 0, "type")),
    "default of a string": ("credential_types", put(True, "inputs", "fields", 0, "default")),
    "managed kind": ("credential_types", put("ssh", "kind")),
    "question type": ("templates", put("number", *SURVEY, "type")),
    "no choices": ("templates", put("multiplechoice", *SURVEY, "type")),
    "choices of text": ("templates", put(["a"], *SURVEY, "choices")),
    "text for a number": (
        "templates",
        lambda entry: entry["survey_spec"]["spec"][0].update(type="integer", default="1"),
    ),
    "number for a text": ("templates", put(1, *SURVEY, "default")),
    "real limit": ("templates", put(0.5, *SURVEY, "min")),
    "required": ("templates", put("yes", *SURVEY, "required")),
    "unknown field": ("templates", put("x", *SURVEY, "help")),
    "survey off": ("templates", without("survey_enabled")),
    "no playbook": ("templates", without("playbook")),
    "no such option": ("templates", put(1, "slices")),
    "text wanted": ("inventory_sources", put([{"key": "x"}], "source_vars", "CRDB_INVENTORY_KEYED_GROUPS")),
    "kept variable": ("inventory_sources", put("/", "source_vars", "HOME")),
    "no relations": ("workflows", put({}, "workflow_nodes", 0, "related")),
}


@pytest.mark.parametrize(("name", "change"), WRONG.values(), ids=WRONG)
def test_what_awx_refuses_is_found(name: str, change: Callable[[Any], None]) -> None:
    name = f"controller_{name}"
    entries = [entry for entry in CONFIG[name] if name != "controller_templates" or "survey_spec" in entry]
    entry = copy.deepcopy(next((one for one in entries if "source_vars" in one), entries[0]))
    assert objections(name, entry) == []
    change(entry)
    assert objections(name, entry)


OPTIONS = {
    "CockroachDB Cloud": _cloud_api.CONNECTION_OPTIONS,
    "CockroachDB Cluster API": _cluster_api.CONNECTION_OPTIONS,
}
PASSWORDS_TYPE = "CockroachDB SQL passwords"


@pytest.mark.parametrize("name", OPTIONS)
def test_credential_type_gives_every_connection_option(name: str) -> None:
    entry, options = CREDENTIAL_TYPES[name], OPTIONS[name]
    variables = {option: spec["fallback"][1][0] for option, spec in options.items()}
    assert entry["injectors"]["env"].keys() == set(variables.values())
    fields = {field["id"]: field for field in entry["inputs"]["fields"]}
    # A path is no use in a container: the credential holds the certificates themselves.
    assert fields.keys() == (options.keys() - {"ca_path"}) | {"ca_certificate"}
    for option, spec in options.items():
        if option == "ca_path":
            continue
        assert entry["injectors"]["env"][variables[option]] == f"{{{{ {option} }}}}"
        assert fields[option].get("secret", False) is bool(spec.get("no_log")), option
        choices = ["true", "false"] if spec["type"] == "bool" else spec.get("choices")
        assert sorted(fields[option].get("choices") or []) == sorted(choices or []), option


def test_the_other_credential_type_gives_variables_of_roles() -> None:
    assert CREDENTIAL_TYPES.keys() - OPTIONS.keys() == {PASSWORDS_TYPE}
    for name in CREDENTIAL_TYPES[PASSWORDS_TYPE]["injectors"]["extra_vars"]:
        role = next(path for path in (CHECKOUT / "roles").iterdir() if name.startswith(f"{path.name}_"))
        option = Role(role).options[name]
        assert option["no_log"] and option["type"] in ("dict", "raw")
    assert all(field["secret"] for field in CREDENTIAL_TYPES[PASSWORDS_TYPE]["inputs"]["fields"])


@pytest.mark.parametrize("entry", CREDENTIAL_TYPES.values(), ids=CREDENTIAL_TYPES)
@pytest.mark.parametrize("blank", [True, False], ids=["blank", "full"])
def test_injectors_are_rendered(entry: dict[str, Any], blank: bool) -> None:
    """As AWX does it, which has the fields that were filled in, and for the others nothing."""
    fields = {} if blank else {field["id"]: f"the {field['id']}" for field in entry["inputs"]["fields"]}
    kinds = injected(entry["name"], fields, {"ca": "/runner/env/ca"})
    found = {**kinds["env"], **kinds["extra_vars"]}
    if blank:
        assert set(found.values()) == {""}
    else:
        assert all(found.values())
        assert found.get("CRDB_CA_PATH") in ("/runner/env/ca", None)
    known = {field["id"] for field in entry["inputs"]["fields"]} | {"tower"}
    texts = [text for kind in entry["injectors"].values() for text in kind.values()]
    assert set(re.findall(r"\{\{ (\w+)", " ".join(texts))) <= known


def test_references_lead_somewhere() -> None:
    def names(kind: str) -> set[str]:
        return {rendered(entry["name"]) for entry in CONFIG[f"controller_{kind}"]}

    environments, projects, inventories = names("execution_environments"), names("projects"), names("inventories")
    for entry in CONFIG["controller_credentials"]:
        assert entry["credential_type"] in CREDENTIAL_TYPES
        fields = {field["id"] for field in CREDENTIAL_TYPES[entry["credential_type"]]["inputs"]["fields"]}
        assert entry["inputs"].keys() <= fields
    for entry in CONFIG["controller_projects"]:
        assert entry["default_environment"] in environments
    for entry in CONFIG["controller_hosts"]:
        assert entry["inventory"] in inventories
    for entry in CONFIG["controller_inventory_sources"]:
        assert entry["inventory"] in inventories and entry["source_project"] in projects
        assert entry["execution_environment"] in environments
        assert (PROJECT / entry["source_path"]).is_file()
        assert rendered(entry.get("credential", "")) in names("credentials") | {""}
    for entry in TEMPLATES.values():
        assert entry["inventory"] in inventories and entry["project"] in projects
        assert entry["execution_environment"] in environments
        assert {rendered(name) for name in entry["credentials"]} <= names("credentials")
    for entry in CONFIG["controller_workflows"]:
        nodes = {node["identifier"] for node in entry["workflow_nodes"]}
        for node in entry["workflow_nodes"]:
            assert {one["identifier"] for kind in node["related"].values() for one in kind} <= nodes
            template = node["unified_job_template"]
            if template["type"] != "job_template":
                continue
            # A job only takes over what its template prompts for.
            target = TEMPLATES[template["name"]]
            assert target["ask_limit_on_launch"] and (target["ask_job_type_on_launch"] or "job_type" not in node)
            assert target["survey_spec"]["spec"] == entry["survey_spec"]["spec"]


def test_sources_name_options_of_the_inventory_plugin() -> None:
    options = yaml.safe_load(inventory_plugin.DOCUMENTATION)["options"]
    known = {env["name"] for option in options.values() for env in option.get("env", [])}
    for entry in CONFIG["controller_inventory_sources"]:
        assert entry.get("source_vars", {}).keys() <= known | {"ANSIBLE_INVENTORY_ENABLED"}
        if "credential" in entry:
            assert entry["source_path"].endswith(inventory_plugin.SUFFIXES)


def test_every_playbook_of_the_project_has_a_job_template() -> None:
    playbooks = {str(path.relative_to(PROJECT)) for path in PROJECT.glob("playbooks/*.yml")}
    assert {template["playbook"] for template in TEMPLATES.values()} == playbooks
    # The other two are for the shell: one starts a sandbox, the other one is a first step.
    ours = {path.stem for path in (CHECKOUT / "playbooks").glob("*.yml")} - {"sandbox", "quickstart"}
    assert ours <= {Path(name).stem for name in playbooks}


def plays_of(playbook: Path) -> Iterator[dict[str, Any]]:
    """The plays of a playbook and of those of the collection that it imports."""
    for play in read(playbook):
        name = play.get("import_playbook")
        if name:
            assert name.startswith("crdb.cloud."), name
            yield from plays_of(CHECKOUT / "playbooks" / f"{name.removeprefix('crdb.cloud.')}.yml")
        else:
            yield play


def inputs_of(playbook: Path) -> dict[str, str]:
    """The variables that a playbook takes, with their types; that of a variable of a play is raw."""
    plays = list(plays_of(playbook))
    found = {name: "raw" for play in plays for name in play.get("vars", {})}
    for role in roles_in(plays):
        options = Role(CHECKOUT / "roles" / role.removeprefix("crdb.cloud.")).options
        hidden = {name for name, option in options.items() if option.get("no_log")} - NAMES_ONLY
        found.update({name: "secret" if name in hidden else option["type"] for name, option in options.items()})
    return found


@pytest.mark.parametrize(("name", "question"), QUESTIONS)
def test_question(name: str, question: dict[str, Any]) -> None:
    playbooks = [TEMPLATES[name]["playbook"]] if name in TEMPLATES else ["playbooks/decommission.yml"]
    for playbook in playbooks:
        inputs = inputs_of(PROJECT / playbook)
        assert question["variable"] in inputs, f"{playbook} does not take it"
        assert inputs[question["variable"]] in FITS[question["type"]], inputs[question["variable"]]
    assert question["type"] != "password" and not SECRET.search(question["variable"])
    default = question.get("default", "")
    if question["type"] in ("multiplechoice", "multiselect"):
        assert "default" not in question or default in question["choices"]
    elif default != "":
        size = len(default) if isinstance(default, str) else default
        assert question.get("min", size) <= size <= question.get("max", size)
    if question["required"] and question["type"] == "text":
        assert default or question.get("min", 0) > 0, "blank text would count as an answer"
