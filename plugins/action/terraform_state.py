# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.crdb.cloud.plugins.plugin_utils._direct import DirectAction


class ActionModule(DirectAction):
    module = "terraform_state"
