# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How SQL clients reach a cluster: the connection string, and the certificates of its CA. Pure."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from .._base.errors import CrdbError, OptionError
from .._http.answers import TEXT, Object
from . import cluster_state as state

ANSWER = Object({"connection_string": TEXT})
PORT = 26257
DATABASE = "defaultdb"
# The first API version that hands out connection strings; in that one the operating systems have a prefix.
ENDPOINT_SINCE = "2022-09-20"
PREFIXED = "2022-09-20"
NEEDS_SYSTEM = "Give the option os, LINUX, MAC or WINDOWS, or the path of the CA certificate in sslrootcert"
# Where the documentation of the service puts the CA certificate of an Advanced cluster.
CERTIFICATES = {
    "LINUX": "$HOME/Library/CockroachCloud/certs/",
    "MAC": "$HOME/Library/CockroachCloud/certs/",
    "WINDOWS": "$env:appdata\\CockroachCloud\\certs\\",
}
# How private networks reach a cluster: the member of a region that has the host, and the ways in words.
HOSTS = {
    "internal": ("internal_dns", "AWS PrivateLink, Azure Private Link and VPC peering on GCP"),
    "private_endpoint": ("private_endpoint_dns", "Private Service Connect on GCP"),
}
HOSTS_SINCE = {"internal": "2022-09-20", "private_endpoint": "2023-04-10"}
URL = re.compile(r"(postgres(?:ql)?)://(?:([^/?]*)@)?([^@/?\s]+)(/[^?\s]*)?(?:\?(\S*))?")
PEM = re.compile(r"-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----")


def query(version: str, *, user: str | None, database: str | None, system: str | None) -> dict[str, str]:
    """What the endpoint of *version* is asked."""
    prefix = "OS_" if version == PREFIXED else ""
    asked = {"sql_user": user, "database": database, "os": system and prefix + system}
    return {name: value for name, value in asked.items() if value}


def built(row: Mapping[str, Any], *, database: str | None, system: str | None) -> str:
    """The connection string of a cluster object, as the endpoint of newer versions gives it, without a user."""
    host = row.get("sql_dns") or _host(row)
    if not host:
        raise OptionError(f"cluster '{row.get('name')}' has no SQL address, its state is {state.status(row)}")
    options = "sslmode=verify-full"
    if state.is_advanced(row):
        if not system:
            raise OptionError(
                f"The path of the CA certificate of cluster '{row.get('name')}' depends on the operating system",
                NEEDS_SYSTEM,
            )
        options += f"&sslrootcert={CERTIFICATES[system]}{row.get('name')}-ca.crt"
    return f"postgresql://{host}:{PORT}/{quote(database or DATABASE, safe='')}?{options}"


def _host(row: Mapping[str, Any]) -> str:
    regions = [region for region in row.get("regions") or [] if isinstance(region, Mapping) and region.get("sql_dns")]
    regions.sort(key=lambda region: not region.get("primary"))
    return str(regions[0]["sql_dns"]) if regions else ""


def private_host(row: Mapping[str, Any], network: str, region: str | None) -> str:
    """The host of a cluster object in *region*, by default its primary one, for those that come by *network* of HOSTS."""
    member, what = HOSTS[network]
    regions = [each for each in row.get("regions") or [] if isinstance(each, Mapping)]
    regions.sort(key=lambda each: not each.get("primary"))
    named = [each for each in regions if region in (None, each.get("name"))]
    if not named:
        known = ", ".join(state.region_names(row))
        raise OptionError(f"cluster '{row.get('name')}' is not in the region {region}", f"It is in {known}")
    host = named[0].get(member)
    if not host:
        raise OptionError(
            f"cluster '{row.get('name')}' has no address for {what} in {named[0].get('name')}",
            "Connect the network with it first, or choose another network",
        )
    return str(host)


def finished(
    url: Any, *, user: str | None, password: str | None, sslmode: str | None, sslrootcert: str | None, host: str = ""
) -> str:
    """*url* with the user's own wishes in it. A password comes from the caller or not at all, whatever the server says."""
    match = URL.fullmatch(url) if isinstance(url, str) else None
    if match is None:
        raise CrdbError("the answer holds no connection string")
    scheme, login, public, path, options = match.groups(default="")
    _host, colon, port = public.partition(":")
    host = f"{host}{colon}{port}" if host else public
    login = quote(user, safe="") if user else login.partition(":")[0]
    if password:
        login += f":{quote(password, safe='')}"
    pairs = dict(pair.partition("=")[::2] for pair in options.split("&") if pair)
    if sslmode:
        pairs["sslmode"] = sslmode
    if sslrootcert:
        pairs["sslrootcert"] = quote(sslrootcert, safe="/:$~")
    options = "&".join(f"{name}={value}" for name, value in pairs.items())
    return f"{scheme}://{login}{'@' if login else ''}{host}{path}{'?' if options else ''}{options}"


def certificates(text: str) -> str:
    """The PEM certificates in *text*, nothing else; CrdbError where there are none, or something that is none."""
    found = PEM.findall(text)
    if not found or "-----" in PEM.sub("", text):
        raise CrdbError("the answer is not a PEM certificate")
    try:
        raw = [ssl.PEM_cert_to_DER_cert(block) for block in found]
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=b"".join(raw))
    except (ValueError, ssl.SSLError):
        raise CrdbError("the answer is not a valid PEM certificate") from None
    return "".join(ssl.DER_cert_to_PEM_cert(block) for block in raw)
