"""Run the integration tests on each ansible-core of the matrix.

    python3 tools/matrix.py "2.16.19 2.21.*" [PYTEST ARGUMENT]...

Without versions it is the whole matrix. A Python that is not there is a failure when CI is true, and a skip otherwise.
"""

import os
import subprocess
import sys

import envs

# The oldest core we promise, the newest one for Python 3.11, and the newest of all.
MATRIX = ("2.16.19", "2.19.*", "2.21.*")
REQUIREMENTS = ["tests/requirements-test.txt"]


def run_tests(core, python, arguments):
    """Run pytest on one core; its exit code."""
    bin_directory = envs.ensure_for_core("test", core, REQUIREMENTS, python)
    environment = dict(os.environ, PATH=bin_directory + os.pathsep + os.environ["PATH"])
    command = [os.path.join(bin_directory, "python"), "-m", "pytest", *arguments]
    return subprocess.run(command, env=environment, cwd=envs.ROOT, check=False).returncode


def main():
    """Run the matrix, then say what became of each row."""
    envs.check_this_python()
    cores = sys.argv[1].split() if len(sys.argv) > 1 else []
    strict = os.environ.get("CI", "").lower() in ("1", "true", "yes")
    outcomes = []
    for core in cores or MATRIX:
        versions = envs.CONTROLLER_PYTHONS.get(envs.series(core), ())
        python = next(filter(None, map(envs.find_python, versions)), None)
        if python is None:
            wanted = " or ".join(versions) or "a version this matrix does not know"
            print(f"\nansible-core {core} needs Python {wanted}, which is neither on PATH nor under pyenv.", flush=True)
            outcomes.append((core, "no Python", strict))
            continue
        print(f"\n=== ansible-core {core} on {python}", flush=True)
        code = run_tests(core, python, sys.argv[2:])
        outcomes.append((core, "passed" if code == 0 else f"failed (pytest exit code {code})", code != 0))
    print("\nMatrix:")
    for core, outcome, _failed in outcomes:
        print(f"  ansible-core {core}: {outcome}")
    return int(any(failed for _core, _outcome, failed in outcomes))


if __name__ == "__main__":
    envs.run(main)
