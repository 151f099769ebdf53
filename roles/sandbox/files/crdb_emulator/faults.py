# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults that the control plane arms: what a network or a service may do to a request.

A fault is ``{"method", "path", "times" | "probability" + "seed", "action", "status", "headers", "body",
"delay_ms"}``. ``method`` and ``path`` (``re.search`` on the path as sent) are optional; without ``times`` and
``probability`` it fires once, with a probability and no ``times`` for ever. The first armed fault that matches fires,
alone. Actions:

* ``status``: answer with ``status`` (500), ``headers`` and ``body`` (text or JSON; ``{request_body}`` in it stands
  for the body of the request), without performing;
* ``drop_before``: cut the connection without performing;
* ``drop_after``: perform, note it, cut the connection without an answer;
* ``garbage``: perform, then answer 200 with text that is not JSON (``body``, else an HTML page);
* ``delay``: wait ``delay_ms``, then perform;
* ``slow_body``: perform, send the headers, then the body slowly over ``delay_ms``.

With any action but ``slow_body`` the ``delay_ms`` pass before anything else happens.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ACTIONS = ("status", "drop_before", "drop_after", "delay", "garbage", "slow_body")
TEMPLATE = "{request_body}"
GARBAGE = "<html><head><title>502</title></head><body>upstream said something strange</body></html>"
_KEYS = frozenset({"method", "path", "times", "probability", "seed", "action", "status", "headers", "body", "delay_ms"})
_MAX_DELAY_MS = 600_000


class FaultError(ValueError):
    """What is wrong with a fault, in one sentence."""


@dataclass(slots=True)
class Fault:
    """An armed fault."""

    action: str
    method: str | None
    path: re.Pattern[str] | None
    times: int | None
    probability: float | None
    rng: random.Random
    status: int
    headers: dict[str, str]
    body: Any
    delay: float
    given: dict[str, Any] = field(default_factory=dict)
    fired: int = 0

    def matches(self, method: str, path: str) -> bool:
        """Whether it fires for this request; draws from its own generator when a probability is set."""
        if self.times is not None and self.fired >= self.times:
            return False
        if (self.method and self.method != method) or (self.path and not self.path.search(path)):
            return False
        return self.probability is None or self.rng.random() < self.probability

    def text(self, request_body: bytes) -> str:
        """The body to answer with, the template filled in."""
        sent = request_body.decode("utf-8", "replace")
        if self.body is None:
            return ""
        return self.body.replace(TEMPLATE, sent) if isinstance(self.body, str) else json.dumps(_fill(self.body, sent))


def _fill(value: Any, sent: str) -> Any:
    # Inside JSON the template is filled before encoding, so that the answer stays JSON.
    if isinstance(value, str):
        return value.replace(TEMPLATE, sent)
    if isinstance(value, dict):
        return {key: _fill(item, sent) for key, item in value.items()}
    return [_fill(item, sent) for item in value] if isinstance(value, list) else value


def parse_fault(given: Any) -> Fault:
    """Read a fault; raises ``FaultError``."""
    if not isinstance(given, dict):
        raise FaultError("a fault must be a JSON object")
    unknown = sorted(set(given) - _KEYS)
    if unknown:
        raise FaultError(f"unknown key of a fault: {', '.join(unknown)}")
    if given.get("action") not in ACTIONS:
        raise FaultError(f"action must be one of {', '.join(ACTIONS)}")
    probability, times = _number(given, "probability", 0, 1), _integer(given, "times", 1, 10**9)
    if probability is None and times is None:
        times = 1
    return Fault(
        action=given["action"],
        method=_method(given.get("method")),
        path=_pattern(given.get("path")),
        times=times,
        probability=probability,
        rng=random.Random(_integer(given, "seed", -(2**63), 2**63)),
        status=_integer(given, "status", 200, 599) or 500,
        headers=_headers(given.get("headers")),
        body=given.get("body"),
        delay=(_number(given, "delay_ms", 0, _MAX_DELAY_MS) or 0) / 1000,
        given=dict(given),
    )


def _method(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not value.isalpha():
        raise FaultError("method must be the name of an HTTP method")
    return value.upper()


def _pattern(value: Any) -> re.Pattern[str] | None:
    if value is None:
        return None
    try:
        return re.compile(value)
    except (re.error, TypeError, RecursionError, OverflowError):
        raise FaultError("path must be a regular expression") from None


def _headers(value: Any) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise FaultError("headers must be an object of strings")
    result: dict[str, str] = {}
    for name, text in value.items():
        line = str(text)
        if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", name) or not line.isascii() or not line.isprintable():
            raise FaultError("headers must be an object of strings that fit an HTTP header")
        result[name.lower()] = line
    return result


def _number(given: Mapping[str, Any], name: str, low: float, high: float) -> float | None:
    value = given.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise FaultError(f"{name} must be a number between {low} and {high}")
    return float(value)


def _integer(given: Mapping[str, Any], name: str, low: int, high: int) -> int | None:
    value = given.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise FaultError(f"{name} must be an integer between {low} and {high}")
    return value


class FaultBox:
    """The armed faults, in the order they were armed."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def match(self, method: str, path: str) -> Fault | None:
        """The fault that fires for this request; counts it."""
        for fault in self.faults:
            if fault.matches(method, path):
                fault.fired += 1
                return fault
        return None

    def to_json(self) -> list[dict[str, Any]]:
        """What was armed, with ``fired`` and ``left`` (``null``: without end)."""
        return [
            {**fault.given, "fired": fault.fired, "left": None if fault.times is None else fault.times - fault.fired}
            for fault in self.faults
        ]
