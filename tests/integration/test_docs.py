# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What our documents tell people to type works: every example is read, and those that are marked are run."""

from __future__ import annotations

import importlib
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from integration.helpers.documents import (
    Example,
    documents,
    examples,
    plugin_examples,
    says,
    stories,
    tasks_of,
    texts_of_code,
)
from integration.helpers.emulator import Emulator, Launch
from integration.helpers.processes import run_tool, tools_for_scripts
from integration.helpers.runner import CHECKOUT, SETTINGS, Runner
from integration.helpers.secrets import hits

DOCUMENTS = documents()
ALL = [example for path in DOCUMENTS for example in examples(path)] + plugin_examples()
YAML = [example for example in ALL if example.language == "yaml"]
STORIES = [story for path in DOCUMENTS for story in stories(path)]
TROUBLESHOOTING = CHECKOUT / "docs" / "docsite" / "rst" / "troubleshooting.rst"
# Not in our code: Ansible's own words, and a label that is put together from two texts.
ELSEWHERE = {"Failed to import the required Python library (requests)", "There is no cluster '...'"}

PASSWORDS = {name: f"planted-{name}-password" for name in ("owner", "monitor", "app", "reporting", "new-app")}
PLACEHOLDER = re.compile(r"^export \w+=\.\.\.")
AD_HOC = re.compile(r"-m crdb\.cloud\.(\w+)(?: -a (\"[^\"]*\"|\S+))?")
CHANGED = re.compile(r"\bchanged=(\d+)")


def module_spec(name: str) -> dict[str, Any]:
    module = importlib.import_module(f"ansible_collections.crdb.cloud.plugins.modules.{name}")
    spec: dict[str, Any] = module.MODULE.argument_spec()
    return spec


def check_arguments(spec: Mapping[str, Any], given: Any, where: str) -> None:
    """The names of *given* are options, literal values are among the choices, and what is required is there."""
    if not isinstance(given, dict):
        return
    for name, value in given.items():
        assert name in spec, f"{where}: there is no option {name}"
        entry = spec[name]
        for item in value if isinstance(value, list) else [value]:
            if "options" in entry:
                check_arguments(entry["options"], item, f"{where}.{name}")
            elif entry.get("choices") and not (isinstance(item, str) and "{{" in item):
                assert str(item) in [str(choice) for choice in entry["choices"]], f"{where}: {name} can't be {item!r}"
    missing = [name for name, entry in spec.items() if entry.get("required") and name not in given]
    assert not missing, f"{where}: {', '.join(missing)} is required"


@pytest.mark.parametrize("example", YAML, ids=str)
def test_yaml_names_options_that_exist(example: Example) -> None:
    modules = {path.stem for path in (CHECKOUT / "plugins" / "modules").glob("*.py")}
    roles = {path.name for path in (CHECKOUT / "roles").iterdir()}
    content = example.content
    assert content, f"{example} is empty"
    for name, arguments in tasks_of(content):
        assert name in modules | roles, f"{example}: there is no module {name}"
        if name in modules:
            check_arguments(module_spec(name), arguments or {}, f"{example}: {name}")


def test_shell_names_options_that_exist() -> None:
    checked = 0
    for example in ALL:
        if example.language == "shell":
            for name, text in AD_HOC.findall(example.text):
                arguments = dict(part.split("=", 1) for part in shlex.split(text.strip('"')))
                check_arguments(module_spec(name), arguments, f"{example}: {name}")
                checked += 1
    assert checked >= 3


def test_plays_pass_the_syntax_check(tmp_path: Path, emulator: Emulator) -> None:
    """One run for all of them: Ansible resolves every module, role and keyword."""
    files = []
    for example in YAML:
        if example.is_play or example.is_tasks:
            files.append(tmp_path / f"{len(files):03}-{Path(example.path).stem}-{example.line}.yml")
            files[-1].write_text(example.as_playbook())
    assert len(files) > 50
    runner = Script(tmp_path, emulator)
    runner.save("variables.yml", "")
    done = runner.sh(shlex.join(["ansible-playbook", "--syntax-check", *(str(path) for path in files)]))
    assert done.count("playbook: ") == len(files), done[-3000:]


def test_inventory_examples_name_options_that_exist(tmp_path: Path, emulator: Emulator) -> None:
    runner = Script(tmp_path, emulator)
    documented = runner.sh("ansible-doc -t inventory -j crdb.cloud.clusters")
    found = [example for example in YAML if isinstance(example.content, dict) and "plugin" in example.content]
    assert len(found) >= 3
    for example in found:
        for name in example.content:
            assert f'"{name}": {{' in documented, f"{example}: there is no option {name}"


def test_troubleshooting_quotes_the_code() -> None:
    quoted = re.findall(r"^``(.+)``$", TROUBLESHOOTING.read_text(), re.M)
    texts = texts_of_code()
    assert len(quoted) > 40
    unknown = [text for text in quoted if text not in ELSEWHERE and not any(says(known, text) for known in texts)]
    assert not unknown, f"no message says {unknown}"


