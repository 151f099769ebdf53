# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the service offers: major versions, machines, prices of limits, the organization.

[D] Versions and their end of support are those of the public upgrade policy; a Regular release upgrades to one of the
next two majors, an Innovation release only to the Regular release that follows. Patch numbers are examples.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

BASIC = "BASIC"
STANDARD = "STANDARD"
ADVANCED = "ADVANCED"
PLANS = (BASIC, STANDARD, ADVANCED)
# Editions, each with the plan that it is like.
EDITIONS = {"STANDARD": STANDARD, "MISSION_CRITICAL": ADVANCED}
PROVIDERS = ("GCP", "AWS", "AZURE")

# [D] Highest number of allowlist entries: 20 on Advanced AWS, 200 on other Advanced clusters, 50 on Basic and Standard.
ALLOWLIST_LIMIT_ADVANCED_AWS = 20
ALLOWLIST_LIMIT_ADVANCED = 200
ALLOWLIST_LIMIT_SERVERLESS = 50

DEFAULT_CIDR_RANGE = "172.28.0.0/14"
# [D] Limits of the plans.
MAX_SERVERLESS_REGIONS = 6
MAX_ADVANCED_REGIONS = 9
MAX_ADVANCED_NODES = 150
MIN_NODES_PER_REGION = 3
MIN_STANDARD_VCPUS = 2
MAX_STANDARD_VCPUS = 200
# [D] How often a Standard cluster may get fewer virtual CPUs, and how soon a disk on AWS may be changed again.
MAX_VCPU_DECREASES = 3
VCPU_DECREASE_DAYS = 7
AWS_DISK_HOURS = 6

# [C] The rates of the official conversion: 80 % of the money buys request units, 20 % buys storage.
RU_PER_CENT = 40_000
MIB_PER_USD = 2048


def request_units(cents: int) -> int:
    """Request units that a spend limit in US cents buys [C]: cents x 40,000."""
    return cents * RU_PER_CENT


def storage_mib(cents: int) -> int:
    """Mebibytes that a spend limit in US cents buys [C]: floor(cents x 4.096)."""
    return cents * MIB_PER_USD * 2 // 10 // 100


def cents_of(units: int) -> int:
    """The spend limit shown for usage limits that were set directly: request units / 40,000, rounded up [G]."""
    return -(-units // RU_PER_CENT)


@dataclass(frozen=True, slots=True)
class MajorVersion:
    """A major version of CockroachDB as the service lists it."""

    name: str
    patch: int
    innovation: bool
    support_end: str
    supported: bool
    upgrades: tuple[str, ...]
    serverless: bool = False

    @property
    def full(self) -> str:
        """The patch version that clusters on this major run."""
        return f"{self.name}.{self.patch}"


# Newest first, the order of the list [D].
MAJOR_VERSIONS: tuple[MajorVersion, ...] = (
    MajorVersion("v26.1", 1, True, "2026-08-02T00:00:00Z", True, ()),
    MajorVersion("v25.4", 4, False, "2026-11-03T00:00:00Z", True, ("v26.1",), True),
    MajorVersion("v25.3", 7, True, "2026-02-04T00:00:00Z", False, ("v25.4",)),
    MajorVersion("v25.2", 12, False, "2026-05-12T00:00:00Z", True, ("v25.3", "v25.4"), True),
    MajorVersion("v25.1", 10, True, "2025-08-18T00:00:00Z", False, ("v25.2",)),
    MajorVersion("v24.3", 25, False, "2026-05-05T00:00:00Z", True, ("v25.1", "v25.2")),
)
BY_NAME: dict[str, MajorVersion] = {version.name: version for version in MAJOR_VERSIONS}
# [D] "The latest version is used if omitted"; Basic and Standard run Regular releases only.
LATEST_ADVANCED = MAJOR_VERSIONS[0]
LATEST_SERVERLESS = next(version for version in MAJOR_VERSIONS if version.serverless)


def major_of(full: str) -> str:
    """``v25.2.12`` -> ``v25.2``; text that is no version comes back unchanged."""
    found = re.match(r"v\d+\.\d+", full)
    return found.group(0) if found else full


def upgrades_from(major: str, *, serverless: bool) -> tuple[str, ...]:
    """The majors a cluster may go to; Basic and Standard skip Innovation releases [D]."""
    version = BY_NAME.get(major)
    if version is None:
        return ()
    return tuple(name for name in version.upgrades if not serverless or BY_NAME[name].serverless)


VCPU_SIZES = (2, 4, 8, 12, 16, 24, 32, 48, 64, 96)
GIB_PER_VCPU = 4
_AWS_SIZES = {
    2: "large",
    4: "xlarge",
    8: "2xlarge",
    16: "4xlarge",
    32: "8xlarge",
    48: "12xlarge",
    64: "16xlarge",
    96: "24xlarge",
}


def machine_type(provider: str, vcpus: int) -> str:
    """The machine type of the provider for a number of virtual CPUs [G]: ``n2-standard-4``, ``m6i.xlarge`` ..."""
    if provider == "AWS":
        return f"m6i.{_AWS_SIZES.get(vcpus, f'{vcpus}vcpu')}"
    return f"n2-standard-{vcpus}" if provider == "GCP" else f"Standard_D{vcpus}s_v5"


# How the providers call their machines: a family, and the size that says how many virtual CPUs there are.
_MACHINE_NAMES = {
    "AWS": re.compile(r"[cmr]\d[a-z]*\.(\w+)"),
    "GCP": re.compile(r"[a-z]\d[a-z]?-(?:standard|highmem|highcpu)-(\d+)"),
    "AZURE": re.compile(r"Standard_[DEF](\d+)[a-z]*(?:_v\d+)?"),
}


def vcpus_of(provider: str, name: str) -> int | None:
    """The virtual CPUs of a machine type, ``None`` when the provider has none of this name or size [D/G]."""
    found = _MACHINE_NAMES[provider].fullmatch(name)
    if found is None:
        return None
    size = found.group(1)
    if provider == "AWS":
        return next((count for count, label in _AWS_SIZES.items() if label == size), None)
    return int(size) if int(size) in VCPU_SIZES else None


def smallest_storage(vcpus: int) -> int:
    """The storage a node gets when none is asked for [D: zero means the smallest; the figure is G]."""
    return max(15, vcpus * 15 // 2 // 5 * 5)


def disk_iops(provider: str, storage_gib: int, asked: int) -> int:
    """I/O operations a second: the wish counts on AWS only [D]; the default is [G]."""
    return asked if asked and provider == "AWS" else max(450, storage_gib * 30)
