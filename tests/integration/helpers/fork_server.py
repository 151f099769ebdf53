# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A process that has imported Ansible, and forks for each run; processes.py starts it, with a socket, a directory and modules to import.

For one request, the socket brings the length of a JSON text with the descriptors of stdout and stderr, and then the text:
``{"tool", "arguments", "cwd", "env"}``. The answers are two lines of JSON: the process id, which is also that of the session and the
process group, and in the end ``[exit code, seconds of CPU]`` of the run and all that it has waited for.

ansible-core reads its settings when it is imported. So the environment of this process has those of its runs already; what
is anew for each run are the directories in them.

What a run spends its time with is done ahead where it is the same in all of them: imports, those of our collection too, the documentation of the
plugins of ansible-core, its table of redirections, and the archive that a module is sent in, with the bytecode of what is in it.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import importlib.util
import json
import logging
import marshal
import os
import shutil
import socket
import struct
import sys
import tempfile
import threading
import traceback
import zipfile
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

SIZE = struct.Struct("!I")
TOOLS = {"ansible": "adhoc", "ansible-inventory": "inventory", "ansible-playbook": "playbook"}
# What almost every run of a playbook imports later on.
AHEAD = (
    *("ansible.executor.playbook_executor", "ansible.executor.process.worker", "ansible.executor.module_common"),
    *("ansible.plugins.action", "ansible.plugins.strategy.linear", "ansible.plugins.callback.default"),
    *("ansible.plugins.connection.local", "ansible.plugins.shell.sh", "ansible.plugins.inventory.yaml"),
    *("ansible.plugins.vars.host_group_vars", "ansible.plugins.filter.core", "ansible.plugins.test.core"),
    *("ansible.module_utils.basic", "ansible.module_utils.common.arg_spec", "requests"),
)
# Every run reads the documentation of all or many plugins of these types.
READ = ("become", "callback", "connection", "inventory", "lookup", "shell", "vars")
COLLECTION = tuple(
    f"ansible_collections.crdb.cloud.plugins.{name}" for name in ("plugin_utils._direct", "module_utils._edge.fleets")
)


def prepare(more: Sequence[str]) -> None:
    """Import Ansible, and undo what the import has done for this process only."""
    for name in (*(f"ansible.cli.{name}" for name in TOOLS.values()), *AHEAD, *more):
        importlib.import_module(name)
    manager = importlib.import_module("ansible.config.manager")
    constants = importlib.import_module("ansible.constants")
    atexit.unregister(manager.cleanup_tmp_file)
    shutil.rmtree(constants.DEFAULT_LOCAL_TMP)
    read_ahead()
    common: Any = importlib.import_module("ansible.executor.module_common")
    common.recursive_finder = with_bytecode(common.recursive_finder)
    gc.collect()
    gc.freeze()


def read_ahead() -> None:
    """Read what comes with ansible-core and import our collection, as a run does."""
    loaders: Any = importlib.import_module("ansible.plugins.loader")
    loaders.init_plugin_loader()
    for kind in READ:
        list(getattr(loaders, f"{kind}_loader").all(class_only=True))
    for kind in (*READ, "fragment"):
        # The directories that it looked into are those of this process.
        getattr(loaders, f"{kind}_loader")._paths = None
    with contextlib.suppress(ModuleNotFoundError):
        for name in COLLECTION:
            importlib.import_module(name)
    # Each run sets up its own.
    loaders._AnsibleCollectionFinder._remove()


def with_bytecode(find: Callable[..., Any]) -> Callable[..., Any]:
    """*find*, which puts what a module imports into an archive, and then the bytecode beside it.

    Python would compile all of it anew for each task, which takes longer than the task.
    """

    def find_and_compile(*args: Any, **more: Any) -> Any:
        found = find(*args, **more)
        (archive,) = (value for value in (*args, *more.values()) if isinstance(value, zipfile.ZipFile))
        for source in archive.infolist():
            if source.filename.endswith(".py"):
                code = compile(archive.read(source), f"/{source.filename}", "exec", dont_inherit=True)
                # A bytecode that is not held against its source (PEP 552). Another Python passes it over.
                header = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + bytes(8)
                bytecode = zipfile.ZipInfo(f"{source.filename}c", source.date_time)
                archive.writestr(bytecode, header + marshal.dumps(code), compress_type=source.compress_type)
        return found

    return find_and_compile


