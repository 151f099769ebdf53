# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""make molecule: run the scenario of every role, or those that are named, on an emulator of their own.

    python tools/molecule.py [SCENARIO]...

It never reaches the real service: the environment is made here, the URL is that of the emulator, and the scenario
"default" asks it whether it is one before anything else runs. Nothing is written outside of .cache/molecule.
"""

from __future__ import annotations

import fcntl
import shutil
import socket
import subprocess
import sys

from surroundings import ROOT, environment

HOME = ROOT / ".cache" / "molecule"
STATE = HOME / "state"


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _number in range(count)]
    ports: list[int] = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def settings() -> dict[str, str]:
    cloud, cluster = free_ports(2)
    return {
        **environment(HOME),
        "MOLECULE_EPHEMERAL_DIRECTORY": str(STATE),
        "MOLECULE_CLOUD_PORT": str(cloud),
        "MOLECULE_CLUSTER_PORT": str(cluster),
    }


def stop_what_is_left() -> None:
    """Stop the emulators of a run that was killed; after a run that ended there are none."""
    stop = [sys.executable, str(ROOT / "roles" / "sandbox" / "files" / "sandbox.py"), "stop"]
    for pid_file in STATE.glob("*/emulator.pid"):
        subprocess.run([*stop, str(pid_file.parent)], check=True, stdout=subprocess.DEVNULL)
    # What molecule remembers of an earlier run would let it leave out steps.
    shutil.rmtree(STATE, ignore_errors=True)


def run() -> int:
    stop_what_is_left()
    scenarios = [word for name in sys.argv[1:] for word in ("--scenario-name", name)]
    command = ["molecule", "test", "--report", *(scenarios or ["--all"])]
    try:
        return subprocess.run(command, cwd=ROOT, env=settings(), stdin=subprocess.DEVNULL, check=False).returncode
    except KeyboardInterrupt:
        return 130
    finally:
        stop_what_is_left()


def main() -> int:
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("make molecule: another run is under way in this checkout; let it end first.", file=sys.stderr)
            return 1
        return run()


if __name__ == "__main__":
    sys.exit(main())
