# Copyright: (c) 2026, crdb.cloud contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the page looks: light and dark, on a wide screen, on a phone and on paper. No file of anywhere is used."""

from __future__ import annotations

STYLE = """
:root{color-scheme:light dark;--bg:light-dark(#f6f7f9,#101318);--card:light-dark(#fff,#181c23);--ink:light-dark(#171b22,#e8eaee);
--soft:light-dark(#566070,#a3adbb);--line:light-dark(#dfe3e9,#2b323d);--line2:light-dark(#eceff3,#222832);--accent:light-dark(#3346d3,#9fb0ff);
--create:light-dark(#0b6b3a,#5fd39a);--change:light-dark(#8a4b00,#f0b35c);--delete:light-dark(#b3261e,#ff9a92);--failed:light-dark(#a3123f,#ff8fab);
--create-b:light-dark(#e4f4ea,#12301f);--change-b:light-dark(#fdf0dc,#35260f);--delete-b:light-dark(#fce8e6,#3a1a18);
--failed-b:light-dark(#fde5ec,#3b1422);--calm-b:light-dark(#eef1f5,#232a34)}
:root[data-theme=light]{color-scheme:light}
:root[data-theme=dark]{color-scheme:dark}
*,::before{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;
font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
button,input,select{font:inherit;color:inherit}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
.wrap{max-width:1180px;margin:0 auto;padding:0 28px}
.skip{position:absolute;left:-999px;top:8px;background:var(--card);padding:8px 12px;z-index:2}
.skip:focus{left:8px}
.hide{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
[hidden]{display:none!important}
header .wrap{display:flex;align-items:flex-start;gap:24px;padding-top:36px;padding-bottom:8px}
header .wrap>div{flex:1;min-width:0}
.kicker{margin:0;color:var(--soft);font-size:13px;font-weight:600;letter-spacing:.02em}
h1{margin:2px 0 6px;font-size:30px;line-height:1.2;font-weight:650;letter-spacing:-.015em}
.meta{display:flex;flex-wrap:wrap;gap:4px 20px;margin:0;color:var(--soft);font-size:14px}
.meta dt{display:inline}.meta dt::after{content:" "}
.meta dd{display:inline;margin:0;color:var(--ink)}
.plain{font-size:14px;border:1px solid var(--line);background:var(--card);border-radius:8px;padding:6px 12px;min-height:36px;cursor:pointer}
.plain:hover{border-color:var(--soft)}
h2{margin:28px 0 10px;font-size:15px;font-weight:650}
.tiles{display:grid;gap:12px;grid-template-columns:repeat(5,minmax(0,1fr));margin:0;padding:0;list-style:none}
.tile{display:flex;flex-direction:column;width:100%;height:100%;text-align:left;
padding:14px 16px 13px;border:1px solid var(--line);border-radius:12px;background:var(--card)}
button.tile:enabled{cursor:pointer}
button.tile:enabled:hover{border-color:var(--soft)}
button.tile:disabled{color:inherit;opacity:1}
.tile[aria-pressed=true]{border-color:var(--accent);box-shadow:inset 0 0 0 1px var(--accent)}
.tile .num{display:block;font-size:30px;line-height:1.15;font-weight:620;letter-spacing:-.02em}
.tile .unknown{font-size:20px;line-height:34px;font-weight:500;color:var(--soft);letter-spacing:0}
.tile .lab{display:block;margin-bottom:6px;font-size:14px;font-weight:550}
.tile .note{display:block;margin-top:4px;color:var(--soft);font-size:13px;line-height:1.4}
.sign,.steps>li::before,.found>li::before{display:inline-block;min-width:20px;height:20px;margin-right:6px;border-radius:6px;padding:0 5px;
text-align:center;font-weight:700;font-size:13px;
line-height:20px;background:var(--calm-b);color:var(--soft)}
.create .sign,.badge.create,li.create::before{background:var(--create-b);color:var(--create)}
.change .sign,.badge.change,li.change::before,li.warning::before{background:var(--change-b);color:var(--change)}
.delete .sign,.badge.delete,li.delete::before{background:var(--delete-b);color:var(--delete)}
.failed .sign,.badge.failed,li.failed::before{background:var(--failed-b);color:var(--failed)}
.create.some .num{color:var(--create)}.change.some .num{color:var(--change)}.delete.some .num{color:var(--delete)}.failed.some .num{color:var(--failed)}
.money{display:grid;grid-template-columns:minmax(0,auto) minmax(200px,1fr);gap:8px 40px;align-items:end;margin-top:12px}
.money .num i{font-style:normal;color:var(--soft);font-weight:450;padding:0 6px}
.bar{display:block;width:100%;height:10px;border-radius:5px;background:var(--calm-b)}
.bar rect{fill:var(--accent)}
.bar.over rect{fill:var(--failed)}
.tools{display:flex;flex-wrap:wrap;gap:10px;align-items:end;margin:0 0 12px}
.tools label{display:flex;flex-direction:column;gap:3px;font-size:13px;color:var(--soft);min-width:0}
.tools label:first-child{flex:1 1 240px}
.tools input,.tools select{width:100%;min-height:38px;border:1px solid var(--line);border-radius:8px;background:var(--card);color:var(--ink);padding:6px 10px}
.count{margin:0 0 8px;color:var(--soft);font-size:13px;min-height:20px}
.frame{border:1px solid var(--line);border-radius:12px;background:var(--card);overflow:clip}
table{width:100%;border-collapse:collapse;table-layout:fixed}
thead th{padding:0;text-align:left;font-size:13px;font-weight:600;color:var(--soft);border-bottom:1px solid var(--line)}
thead th.n{text-align:right}
thead button,thead span{display:inline-block;width:100%;border:0;background:none;padding:10px 14px;text-align:inherit;font-weight:inherit}
thead button{cursor:pointer}
thead button:hover{color:var(--ink)}
thead th[aria-sort=ascending] button::after{content:" \\2191"}
thead th[aria-sort=descending] button::after{content:" \\2193"}
col.c1{width:25%}col.c2{width:15%}col.c3{width:21%}col.c4{width:17%}col.c5{width:22%}
td,tbody th{padding:11px 14px;vertical-align:top;text-align:left;font-weight:inherit}
.n{text-align:right}
.g th{padding:16px 14px 8px;background:var(--bg);border-top:1px solid var(--line);border-bottom:1px solid var(--line);font-weight:650}
thead+.g th{border-top:0}
.g span{margin-left:8px;color:var(--soft);font-weight:400;font-size:13px}
.r+.r tr:first-child>*{border-top:1px solid var(--line2)}
.r th bdi{font-weight:600}
.r .sub,td .sub{display:block;color:var(--soft);font-size:13px}
.more>*{padding-top:0}
.badge{display:inline-block;border-radius:6px;padding:1px 8px;font-size:13px;font-weight:600;background:var(--calm-b);color:var(--soft)}
.chips{display:flex;flex-wrap:wrap;gap:4px}
.chips .badge{font-weight:500}
td>.badge{white-space:nowrap}
summary{cursor:pointer;color:var(--soft);font-size:13px;padding:2px 0;border-radius:4px}
summary:hover{color:var(--ink)}
.steps,.steps ul,.found{list-style:none;margin:0;padding:0}
.steps>li,.found>li{padding:7px 0 7px 30px;border-top:1px solid var(--line2);font-size:14px;text-indent:-30px}
.steps>li>*,.found>li>*{text-indent:0}
.steps>li::before,.found>li::before{content:"!" / "";margin-right:10px;text-indent:0}
li.create::before{content:"+" / ""}li.change::before{content:"~" / ""}li.delete::before{content:"\\2212" / ""}li.other::before{content:"\\b7" / ""}
.steps ul{padding:3px 0 0;font-size:13px;color:var(--soft)}
.steps ul li{padding:1px 0}
del{text-decoration:line-through}
ins{text-decoration:none;font-weight:550;color:var(--ink)}
.err{display:block;color:var(--failed);font-size:13px}
.none{padding:28px 14px;text-align:center;color:var(--soft)}
footer{color:var(--soft);font-size:13px;padding:20px 0 48px}
@media(max-width:900px){.tiles{grid-template-columns:repeat(3,minmax(0,1fr))}}
@media(max-width:700px){
.wrap{padding:0 16px}
header .wrap{padding-top:20px;gap:12px}
h1{font-size:24px}
.tiles{grid-template-columns:repeat(2,minmax(0,1fr));gap:8px}
.tiles li:last-child{grid-column:span 2}
.tile{padding:11px 12px}
.tile .num{font-size:25px}.tile .unknown{font-size:18px;line-height:29px}
.money{grid-template-columns:1fr}
.tools label{flex:1 1 140px}
.frame{border:0;background:none;border-radius:0;overflow:visible}
table,tbody,tr,td,tbody th{display:block;width:100%}
thead{display:none}
.g th{padding:14px 2px 6px;border:0;background:none}
.r{background:var(--card);border:1px solid var(--line);border-radius:12px;margin-bottom:8px;padding:8px 12px}
.r+.r tr:first-child>*{border-top:0}
.r td,.r th{padding:3px 0;text-align:left}
.r td:empty{display:none}
.r td[data-l]::before{content:attr(data-l) " ";color:var(--soft);font-size:13px}
}
@media print{
@page{margin:14mm}
:root,:root[data-theme]{color-scheme:light;--bg:#fff}
body{font-size:10pt}
.wrap{max-width:none;padding:0}
.tools,.plain,.skip,.count,summary{display:none!important}
.tile,.frame,.r,.badge,.sign{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.tiles{grid-template-columns:repeat(5,minmax(0,1fr))}
.tile{padding:8px 10px;border-radius:6px}
.tile .num{font-size:17pt}
details::details-content{content-visibility:visible;display:block}
.frame{border:0}
td,tbody th{padding:6px 8px}
.g th{padding:10px 8px 6px}
.steps>li,.found>li,.tile,.r tr:first-child{break-inside:avoid}
.r tr:first-child{break-after:avoid}
.g,h2{break-after:avoid}
thead{display:table-header-group}
}
@media(prefers-contrast:more){:root{--soft:var(--ink);--line:var(--ink)}}
"""
