# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Environment variables as fallbacks of options."""

from __future__ import annotations

import os

from ansible.module_utils.errors import AnsibleFallbackNotFound


def env_fallback(*names: str) -> str:
    """The first of the environment variables *names* that is set and not empty (AWX injects empty ones)."""
    for name in names:
        if os.environ.get(name):
            return os.environ[name]
    raise AnsibleFallbackNotFound
