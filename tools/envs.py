# ruff: noqa: UP031 (an older Python must be able to read this file, so that it can say what is missing)
"""Make a virtual environment under .cache/venv, or find that it is still good, and print its bin directory.

    python3 tools/envs.py test --core 2.19.* -r tests/requirements-test.txt

An environment is made anew when the interpreter, a requirement, or the text of a requirements file has changed.
Without --core no ansible-core is added; with an empty --core it is the newest that fits this Python.
Only the standard library is used, and no syntax that an old Python would trip over before it can read our sentence.
"""

import argparse
import contextlib
import fcntl
import glob
import hashlib
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CACHE = os.path.join(ROOT, ".cache")
OLDEST = (3, 11)

# The Pythons an ansible-core controller runs on, the preferred one first.
CONTROLLER_PYTHONS = {
    "2.16": ("3.11", "3.12", "3.10"),
    "2.17": ("3.11", "3.12", "3.10"),
    "2.18": ("3.12", "3.11", "3.13"),
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.13", "3.12", "3.14"),
    "2.21": ("3.13", "3.12", "3.14"),
}


class Problem(Exception):
    """What the person at the keyboard should read, in one sentence."""


def series(core):
    """'2.19' for '2.19', '2.19.*' and '2.19.14'."""
    return ".".join(core.split(".")[:2])


def interpreter_version(path):
    """'3.12' if `path` runs and can make environments, else None (a pyenv shim may be there and still not run)."""
    code = "import sys, ensurepip, venv; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run(
            [path, "-c", code], check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode().strip() if done.returncode == 0 else None


def find_python(version):
    """The path of a working Python `version` ('3.12'), or None: this one, on PATH, or under pyenv."""
    if version == "%d.%d" % sys.version_info[:2] and interpreter_version(sys.executable):
        return sys.executable
    pyenv = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    candidates = [os.path.join(path, "python" + version) for path in os.get_exec_path()]
    candidates += sorted(glob.glob(os.path.join(glob.escape(pyenv), "versions", "*", "bin", "python" + version)))
    for candidate in candidates:
        if os.access(candidate, os.X_OK) and interpreter_version(candidate) == version:
            return candidate
    return None


def python_for(core):
    """The interpreter for an ansible-core: this one where it fits, else the first one found that does."""
    fitting = CONTROLLER_PYTHONS.get(series(core)) if core else None
    here = "%d.%d" % sys.version_info[:2]
    if not fitting or here in fitting:
        return sys.executable
    for version in fitting:
        path = find_python(version)
        if path:
            return path
    raise Problem("ansible-core %s needs Python %s, and none of them was found." % (core, " or ".join(sorted(fitting))))


def check_this_python():
    here = "%d.%d" % sys.version_info[:2]
    if sys.version_info < OLDEST:
        raise Problem(
            "%s is Python %s and this needs 3.11 or newer; name another one with make PYTHON=/path/to/python3."
            % (sys.executable, here)
        )
    if not interpreter_version(sys.executable):
        raise Problem(
            "%s has no ensurepip; install it (Debian and Ubuntu: apt-get install python3-venv) "
            "or name another Python with make PYTHON=/path/to/python3." % sys.executable
        )


def requirement_lines(path):
    """The text of a requirements file and of those it includes."""
    path = os.path.normpath(path)
    if not os.path.exists(path):
        raise Problem("The requirements file %s is missing." % os.path.relpath(path, ROOT))
    with open(path) as stream:
        for line in stream:
            yield line
            if line.startswith("-r "):
                yield from requirement_lines(os.path.join(os.path.dirname(path), line[3:].strip()))


def ensure(name, packages, files, python):
    """Make the environment unless it is good, and return its bin directory."""
    home = os.path.join(CACHE, "venv", name)
    stamp = os.path.join(home, "stamp")
    state = [home, python, subprocess.check_output([python, "--version"]).decode(), *packages]
    for path in files:
        state += requirement_lines(os.path.join(ROOT, path))
    wanted = hashlib.sha256("\n".join(state).encode()).hexdigest()

    os.makedirs(os.path.dirname(home), exist_ok=True)
    with open(home + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with contextlib.suppress(OSError), open(stamp) as stream:
            if stream.read() == wanted:
                return os.path.join(home, "bin")
        print("Setting up .cache/venv/%s: %s" % (name, " ".join(packages + files)), file=sys.stderr, flush=True)
        shutil.rmtree(home, ignore_errors=True)
        subprocess.run([python, "-m", "venv", home], check=True, stdout=sys.stderr)
        install = [os.path.join(home, "bin", "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        # What is imported is compiled then; most of what is installed never is.
        install += ["--no-input", "--no-compile", "--retries", "10", *packages]
        for path in files:
            install += ["-r", os.path.join(ROOT, path)]
        if subprocess.run(install, check=False, stdout=sys.stderr).returncode:
            raise Problem("pip could not set up .cache/venv/%s; its own message is above." % name)
        with open(stamp, "w") as stream:
            stream.write(wanted)
    return os.path.join(home, "bin")


def ensure_for_core(name, core, files, python=None):
    """The environment with one ansible-core; one environment for each series, so that they can live side by side."""
    python = python or python_for(core)
    if core:
        return ensure("%s-%s" % (name, series(core)), ["ansible-core==" + core], files, python)
    return ensure(name, ["ansible-core"], files, python)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name")
    parser.add_argument("--core", help="a version of ansible-core; empty for the newest that fits")
    parser.add_argument("-r", dest="files", action="append", default=[], metavar="FILE")
    options = parser.parse_args()
    check_this_python()
    if options.core is None:
        print(ensure(options.name, [], options.files, sys.executable))
    else:
        print(ensure_for_core(options.name, options.core, options.files))


def run(function):
    """Call a command's main function; problems are one sentence, not a traceback."""
    try:
        sys.exit(function())
    except Problem as problem:
        sys.exit("make: " + str(problem))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    run(main)
