# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page as Jinja2 writes it, with every value escaped."""

from __future__ import annotations

TEMPLATE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{ policy }}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>{{ title }}</title>
<link rel="icon" href="data:,">
<style>{{ style }}</style>
</head>
<body>
<a class="skip" href="#clusters">Skip to the clusters</a>
<header>
<div class="wrap">
<div>
<p class="kicker">CockroachDB Cloud</p>
<h1>{% if fleet %}Fleet <bdi>{{ fleet }}</bdi>{% else %}Fleet{% endif %}</h1>
<dl class="meta">
{% for term, said in facts %}
<div><dt>{{ term }}</dt><dd><bdi>{{ said }}</bdi></dd></div>
{% endfor %}
</dl>
</div>
<button id="theme" class="plain" type="button" hidden>Theme</button>
</div>
</header>
<main class="wrap">
{% macro tiles(entries) %}
<ul class="tiles">
{% for each in entries %}
<li><button type="button" disabled aria-pressed="false" class="tile {{ each.look }}{{ ' some' if each.value else '' }}"\
{% if each.value %} data-of="{{ each.of }}" data-value="{{ each.name }}"{% endif %}>
<span class="lab">{% if each.sign %}<span class="sign" aria-hidden="true">{{ each.sign }}</span>{% endif %}{{ each.label }}</span>
{% if each.value is none %}<span class="num unknown">unknown</span>{% else %}<span class="num">{{ each.shown }}</span>{% endif %}

{% if each.note %}<span class="note">{{ each.note }}</span>{% endif %}
</button></li>
{% endfor %}
</ul>
{% endmacro %}
<section aria-labelledby="h-plan">
<h2 id="h-plan">What changes</h2>
{{ tiles(actions) }}
<div class="tile money">
<div><span class="lab">Dollars a month</span>
{% if money.known %}<span class="num">{{ money.before }}<i>&rarr;</i><span class="hide"> becomes </span>{{ money.after }}</span>\
{% else %}<span class="num unknown">unknown</span>{% endif %}

<span class="note">{{ money.note }}</span></div>
<div>
{% if money.share is not none %}
<svg class="bar{{ ' over' if money.over else '' }}" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">\
<rect width="{{ money.share }}" height="4"/></svg>
{% endif %}
<span class="note">{{ money.budget }}</span>
</div>
</div>
</section>
<section aria-labelledby="h-risks">
<h2 id="h-risks">Worth a look</h2>
{{ tiles(risks) }}
</section>
<section id="clusters" aria-labelledby="h-clusters">
<h2 id="h-clusters">Clusters</h2>
{% if groups %}
<div id="tools" class="tools" role="search" hidden>
<label>Search<input id="search" type="search" autocomplete="off" spellcheck="false" placeholder="Name, field, value"></label>
{% for id, label, options in choices %}
<label>{{ label }}<select id="{{ id }}">{% for value, words in options %}<option value="{{ value }}">{{ words }}</option>{% endfor %}</select></label>
{% endfor %}
<button id="reset" class="plain" type="button">Show all</button>
</div>
<p id="count" class="count" role="status"></p>
<div class="frame">
<table id="table">
<caption class="hide">What becomes of each cluster; failures come first</caption>
<colgroup><col class="c1"><col class="c2"><col class="c3"><col class="c4"><col class="c5"></colgroup>
<thead><tr><th scope="col" data-by="name" aria-sort="none">Cluster</th><th scope="col" data-by="action" aria-sort="none">What happens</th>\
<th scope="col" data-by="where" aria-sort="none">Plan and place</th><th scope="col" class="n" data-by="money" aria-sort="none">Dollars a month</th>\
<th scope="col" data-by="risks" aria-sort="none">Worth a look</th></tr></thead>
{% for name, members in groups %}
<tbody class="g" data-name="{{ name }}"><tr><th colspan="5" scope="rowgroup"><bdi>{{ name }}</bdi><span>{{ members|length }} \
{{ 'row' if members|length == 1 else 'rows' }}</span></th></tr></tbody>
{% for row in members %}
<tbody class="r" data-row='{{ row.data|tojson }}'>
<tr><th scope="row"><bdi>{{ row.name }}</bdi>{% if row.sub %}<span class="sub">{{ row.sub }}</span>{% endif %}</th>
<td><span class="badge {{ row.look }}">{{ row.says }}</span></td>
<td>{% if row.where %}{{ row.where[0] }}<span class="sub">{{ row.where[1] }}</span>{% endif %}</td>
<td class="n" data-l="Dollars a month:">{{ row.money }}</td>
<td>{% if row.chips %}<span class="chips">\
{% for look, words in row.chips %}<span class="badge {{ look }}">{{ words }}</span>{% endfor %}</span>{% endif %}</td></tr>
{% if row.more %}
<tr class="more"><td colspan="5"><details{{ ' open' if row.open else '' }}><summary>{{ row.more }}</summary>
{% if row.findings %}
<ul class="found">
{% for each in row.findings %}
<li class="{{ 'failed' if each.severity == 'error' else 'warning' }}">{{ each.severity|capitalize }}, {{ each.rule }}: {{ each.what }}{{ each.msg }}</li>
{% endfor %}
</ul>
{% endif %}
<ul class="steps">
{% for step in row.steps %}
<li class="{{ step.look }}">{{ step.summary }}\
{% if step.error %}<span class="err">{{ step.error }}</span>{% endif %}
{% if step.changes %}<ul>{% for change in step.changes %}<li>{{ change.field }}: \
{% if change.old is not none %}<del>{{ change.old }}</del> &rarr; {% endif %}<ins>{{ change.new }}</ins>{% endfor %}</ul>{% endif %}

{% endfor %}
</ul></details></td></tr>
{% endif %}
</tbody>
{% endfor %}
{% endfor %}
</table>
</div>
<p id="none" class="none" hidden>No row fits. Show all rows again, or search for something else.</p>
{% else %}
<p class="none">No cluster and no object is listed.</p>
{% endif %}
</section>
</main>
<footer><div class="wrap">{{ footer }}</div></footer>
<script>{{ script }}</script>
</body>
</html>
"""
