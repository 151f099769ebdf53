# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation of the options of the modules that send any request."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  method:
    description:
      - The method. V(GET) and V(HEAD) only read; all others count as changes, and check mode does not send them.
    type: str
    choices: [GET, HEAD, POST, PUT, PATCH, DELETE]
    default: GET
  query:
    description:
      - The query. A list gives its name once for each element.
    type: dict
  body:
    description:
      - The object that is sent, as JSON. Members whose names sound like those of secrets are hidden where arguments are shown.
    type: dict
  pages:
    description:
      - Whether to read all pages of a listing. RV(json) is then one listing with the rows of all of them.
    type: bool
    default: false
  unless:
    description:
      - Nothing is sent where this is there already. Without it, O(method=POST), V(PUT) and V(PATCH) are sent on each run.
    type: dict
    suboptions:
      path:
        description:
          - What to read, as O(path). Where there is nothing (HTTP 404), nothing is found.
        type: str
        required: true
      query:
        description:
          - The query to read it with.
        type: dict
      where:
        description:
          - What members of the object have to be, or of any row of the listing, on all of its pages. Dots lead into members, and numbers
            into lists, as in V(spec.regions.0).
          - A member that is not there is V(null). Without O(unless.where) anything that is there is found.
        type: dict
  confirm:
    description:
      - The name or the id of what O(method=DELETE) deletes. It is read first. Where it is called otherwise, the task fails and deletes nothing.
        Where it is not there, nothing is sent.
      - What has neither, such as the settings of a cluster, is confirmed with the name or the id of what it lies in.
    type: str
  secret_path:
    description:
      - The file for the secrets that the answer tells, for its owner alone (mode C(0600)). That it can be written is tried before a change is
        sent. What the file had before is replaced.
      - One secret is written as it is, several as a JSON object by their dotted names. In check mode the file stays as it is.
    type: path
notes:
  - Secrets in answers are told by their names, such as C(secret), C(password), C(api_key) and C(token), and by their look, such as
    connection strings with a password. They are not shown; RV(hidden) names them. Set C(no_log) on the task where an answer
    has a secret of another name.
  - Where the answer to a change is lost, the task fails and says that the outcome is unknown. A V(POST) or V(PATCH) is never sent again.
"""
