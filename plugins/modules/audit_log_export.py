#!/usr/bin/python

# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: audit_log_export
short_description: Append the audit log of the organization to a file, each entry once
version_added: 1.0.0
description:
  - Appends what is new in the audit log to a file, one JSON object a line, each entry exactly once, oldest first.
  - A run that is killed, at whatever moment, neither loses nor doubles an entry. The next run goes on where it ended.
  - How far the export got is kept in a cursor file. Each page of the log is on the disk before the cursor file says so, and the
    cursor file is replaced as a whole. What an interrupted run has left behind the last page is cut off and read again.
  - Needs O(api_version) V(2023-04-10) or newer.
options:
  dest:
    description:
      - Absolute path of the file. Its directory must exist.
      - It is made readable for its owner alone. If you change its mode, it stays as you have set it.
      - Symbolic links are not followed. Nothing else may write to it.
    type: path
    required: true
  cursor:
    description:
      - Absolute path of the cursor file. If not set, O(dest) with C(.cursor) behind it.
      - Beside it there is a lock file, with C(.lock) behind it. A second run with the same cursor or the same O(dest) fails
        while another one is at work.
      - To begin a new file now and then, give O(cursor) a fixed name, and O(dest) one that changes, such as one with the date in it.
        A O(dest) other than that of the last run must not exist yet. It goes on where the other one ended.
      - Both files can be moved to another directory together.
    type: path
  rotated:
    description:
      - Set it to V(true) where something moves O(dest) away between runs, as logrotate does. Where O(dest) is missing or empty then, a new
        file is begun, and goes on where the other one ended.
      - Otherwise a O(dest) that is shorter than the cursor file says is taken for damaged, and the task fails.
    type: bool
    default: false
  starting_from:
    description:
      - RFC 3339 timestamp to start from, on a first run. If not set, the log is exported from its beginning.
      - As soon as there is a cursor file, it has no effect.
    type: str
  limit:
    description: About how many entries the server shall send in one page. It decides if this is not set.
    type: int
  max_entries:
    description: How many entries to append at most. All that are new if not set.
    type: int
notes:
  - A file and its cursor belong to one organization. An O(api_url) other than that of the first run is refused.
  - Lines are ASCII; other characters are escaped as JSON does it. The C(payload) of an entry is an object where it is JSON.
  - After an interrupted run, the end of O(dest) may be a part of a line until the next run.
  - To start anew, move O(dest) and its cursor file away.
author:
  - crdb.cloud contributors (@crdb-cloud)
extends_documentation_fragment:
  - crdb.cloud.attributes
  - crdb.cloud.attributes.actiongroup_cloud
  - crdb.cloud.cloud
"""

EXAMPLES = r"""
---
- name: Append what is new in the audit log
  crdb.cloud.audit_log_export:
    dest: /var/log/crdb/audit.jsonl

- name: A file for each month
  crdb.cloud.audit_log_export:
    dest: /var/log/crdb/audit-{{ now(utc=true, fmt='%Y-%m') }}.jsonl
    cursor: /var/log/crdb/audit.cursor

- name: A file that logrotate moves away, from this year on
  crdb.cloud.audit_log_export:
    dest: /var/log/crdb/audit.jsonl
    rotated: true
    starting_from: "2026-01-01T00:00:00Z"
"""

RETURN = r"""
---
written:
  description: How many entries were appended.
  returned: when the log could be read, also if the task failed later
  type: int
  sample: 42
file_entries:
  description: How many entries the file has now.
  returned: success
  type: int
  sample: 1042
total:
  description: How many entries were exported since the first run, over all files.
  returned: success
  type: int
  sample: 25042
next_starting_from:
  description: Where the next run goes on.
  returned: success
  type: str
  sample: "2026-05-12T10:11:12.131415Z"
complete:
  description: V(false) when O(max_entries) ended the reading.
  returned: success
  type: bool
  sample: true
file:
  description: The file.
  returned: success
  type: str
  sample: /var/log/crdb/audit.jsonl
cursor_file:
  description: The cursor file.
  returned: success
  type: str
  sample: /var/log/crdb/audit.jsonl.cursor

error:
  description: What the API answered, when the task failed because of that.
  returned: when the API refused a request
  type: dict
  contains:
    status: {description: HTTP status., type: int, returned: always}
    code: {description: The code of the API (a gRPC code); V(null) if the answer had none., type: int, returned: always}
    message: {description: The message of the API., type: str, returned: always}
    details: {description: Further details of the API., type: list, elements: raw, returned: always}
    method: {description: The method of the request., type: str, returned: always}
    path: {description: The path of the request., type: str, returned: always}
"""

from ansible_collections.crdb.cloud.plugins.module_utils._audit.export import audit_log_export
from ansible_collections.crdb.cloud.plugins.module_utils._edge.module import Module
from ansible_collections.crdb.cloud.plugins.module_utils._nouns.options import Option

MODULE = Module(
    "audit_log_export",
    (
        Option("dest", type="path", required=True),
        Option("cursor", type="path"),
        Option("rotated", type="bool", default=False),
        Option("starting_from"),
        Option("limit", type="int"),
        Option("max_entries", type="int"),
    ),
    audit_log_export,
    since="2023-04-10",
)


def main():
    MODULE.main()


if __name__ == "__main__":
    main()
