# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sessions of the Cluster API that outlive a task: the module cluster_api_session."""

from __future__ import annotations

from typing import Any

from .._base.errors import CrdbError, OptionError
from .reads import ClusterRun


def ensure_session(run: ClusterRun) -> dict[str, Any]:
    """Log in and return a token that is not shown, or log out of one."""
    params = run.params
    if params["state"] == "absent":
        try:
            run.api.log_out(params["cluster_api_session"].strip())
        except CrdbError as error:
            raise error.during("log out of the cluster") from None
        return {"changed": False, "session": None}
    if not params.get("cluster_api_username"):
        raise OptionError("A login needs cluster_api_username and cluster_api_password")
    if not run.hides:
        raise OptionError(
            "The session token would be printed: this task does not run inside the Ansible process, and has no no_log",
            "Add no_log: true to the task",
        )
    try:
        token = run.api.log_in()
    except CrdbError as error:
        raise error.during(f"log in to the cluster as '{params['cluster_api_username']}'") from None
    run.api.keep()
    return {"changed": False, "session": token, "_ansible_no_log": True}
