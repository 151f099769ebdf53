# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the page does by itself: search, filters, groups, order and the theme. It asks nobody for anything, and makes no HTML of text."""

from __future__ import annotations

SCRIPT = """
"use strict";
(() => {
const root = document.documentElement, by = id => document.getElementById(id), all = selector => [...document.querySelectorAll(selector)];
const theme = by("theme"), themes = ["auto", "light", "dark"], key = "crdb-cloud-report-theme";
const keep = value => { try { return value ? localStorage.setItem(key, value) : localStorage.getItem(key); } catch { return null; } };
const wear = name => {
  if (name === "auto") delete root.dataset.theme; else root.dataset.theme = name;
  theme.textContent = "Theme: " + name;
};
let worn = themes.includes(keep()) ? keep() : "auto";
wear(worn);
theme.hidden = false;
theme.addEventListener("click", () => { worn = themes[(themes.indexOf(worn) + 1) % 3]; wear(worn); keep(worn); });

const table = by("table");
if (!table) return;
const rows = all("tbody.r").map((body, place) => ({body, place, ...JSON.parse(body.dataset.row)}));
const search = by("search"), action = by("action"), state = by("state"), group = by("group"), kind = by("kind"), count = by("count"), none = by("none");
const tiles = all("button.tile[data-of]");
let groups = new Map(), order = null;
for (const head of all("tbody.g")) groups.set(head.dataset.name, head);
const named = row => row.groups[kind.value];
const text = row => row.text ??= row.body.textContent.toLowerCase();

const values = {
  name: row => row.name, action: row => -row.steps, where: row => row.where, money: row => row.money, risks: row => -row.risks,
};
const compare = (one, other) => {
  if (!order) return one.place - other.place;
  const [left, right] = [values[order.by](one), values[order.by](other)];
  if (left === null || right === null) return (left === null) - (right === null) || one.place - other.place;
  return order.sign * (left < right ? -1 : left > right ? 1 : 0) || one.place - other.place;
};
const heading = name => {
  const body = document.createElement("tbody"), line = body.insertRow(), cell = document.createElement("th");
  body.className = "g";
  cell.colSpan = 5;
  cell.scope = "rowgroup";
  const title = document.createElement("bdi"), note = document.createElement("span");
  title.textContent = name;
  cell.append(title, note);
  line.append(cell);
  return body;
};
const draw = () => {
  for (const head of groups.values()) head.remove();
  const found = new Map();
  for (const row of rows) {
    if (!found.has(named(row))) found.set(named(row), []);
    found.get(named(row)).push(row);
  }
  groups = new Map();
  const parts = document.createDocumentFragment();
  for (const [name, members] of found) {
    groups.set(name, heading(name));
    parts.append(groups.get(name), ...members.sort(compare).map(row => row.body));
  }
  table.append(parts);
};
const filter = () => {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean), shown = new Map();
  let total = 0;
  for (const row of rows) {
    const fits = (!action.value || row.actions.includes(action.value)) && (!state.value || row.states.includes(state.value))
      && (!group.value || named(row) === group.value) && words.every(word => text(row).includes(word));
    row.body.hidden = !fits;
    if (!fits) continue;
    total += 1;
    const seen = shown.get(named(row)) ?? {rows: 0, failed: 0};
    seen.rows += 1;
    seen.failed += row.states.includes("failed");
    shown.set(named(row), seen);
  }
  for (const [name, head] of groups) {
    const seen = shown.get(name);
    head.hidden = !seen;
    if (seen) head.querySelector("span").textContent = seen.rows + (seen.rows === 1 ? " row" : " rows") + (seen.failed ? ", " + seen.failed + " failed" : "");
  }
  count.textContent = total === rows.length ? rows.length + " rows" : total + " of " + rows.length + " rows";
  none.hidden = total > 0;
  for (const tile of tiles) tile.setAttribute("aria-pressed", by(tile.dataset.of).value === tile.dataset.value);
};
const offer = () => {
  const kept = group.options[0];
  group.replaceChildren(kept, ...[...new Set(rows.map(named))].sort().map(name => new Option(name, name)));
};
kind.addEventListener("change", () => { offer(); draw(); filter(); });
for (const control of [search, action, state, group]) control.addEventListener("input", filter);
for (const tile of tiles) {
  tile.disabled = false;
  tile.addEventListener("click", () => {
    const control = by(tile.dataset.of), same = control.value === tile.dataset.value;
    for (const each of [action, state]) each.value = "";
    if (!same) control.value = tile.dataset.value;
    filter();
  });
}
by("reset").addEventListener("click", () => {
  for (const control of [search, action, state, group]) control.value = "";
  filter();
});
for (const head of all("thead th[data-by]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = head.textContent;
  head.replaceChildren(button);
  button.addEventListener("click", () => {
    const now = head.getAttribute("aria-sort"), next = now === "ascending" ? "descending" : now === "descending" ? "none" : "ascending";
    for (const other of all("thead th[data-by]")) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", next);
    order = next === "none" ? null : {by: head.dataset.by, sign: next === "ascending" ? 1 : -1};
    draw();
    filter();
  });
}
offer();
by("tools").hidden = false;
filter();
})();
"""
