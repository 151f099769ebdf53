# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes every result as one JSON line, with the number of requests that the emulator has seen by then."""

from __future__ import annotations

DOCUMENTATION = """
name: results_jsonl
type: notification
short_description: Results as JSON lines
description: Writes each result to the file in the environment variable RESULTS_JSONL.
"""

import json  # noqa: E402
import os  # noqa: E402
import urllib.request  # noqa: E402

from ansible.plugins.callback import CallbackBase  # noqa: E402

_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "results_jsonl"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._file = open(os.environ["RESULTS_JSONL"], "a", encoding="utf-8")  # noqa: SIM115
        self._url = os.environ["RESULTS_EMULATOR"]

    def _seen(self):
        with _opener.open(f"{self._url}/_emulator/state", timeout=30) as answer:
            return json.load(answer)["requests"]

    def _note(self, event, result):
        # The results of a loop come as items before; here they would only be repeated.
        found = {key: value for key, value in result._result.items() if key != "results" or not result._task.loop}
        entry = {
            "event": event,
            "host": result._host.get_name(),
            "task": result._task.name or result._task.action,
            "uuid": result._task._uuid,
            "result": found,
            "requests": None if event == "item" else self._seen(),
        }
        self._file.write(json.dumps(entry, default=str) + "\n")
        self._file.flush()

    def v2_runner_on_ok(self, result):
        self._note("ok", result)

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._note("failed", result)

    def v2_runner_on_skipped(self, result):
        self._note("skipped", result)

    def v2_runner_on_unreachable(self, result):
        self._note("unreachable", result)

    def v2_runner_on_async_failed(self, result):
        self._note("async failed", result)

    def v2_runner_item_on_ok(self, result):
        self._note("item", result)

    def v2_runner_item_on_failed(self, result):
        self._note("item", result)

    def v2_runner_item_on_skipped(self, result):
        self._note("item", result)
