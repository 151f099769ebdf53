# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificate that ``GET /clusters/{id}/cert`` serves.

A constant, so that a role which installs it finds nothing to change on its second run. Its private key was thrown
away when it was made: nobody can sign with it.
"""

from __future__ import annotations

CLUSTER_CA = """\
-----BEGIN CERTIFICATE-----
MIIBqDCCAU+gAwIBAgIBATAKBggqhkjOPQQDAjA7MRYwFAYDVQQKDA1jcmRiX2Vt
dWxhdG9yMSEwHwYDVQQDDBhjcmRiX2VtdWxhdG9yIGNsdXN0ZXIgQ0EwIBcNMjIw
MzMxMDAwMDAwWhgPMjA1MjAzMzEwMDAwMDBaMDsxFjAUBgNVBAoMDWNyZGJfZW11
bGF0b3IxITAfBgNVBAMMGGNyZGJfZW11bGF0b3IgY2x1c3RlciBDQTBZMBMGByqG
SM49AgEGCCqGSM49AwEHA0IABCVYxZyCXOzgQVNlXO1jqEWIXjoK6dqyKI65CTmW
sncDDsaFcgz9oOiBJIS8XlaICulwcZ+s9s6uYn7mTuyjtl6jQjBAMA8GA1UdEwEB
/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgEGMB0GA1UdDgQWBBTBX40d9CKZMcTNErmt
yLp/GXQ47TAKBggqhkjOPQQDAgNHADBEAiBFTgfg8T8Qw2CIoXSvywyz6F/Bs7wr
scW3H5U7lLTNGQIgVuGslrlW6fl2dcsrS7DrWywBZewDhY/OCd+bA7CipXA=
-----END CERTIFICATE-----
"""
