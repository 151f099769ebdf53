# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``GET /rules/``: Prometheus rules as YAML, without authentication [H]."""

from __future__ import annotations

RULES = """\
rules/alerts:
    rules:
        - alert: InstanceDead
          expr: up{job="cockroachdb"} == 0
          for: 15m0s
          annotations:
            summary: '{{ $labels.instance }} for cluster {{ $labels.cluster }} has been dead for more than 15 minutes.'
        - alert: UnavailableRanges
          expr: (sum by(instance, cluster) (ranges_unavailable)) > 0
          for: 10m0s
          annotations:
            summary: Instance {{ $labels.instance }} has {{ $value }} unavailable ranges
          labels:
            severity: testing
        - alert: NodeCertificateExpirySoon
          expr: (security_certificate_expiration_node - time()) < 86400 * 366
          annotations:
            summary: Node certificate for node {{ $labels.instance }} expires in less than 1 year
          labels:
            frequency: daily
rules/recording:
    rules:
        - record: node:capacity
          expr: sum without(store) (capacity)
        - record: node:capacity_available:ratio
          expr: node:capacity_available / node:capacity
        - record: cluster:capacity
          expr: sum without(instance) (node:capacity)
"""
