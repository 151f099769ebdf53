"""Run `ansible-test sanity` on a copy of the checkout, for one or more ansible-core versions.

    python3 tools/sanity.py "2.16.19 2.21.*" [ANSIBLE-TEST ARGUMENT]...

Without versions it is the newest ansible-core that fits this Python.

ansible-test wants the collection at .../ansible_collections/crdb/cloud in a repository of its own, so it gets a copy of
what git would see: tracked files, and new ones that are not ignored. It also wants to download its own pip from a
server of the Ansible project; where only a package index can be reached that fails, so a script that takes the pip
that comes with Python lies in its download cache. Both stay under .cache/sanity, with a HOME of its own.
"""

import os
import re
import shutil
import subprocess
import sys

import envs

SANITY = os.path.join(envs.CACHE, "sanity")
HOME = os.path.join(SANITY, "home")
COPY = os.path.join(SANITY, "ansible_collections", "crdb", "cloud")

PIP_SCRIPT = """\
import subprocess
import sys

arguments = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
ensurepip = [sys.executable, "-m", "ensurepip", "--upgrade", "--default-pip"]
subprocess.check_call(ensurepip, stdout=subprocess.DEVNULL)
subprocess.check_call([sys.executable, "-m", "pip", "install", *arguments])
"""


def make_copy():
    """Copy what git sees to the place and into the repository that ansible-test asks for."""
    if not os.path.exists(os.path.join(envs.ROOT, ".git")) or not shutil.which("git"):
        raise envs.Problem("The sanity tests copy what git sees, so they need git and a clone.")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=envs.ROOT, check=False, stdout=subprocess.PIPE)
    if listed.returncode:
        raise envs.Problem("git could not list the files of this checkout; its own message is above.")
    shutil.rmtree(COPY, ignore_errors=True)
    for name in sorted(set(filter(None, listed.stdout.decode().split("\0")))):
        source = os.path.join(envs.ROOT, name)
        if os.path.lexists(source):  # a file can be deleted and still be in the index
            target = os.path.join(COPY, name)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            shutil.copy2(source, target, follow_symlinks=False)
    plain = dict(os.environ, GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_SYSTEM=os.devnull)
    for command in (["git", "-c", "init.defaultBranch=main", "init", "--quiet"], ["git", "add", "--all", "--force"]):
        subprocess.run(command, cwd=COPY, env=plain, check=True)


def prepare_home(bin_directory):
    """Write the pip script under the names that this ansible-test looks for, and hand on the user's pip settings."""
    cache = os.path.join(HOME, ".ansible", "test", "cache")
    os.makedirs(cache, exist_ok=True)
    code = "import ansible_test._internal.python_requirements as module; print(module.__file__)"
    path = subprocess.check_output([os.path.join(bin_directory, "python"), "-c", code]).decode().strip()
    with open(path) as stream:
        versions = set(re.findall(r"pip(?:_version)?\s*=\s*'([0-9.]+)'", stream.read()))
    for version in versions:
        with open(os.path.join(cache, f"get_pip_{version.replace('.', '_')}.py"), "w") as stream:
            stream.write(PIP_SCRIPT)

    # ansible-test hands on neither PIP_* variables nor the user's configuration (that lives in the real HOME).
    settings = {"quiet": "2", "progress-bar": "off"}
    pip = [os.path.join(bin_directory, "python"), "-m", "pip"]
    for line in subprocess.check_output([*pip, "config", "list"]).decode().splitlines():
        match = re.match(r"(?:global|user|site|install|:env:)\.([a-z-]+)='(.*)'$", line)
        if match:
            settings[match.group(1)] = match.group(2).replace(r"\n", " ").strip()
    settings.setdefault("cache-dir", subprocess.check_output([*pip, "cache", "dir"]).decode().strip())
    proxy = os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy")
    if proxy:
        settings.setdefault("proxy", proxy)
    configuration = os.path.join(HOME, ".config", "pip", "pip.conf")
    os.makedirs(os.path.dirname(configuration), exist_ok=True)
    with open(configuration, "w") as stream:
        os.fchmod(stream.fileno(), 0o600)  # an index URL can hold a password
        stream.write("[global]\n" + "".join(f"{key} = {value}\n" for key, value in sorted(settings.items())))


def search_path(bin_directory):
    """A PATH on which every pythonX.Y runs: pyenv's shims are there for versions that do not."""
    pythons = os.path.join(SANITY, "pythons")
    shutil.rmtree(pythons, ignore_errors=True)
    os.makedirs(pythons)
    found = []
    for version in ("3.10", "3.11", "3.12", "3.13", "3.14"):
        path = envs.find_python(version)
        if path:
            found.append(version)
            os.symlink(os.path.realpath(path), os.path.join(pythons, "python" + version))
    print(f"Pythons for the compile and import tests: {', '.join(found)}", flush=True)
    others = [path for path in os.get_exec_path() if os.path.basename(path.rstrip("/")) != "shims"]
    return os.pathsep.join([bin_directory, pythons, *others])


def run_sanity(core, arguments):
    """Run ansible-test of one core; its exit code."""
    bin_directory = envs.ensure_for_core("core", core, [])
    prepare_home(bin_directory)
    command = [os.path.join(bin_directory, "ansible-test"), "sanity", "--color", "no", *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    environment.update(HOME=HOME, PATH=search_path(bin_directory))
    return subprocess.run(command, cwd=COPY, env=environment, stdin=subprocess.DEVNULL, check=False).returncode


def main():
    """Run every version asked for, then say what became of each."""
    envs.check_this_python()
    cores = (sys.argv[1].split() if len(sys.argv) > 1 else []) or [""]
    make_copy()
    outcomes = {}
    for core in cores:
        print(f"\n=== ansible-test sanity of ansible-core {core or '(the newest that fits)'}", flush=True)
        outcomes[core] = run_sanity(core, sys.argv[2:])
    print("\nSanity:")
    for core, code in outcomes.items():
        print(f"  ansible-core {core or '(newest)'}: {'passed' if code == 0 else 'failed'}")
    return int(any(outcomes.values()))


if __name__ == "__main__":
    envs.run(main)
