# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the command line tools of ansible-core: as processes of their own, or forked from one that has imported Ansible.

Two thirds of what a short run costs are imports. ansible-core reads its settings while it is imported, so one fork server is good for the runs
that have the same environment, but for DIRECTORIES and what only the collection reads. Settings that are seen for the first time get a process
of their own, and a fork server when they come back.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from .fork_server import SIZE, TOOLS

BIN = Path(sys.executable).parent
FORK_SERVER = Path(__file__).with_name("fork_server.py")
# What a forked process sets up anew. The settings of ansible-core among them are read a second time.
DIRECTORIES = (
    *("HOME", "TMPDIR", "XDG_CACHE_HOME"),
    *("ANSIBLE_CONFIG", "ANSIBLE_HOME", "ANSIBLE_LOG_PATH", "ANSIBLE_ASYNC_DIR", "ANSIBLE_REMOTE_TMP"),
)
# Only the collection and the callback of the tests read these, and not when they are imported.
LATE = ("COCKROACH_", "CRDB_", "RESULTS_", "COVERAGE_")
IDLE_SERVERS = 4


@dataclass(frozen=True)
class Done:
    """What a process left: *cpu* are the seconds of it and of all that it waited for."""

    rc: int
    stdout: str
    stderr: str
    seconds: float
    cpu: float


@dataclass(frozen=True)
class Started:
    """A running process, the leader of its session; *wait* gives its exit code and its seconds of CPU."""

    pid: int
    wait: Callable[[], tuple[int, float]]

    def kill(self) -> None:
        """Kill it with all its processes."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


def run_tool(
    tool: str,
    arguments: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
    kill_when: Callable[[], bool] | None = None,
) -> Done:
    """Run *tool*, such as ``ansible-playbook``, in the environment *env* and nothing else, until all that it started has ended.

    After *timeout* seconds, or once *kill_when* is true, the run and all its processes are killed.
    """
    began = time.monotonic()
    texts = {"stdout": "", "stderr": ""}
    ended = threading.Event()
    with contextlib.ExitStack() as stack:
        (read_out, write_out), (read_err, write_err) = os.pipe(), os.pipe()
        stack.callback(ended.set)
        try:
            started = stack.enter_context(_start(tool, arguments, cwd, env, (write_out, write_err)))
        finally:
            os.close(write_out)
            os.close(write_err)
        watch = threading.Thread(target=_watch, args=(started, ended, began + timeout, kill_when), daemon=True)
        readers = [
            threading.Thread(target=_read, args=(texts, name, descriptor))
            for name, descriptor in (("stdout", read_out), ("stderr", read_err))
        ]
        for thread in (watch, *readers):
            thread.start()
        for thread in readers:
            thread.join()
        code, cpu = started.wait()
    return Done(code, texts["stdout"], texts["stderr"], time.monotonic() - began, cpu)


def _read(texts: dict[str, str], name: str, descriptor: int) -> None:
    with open(descriptor, encoding="utf-8") as stream:
        texts[name] = stream.read()


def _watch(started: Started, ended: threading.Event, deadline: float, kill_when: Callable[[], bool] | None) -> None:
    """Kill *started* when it is time. Until it has ended: a process that has just been forked leads no group yet."""
    due = False
    while not ended.wait(0.005 if kill_when else 0.2):
        due = due or time.monotonic() > deadline or bool(kill_when and kill_when())
        if due:
            started.kill()


@contextlib.contextmanager
def _start(
    tool: str, arguments: Sequence[str], cwd: Path, env: Mapping[str, str], outputs: tuple[int, int]
) -> Iterator[Started]:
    key = _key(tool, env)
    server = _take(key, env) if key else None
    if not server:
        yield _start_fresh(tool, arguments, cwd, env, outputs)
        return
    yield server.start(tool, arguments, cwd, env, outputs)
    _give_back(server)


def _start_fresh(
    tool: str, arguments: Sequence[str], cwd: Path, env: Mapping[str, str], outputs: tuple[int, int]
) -> Started:
    process = subprocess.Popen(
        [str(BIN / tool), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=outputs[0],
        stderr=outputs[1],
        cwd=cwd,
        env=dict(env),
        start_new_session=True,
    )

    def wait() -> tuple[int, float]:
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        return process.returncode, usage.ru_utime + usage.ru_stime

    return Started(process.pid, wait)


class ForkServer:
    """A process that runs one tool after the other, in forks; *key* says for which settings it is good."""

    def __init__(self, key: str, env: Mapping[str, str]) -> None:
        self.key = key
        self._directory = Path(tempfile.mkdtemp(prefix="crdb-"))
        self._control, theirs = socket.socketpair()
        self._answers = self._control.makefile("rb")
        own = {name: str(self._directory / Path(env[name]).name) for name in DIRECTORIES if name in env}
        (self._directory / "output").touch()
        Path(own["ANSIBLE_CONFIG"]).write_text(Path(env["ANSIBLE_CONFIG"]).read_text())
        measured = ["coverage"] if any(name.startswith("COVERAGE_") for name in env) else []
        with theirs, (self._directory / "output").open("wb") as output:
            self._process = subprocess.Popen(
                # -P: the names of our helpers would hide modules of Python.
                [sys.executable, "-P", str(FORK_SERVER), str(theirs.fileno()), str(self._directory), *measured],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=self._directory,
                env={**{name: value for name, value in env.items() if not name.startswith(LATE)}, **own},
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )

    def start(
        self, tool: str, arguments: Sequence[str], cwd: Path, env: Mapping[str, str], outputs: tuple[int, int]
    ) -> Started:
        """Fork a process that runs *tool*; one at a time."""
        request = {"tool": tool, "arguments": list(arguments), "cwd": str(cwd), "env": dict(env)}
        text = json.dumps(request).encode()
        socket.send_fds(self._control, [SIZE.pack(len(text))], outputs)
        self._control.sendall(text)
        return Started(int(self._answer()), self._wait)

    def _wait(self) -> tuple[int, float]:
        code, cpu = json.loads(self._answer())
        return code, cpu

    def _answer(self) -> bytes:
        answer = b""
        with contextlib.suppress(ConnectionError):
            answer = self._answers.readline()
        if not answer:
            output = (self._directory / "output").read_text(errors="replace")
            raise AssertionError(f"the fork server has ended: {output[-3000:]}")
        return answer

    def close(self) -> None:
        """End it."""
        self._answers.close()
        self._control.close()
        self._process.wait()


# What a shell adds to the environment of what it runs.
SHELL = ("PWD", "OLDPWD", "SHLVL", "_")
STAND_IN = """\
#!{python} -IS
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as control:
    control.connect({address!r})
    request = [os.path.basename(sys.argv[0]), sys.argv[1:], os.getcwd(), dict(os.environ)]
    text = json.dumps(request).encode()
    socket.send_fds(control, [len(text).to_bytes(4, "big")], [1, 2])
    control.sendall(text)
    sys.exit(int(control.makefile().readline() or 1))
