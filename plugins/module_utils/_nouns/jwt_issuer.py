# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may call the Cloud API with a token of its own identity provider instead of a key."""

from __future__ import annotations

import json
from typing import Any

from .._base.errors import OptionError
from .field import Field
from .noun import Noun


def checked_jwks(text: str) -> str:
    """*text* where it is a set of keys in JSON, or empty; OptionError otherwise."""
    if text and not isinstance(parsed(text), dict):
        raise OptionError("jwks is not a set of keys in JSON", 'It begins with {"keys": ...')
    return text


def parsed(text: Any) -> Any:
    """The value that *text* is in JSON, or *text* where it is none; None where it is empty."""
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


JWT_ISSUER = Noun(
    "jwt_issuer",
    "jwt-issuers/{id}",
    r"""
    Lets tokens of an identity provider (JWT) call the Cloud API, so that pipelines need no API key.
    An issuer is known by O(issuer_url) and O(audience) together.
    The service gives this to enrolled organizations alone.
    issuer_url: The URL of the provider, as tokens have it in the claim C(iss).
    audience: The claim C(aud) that a token must have.
    claim: The claim that says who the caller is. Where it is not set, or V(""), it is C(sub).
    jwks: The keys of the provider, a JSON Web Key Set. Without it, or with V(""), they are fetched from O(issuer_url).
    identity_map: Who a token stands for, the first entry that fits. V([]) takes all entries away.
    | Without entries a token stands for the account whose name or id is in the claim.
    identity_map.token_identity: What the claim must be. With a slash in front it is a regular expression (RE2), since O(api_version=2024-09-16).
    identity_map.cc_identity: The e-mail of a person or the id of a service account. C(\1) is the first group of a regular expression.
    """,
    title="JWT issuer",
    rows="jwt_issuers",
    key=(Field("issuer_url", required=True), Field("audience", required=True)),
    fields=(
        Field("claim", compare=lambda name: name or "sub"),
        Field("jwks", type="json", to_api=checked_jwks, compare=parsed),
        Field(
            "identity_map",
            type="list",
            elements="dict",
            compare=lambda entries: entries or [],
            options=(Field("token_identity", required=True), Field("cc_identity", required=True)),
        ),
    ),
    since="2023-04-10",
    roles="ORG_ADMIN",
    readers="ORG_ADMIN",
    limited=True,
)