def test_the_developer_guide_quotes_the_code() -> None:
    quotes = [example for example in ALL if example.mark.startswith("quoted ")]
    assert len(quotes) >= 7
    for example in quotes:
        code = (CHECKOUT / example.mark.removeprefix("quoted ")).read_text()
        lines = [line.strip() for line in example.text.splitlines()]
        known = [line.strip() for line in code.splitlines()]
        assert any(known[at : at + len(lines)] == lines for at in range(len(known))), f"{example} is not in the code"


class Script(Runner):
    """Runs the marked examples of one document as a reader does: one after the other, in one directory."""

    def __init__(self, directory: Path, emulator: Emulator) -> None:
        super().__init__(directory, emulator)
        self.home = directory
        (directory / "ansible.cfg").write_text(f"{SETTINGS}localhost_warning = false\n")
        (directory / "results.jsonl").write_text("")
        variables = {f"vault_{name.replace('-', '_')}_password": value for name, value in PASSWORDS.items()}
        variables |= {
            "app_password": PASSWORDS["app"],
            "ledger_console_url": emulator.cluster_url,
            "vault_cockroach_api_key": emulator.key,
            "vault_datadog_key": PASSWORDS["app"],
        }
        self.save("variables.yml", "\n".join(f"{name}: {value}" for name, value in variables.items()))

    def save(self, name: str, text: str) -> None:
        (self.home / name).write_text(text)

    def sh(self, script: str) -> str:
        """Run *script* with bash; what it prints holds no secret and no deprecation."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.home,
            env={**self.environment, "PATH": f"{tools_for_scripts()}{os.pathsep}{self.environment['PATH']}"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=240,
            check=False,
        )
        return self.checked(script, done.returncode, done.stdout)

    def play(self, *arguments: str) -> str:
        """Run ansible-playbook, with the same promises."""
        done = run_tool("ansible-playbook", arguments, cwd=self.home, env=self.environment, timeout=240)
        return self.checked(shlex.join(arguments), done.rc, done.stdout + done.stderr)

    @property
    def environment(self) -> dict[str, str]:
        return self._environment(
            self.home,
            {
                "APP_PASSWORD": PASSWORDS["app"],
                "CRDB_APP_PASSWORD": PASSWORDS["app"],
                "CRDB_REPORTING_PASSWORD": PASSWORDS["reporting"],
                "CRDB_CLUSTER_API_URL": self.emulator.cluster_url,
                "CRDB_CLUSTER_API_USERNAME": "monitor",
                "CRDB_CLUSTER_API_PASSWORD": PASSWORDS["monitor"],
                "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
            },
            "0",
        )

    def checked(self, what: str, code: int, output: str) -> str:
        assert code == 0, f"{what}\nended with {code}:\n{output[-4000:]}"
        assert "[DEPRECATION WARNING]" not in output, output
        assert not hits({*PASSWORDS.values(), self.emulator.key}, {"output": output})
        return output

    def run(self, example: Example) -> None:
        verb, _blank, how = example.mark.removeprefix("then ").partition(" ")
        if verb != "run":
            self.save(example.mark, example.text)
        elif example.language == "shell":
            lines = [line for line in example.text.splitlines() if not PLACEHOLDER.match(line)]
            output = self.sh("\n".join(lines))
            if how == "again":
                assert self.changes(output) == 0, output
        else:
            self.save("example.yml", example.as_playbook())
            options = [] if how == "once" else shlex.split(how)
            arguments = [*options, "-e", "@variables.yml", "-vvv", "example.yml"]
            self.play(*arguments)
            if how != "once":
                output = self.play(*arguments)
                assert self.changes(output) == 0, f"{example} changes something again:\n{output[-4000:]}"

    @staticmethod
    def changes(output: str) -> int:
        found = CHANGED.findall(output)
        assert found or "skipping: no hosts matched" in output, f"no play was run:\n{output[-2000:]}"
        return sum(int(number) for number in found)


@pytest.fixture
def cloud(launch: Launch) -> Emulator:
    """An organization with what the guides speak of: the clusters orders-prod (Basic) and ledger-prod (Advanced)."""
    users = [("owner", "admin"), ("monitor", "VIEWCLUSTERMETADATA")]
    options = [part for name, kind in users for part in ("--cluster-user", f"{name}:{PASSWORDS[name]}:{kind}")]
    emulator = launch(*options, "--seed-cluster-api", "--cluster-name", "ledger-prod", "--ranges", "8")
    emulator.add_cluster("orders-prod")
    emulator.add_users(emulator.cluster("ledger-prod")["id"], ["app"])
    for name in ("orders-prod", "ledger-prod"):
        emulator.api(
            "PATCH", f"/clusters/{emulator.cluster(name)['id']}", {"labels": {"env": "prod", "team": "payments"}}
        )
        emulator.until(lambda name=name: emulator.cluster(name)["state"] == "CREATED")  # type: ignore[misc]
    backup = {"10000000-0000-4000-8000-000000000000": {"as_of_time": "2026-01-20T02:59:00Z"}}
    emulator.patch(objects={"backups/ledger-prod": backup})
    return emulator


@pytest.mark.slow
@pytest.mark.parametrize("story", STORIES, ids=lambda story: str(story[-1]))
def test_marked_examples_run(story: list[Example], cloud: Emulator, tmp_path: Path) -> None:
    script = Script(tmp_path, cloud)
    for example in story:
        try:
            script.run(example)
        except AssertionError as error:
            raise AssertionError(f"{example}: {error}") from error