"""


@functools.cache
def tools_for_scripts() -> Path:
    """A directory for the PATH of shell scripts, whose tools are run as run_tool() runs them. It is there until this process ends."""
    directory = Path(tempfile.mkdtemp(prefix="crdb-"))
    atexit.register(shutil.rmtree, directory, ignore_errors=True)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(directory / "control"))
    listening.listen()
    for name in TOOLS:
        path = directory / name
        path.write_text(STAND_IN.format(python=sys.executable, address=str(directory / "control")))
        path.chmod(0o755)

    def listen() -> None:
        while True:
            control, _address = listening.accept()
            threading.Thread(target=_stand_in, args=(control, directory), daemon=True).start()

    threading.Thread(target=listen, daemon=True).start()
    return directory


def _stand_in(control: socket.socket, directory: Path) -> None:
    """Run what a stand-in in *directory* was called for."""
    with control:
        head, outputs, _flags, _address = socket.recv_fds(control, SIZE.size, 2)
        (size,) = SIZE.unpack(head)
        tool, arguments, cwd, env = json.loads(control.recv(size, socket.MSG_WAITALL))
        own = {"PATH": env["PATH"].replace(f"{directory}{os.pathsep}", "")}
        env = {name: value for name, value in env.items() if name not in SHELL} | own
        with _start(tool, arguments, Path(cwd), env, (outputs[0], outputs[1])) as started:
            for descriptor in outputs:
                os.close(descriptor)
            code, _cpu = started.wait()
        control.sendall(b"%d\n" % (code if code >= 0 else 128 - code))


_seen: set[str] = set()
_idle: list[ForkServer] = []
_lock = threading.Lock()


def _key(tool: str, env: Mapping[str, str]) -> str:
    """The settings that were read at the import, as text; empty where only a process of its own will do."""
    if tool not in TOOLS or "ANSIBLE_CONFIG" not in env or any(name.startswith("PYTHON") for name in env):
        return ""
    others = {name: value for name, value in env.items() if name not in DIRECTORIES and not name.startswith(LATE)}
    present = [name for name in DIRECTORIES if name in env]
    return json.dumps([others, present, Path(env["ANSIBLE_CONFIG"]).read_text()], sort_keys=True)


def _take(key: str, env: Mapping[str, str]) -> ForkServer | None:
    """An idle fork server for *key*, or a new one, or None where the settings are new."""
    with _lock:
        for server in reversed(_idle):
            if server.key == key:
                _idle.remove(server)
                return server
        if key not in _seen:
            _seen.add(key)
            return None
    return ForkServer(key, env)


def _give_back(server: ForkServer) -> None:
    with _lock:
        _idle.append(server)
        surplus = _idle.pop(0) if len(_idle) > IDLE_SERVERS else None
    if surplus:
        surplus.close()