def adopt_settings() -> None:
    """Read the settings of ansible-core once more, and hand them to what has kept those of the import."""
    constants = importlib.import_module("ansible.constants")
    manager = importlib.import_module("ansible.config.manager")
    config = constants.config
    config._config_file = manager.find_ini_config_file(config.WARNINGS)
    config._parse_config_file()
    for name in config.get_configuration_definitions():
        value = config.get_config_value(name, variables=vars(constants))
        kept = getattr(constants, name, None)
        if isinstance(kept, list) and isinstance(value, list):
            # The loaders of plugins hold on to the lists of directories.
            kept[:] = value
        else:
            constants.set_constant(name, value)
    for handler in logging.root.handlers:
        if isinstance(handler, logging.FileHandler):
            handler.close()
            handler.baseFilename = os.path.abspath(constants.DEFAULT_LOG_PATH)
            handler.stream = handler._open()


def measure() -> None:
    """Take part where coverage is measured, with all forks. Plain modules are run from archives, which nothing is measured in."""
    importlib.import_module("coverage").process_startup().config.patch.remove("subprocess")
    for name in [name for name in os.environ if name.startswith("COVERAGE_PROCESS_")]:
        del os.environ[name]


def become(request: dict[str, Any], descriptors: list[int], archives: str) -> int:
    """Turn this process into one that somebody has just started, and run the tool; its exit code."""
    os.setsid()
    os.chdir(request["cwd"])
    for target, descriptor in enumerate(descriptors, start=1):
        os.dup2(descriptor, target)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(request["env"])
    tempfile.tempdir = None
    if "COVERAGE_PROCESS_START" in os.environ or "COVERAGE_PROCESS_CONFIG" in os.environ:
        measure()
    adopt_settings()
    # Where ansible-core keeps the archives of modules for the tasks of one run.
    constants = importlib.import_module("ansible.constants")
    os.symlink(archives, os.path.join(constants.DEFAULT_LOCAL_TMP, "ansiballz_cache"))
    sys.argv = [os.path.join(sys.path[0], request["tool"]), *request["arguments"]]
    importlib.import_module(f"ansible.cli.{TOOLS[request['tool']]}").main(sys.argv)
    return 0


def end(code: object) -> NoReturn:
    """End this process with what SystemExit was raised with, having done what is to be done at the exit, and nothing after that.

    Python would go on to take each object apart, and each page of them is the fork server's until it is written to.
    """
    if not isinstance(code, (int, type(None))):
        print(code, file=sys.stderr)
        code = 1
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code or 0)


def receive(control: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """The next request and its descriptors, or None where there will be none."""
    head, descriptors, _flags, _address = socket.recv_fds(control, SIZE.size, 2)
    if not head:
        return None
    (size,) = SIZE.unpack(head)
    return json.loads(control.recv(size, socket.MSG_WAITALL)), descriptors


def serve(control: socket.socket, directory: str) -> int:
    """Fork for each request until the other end is closed, then delete *directory*; the exit code of this process."""
    archives = os.path.join(directory, "archives")
    os.mkdir(archives)
    while received := receive(control):
        request, descriptors = received
        pid = os.fork()
        if not pid:
            control.close()
            try:
                end(become(request, descriptors, archives))
            except SystemExit as error:
                end(error.code)
            except BaseException:  # pylint: disable=broad-exception-caught
                traceback.print_exc()
                end(1)
        for descriptor in descriptors:
            os.close(descriptor)
        control.sendall(b"%d\n" % pid)
        _pid, status, usage = os.wait4(pid, 0)
        how = [os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime]
        control.sendall(json.dumps(how).encode() + b"\n")
    shutil.rmtree(directory, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(sys.executable))
    prepare(sys.argv[3:])
    sys.exit(serve(socket.socket(fileno=int(sys.argv[1])), sys.argv[2]))
