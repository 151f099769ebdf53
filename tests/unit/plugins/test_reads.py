# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the info modules read."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from plugin_fakes import CLUSTER_ID, OTHER_ID, FakeApi, FakeRun, cluster, refusal

from ansible_collections.crdb.cloud.plugins.module_utils._audit import reads as audit_reads
from ansible_collections.crdb.cloud.plugins.module_utils._base.errors import ApiError, OptionError
from ansible_collections.crdb.cloud.plugins.module_utils._edge import reads as _reads

NO_FILTER = {"cluster": None, "show_inactive": False, "state": None, "plan": None, "provider": None, "labels": None}


@pytest.fixture
def api():
    other = cluster(
        id=OTHER_ID, name="invoices", plan="STANDARD", cloud_provider="AWS", labels={"prod": "true", "team": "a"}
    )
    gone = cluster(id="22222222-2222-3333-4444-555555555555", name="gone", state="DELETED")
    return FakeApi(cluster(), other, gone)


def names(api, **params):
    return [row["name"] for row in _reads.clusters(FakeRun(api, {**NO_FILTER, **params}))]


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({}, ["orders", "invoices"]),
        ({"show_inactive": True}, ["orders", "invoices", "gone"]),
        ({"cluster": "orders"}, ["orders"]),
        ({"cluster": "nowhere"}, []),
        ({"cluster": CLUSTER_ID}, ["orders"]),
        ({"cluster": "99999999-2222-3333-4444-555555555555"}, []),
        ({"cluster": "22222222-2222-3333-4444-555555555555"}, []),
        ({"plan": "STANDARD"}, ["invoices"]),
        ({"provider": "GCP"}, ["orders"]),
        ({"state": "LOCKED"}, []),
        ({"labels": {"team": "a"}}, ["invoices"]),
        ({"labels": {"team": "a", "prod": True}}, ["invoices"]),
        ({"labels": {"team": "b"}}, []),
        ({"cluster": CLUSTER_ID, "plan": "STANDARD"}, []),
    ],
)
def test_clusters(api, params, found):
    assert names(api, **params) == found


def test_regions_that_are_names_alone_become_objects(api):
    api.get = lambda path, query=None, *, shape: {"regions": ["us-east1", {"name": "us-west1", "distance": 1}]}
    found = _reads.regions(FakeRun(api, {"provider": None, "serverless": None}))
    assert found == [{"name": "us-east1"}, {"name": "us-west1", "distance": 1}]


def test_errors_say_what_was_being_done(api):
    api.faults = [("GET", "clusters", refusal(403))]
    with pytest.raises(ApiError, match="Failed to list the clusters"):
        names(api)


@pytest.mark.parametrize("name", ["limit", "max_entries"])
@pytest.mark.parametrize("value", [0, -1])
def test_the_audit_log_wants_sensible_numbers(api, name, value):
    with pytest.raises(OptionError, match=f"{name} must be at least 1"):
        audit_reads.audit_log(FakeRun(api, {"sort_order": "ASC", name: value}))


def test_a_log_of_limited_access_names_the_enrolment():
    def get(path, query, *, shape):
        raise ApiError("permission denied", status=403, method="GET", path=path, code=7)

    run = SimpleNamespace(api=SimpleNamespace(get=get))
    with pytest.raises(ApiError) as error:
        audit_reads.audit_log_page(run, {})
    assert str(error.value) == (
        "Failed to read the audit log: permission denied (HTTP 403, code 7). The service account of this key lacks a role for it: "
        "ORG_ADMIN. Or the organization is not enrolled: the audit log can be of limited access, which the account team at "
        "Cockroach Labs opens for it"
    )
    with pytest.raises(ApiError) as error:
        _reads.organization(run)
    assert "enrolled" not in str(error.value)
