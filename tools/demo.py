# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""make demo: provision a cluster on the sandbox, change it, check it, remove it, and hold each step to what it claims.

It never reaches the real service: the environment is made here, the URL is that of the emulator, and before the first
write the emulator is asked whether it is one.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

from surroundings import ROOT, environment

CLUSTER = "quickstart"
RECAP = re.compile(r"^localhost\s*: ok=(\d+)\s+changed=(\d+)\s+unreachable=(\d+)\s+failed=(\d+)", re.M)


class DemoError(Exception):
    """A step did not do what it claims."""


class Demo:
    def __init__(self, home: Path) -> None:
        self.directory = home / "sandbox"
        self.settings = home / "sandbox.json"
        password = secrets.token_urlsafe(18)
        self.settings.touch(mode=0o600)
        self.settings.write_text(
            json.dumps(
                {
                    "sandbox_directory": str(self.directory),
                    "sandbox_cloud_port": 0,
                    "sandbox_cluster_port": 0,
                    "sandbox_options": ["--cluster-user", f"monitor:{password}:VIEWCLUSTERMETADATA"],
                }
            )
        )
        self.environment = {
            **environment(home),
            "ANSIBLE_LOCALHOST_WARNING": "false",
            "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
            "ANSIBLE_DISPLAY_SKIPPED_HOSTS": "false",
            "CRDB_CLUSTER_API_USERNAME": "monitor",
            "CRDB_CLUSTER_API_PASSWORD": password,
        }

    def play(self, name: str, *arguments: str) -> int:
        """Run a playbook of the collection, show what it prints, and return how many tasks changed something."""
        command = ["ansible-playbook", f"crdb.cloud.{name}", *arguments]
        say(f"$ {' '.join(command)}")
        lines = []
        with subprocess.Popen(
            command, cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            for line in process.stdout or ():
                lines.append(line)
                print(f"    {line}", end="", flush=True)
        recap = RECAP.search(re.sub(r"\x1b\[[0-9;]*m", "", "".join(lines)))
        hold(
            process.returncode == 0 and recap is not None,
            f"the playbook {name} ended with exit code {process.returncode}",
        )
        return int(recap.group(2)) if recap else 0

    def sandbox(self, state: str) -> None:
        self.play("sandbox", "-e", f"sandbox_state={state}", "-e", f"@{self.settings}")

    def ask(self, what: str) -> dict[str, Any]:
        """Ask the emulator's control plane, past any proxy."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.environment['COCKROACH_SERVER']}/_emulator/{what}", timeout=10) as answer:
            found: dict[str, Any] = json.load(answer)
            return found

    def writes(self) -> int:
        return sum(request["effect"] == "write" for request in self.ask("requests")["requests"])

    def clusters(self) -> list[str]:
        return [row["name"] for row in self.ask("state")["clusters"] if row["state"] != "DELETED"]

    def run(self) -> None:
        heading("1. Start the sandbox, a local stand-in for CockroachDB Cloud")
        self.sandbox("started")
        ready = json.loads((self.directory / "ready.json").read_text())
        self.environment.update(
            COCKROACH_SERVER=ready["cloud_api_url"],
            COCKROACH_API_KEY=ready["api_key"],
            CRDB_CLUSTER_API_URL=ready["cluster_api_url"],
            CRDB_APP_PASSWORD=secrets.token_urlsafe(18),
            CRDB_REPORTING_PASSWORD=secrets.token_urlsafe(18),
        )
        hold(self.clusters() == [], "the sandbox does not start empty")

        heading("2. Provision a cluster: spend limit, two SQL users, allowlist; and check the health of a running one")
        changed = self.play("quickstart")
        users = sorted(*self.ask("state")["sql_users"].values())
        hold(changed == 4 and self.clusters() == [CLUSTER], "the cluster was not provisioned")
        hold({"app", "reporting"} <= set(users), f"the SQL users are {users}")
        say(f"The cluster {CLUSTER} exists, with the SQL users app and reporting.")

        heading("3. What would another spend limit do? Look first, nothing is sent")
        before = self.writes()
        changed = self.play("quickstart", "-e", "quickstart_spend_limit=2500", "--check", "--diff")
        hold(changed == 1, f"the plan should have one change, it has {changed}")
        hold(self.writes() == before, "check mode sent a write")
        say("One change is planned. Check mode sent no write.")

        heading("4. Run it again as it was: nothing changes")
        changed = self.play("quickstart")
        hold(changed == 0 and self.writes() == before, "the second run changed something")
        say("No change, and not one write.")

        heading("5. Delete the cluster")
        changed = self.play("quickstart", "-e", "quickstart_state=absent")
        hold(changed == 1 and self.clusters() == [], "the cluster was not deleted")
        say("The cluster is gone.")


def heading(text: str) -> None:
    print(f"\n=== {text}\n", flush=True)


def say(text: str) -> None:
    print(f"--> {text}\n", flush=True)


def hold(true: bool, otherwise: str) -> None:
    if not true:
        raise DemoError(otherwise)


def main() -> int:
    home = Path(tempfile.mkdtemp(prefix="crdb-demo-"))
    demo = Demo(home)
    failure = ""
    try:
        demo.run()
    except (DemoError, OSError, ValueError, KeyError, TypeError) as error:
        failure = str(error) or type(error).__name__
    finally:
        heading("6. Stop the sandbox: nothing stays behind")
        try:
            demo.sandbox("stopped")
            hold(not (demo.directory / "emulator.pid").exists(), "the sandbox still runs")
        except DemoError as error:
            failure = failure or str(error)
        shutil.rmtree(home, ignore_errors=True)
    if failure:
        print(f"make demo: FAILED: {failure}", file=sys.stderr)
        return 1
    print(
        "All of it held. Two commands to try next:\n\n"
        "  make sandbox    keep a sandbox running, and rehearse your own playbooks on it\n"
        "  make test       run the tests\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
