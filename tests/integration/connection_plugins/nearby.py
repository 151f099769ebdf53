# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection that leads to this machine and is not the local one: what a remote host is to an action plugin."""

from __future__ import annotations

DOCUMENTATION = """
name: nearby
short_description: This machine, as if it were another
description: Does what the connection local does, under another name.
options: {}
"""

from ansible.plugins.connection.local import Connection as LocalConnection  # noqa: E402


class Connection(LocalConnection):
    transport = "nearby"
