#include "bench/replay/report/page_style.h"

namespace muster::bench::replay {

const char* const kPageStyle = R"css(
:root{--ink:#1b2330;--soft:#5b6778;--line:#dfe4ea;--page:#fbfcfd;--card:#fff;--good:#d9f2e3;
--bad:#fbe3df;--own:#eef4ff;--c0:#d1495b;--c1:#e58f3b;--c2:#8f6a2b;--c3:#6b8e23;--c4:#8a5fbf;
--c5:#1f9e89;--c6:#c05a9b;--c7:#1457d9;--c8:#7c8794;--c9:#0b8fbf;--c10:#444}
@media (prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#9aa7b8;--line:#333d4a;--page:#12171e;
--card:#1a212b;--good:#1d4430;--bad:#4d2823;--own:#1b2a45;--c0:#f07284;--c1:#f2aa62;--c2:#c9a15b;
--c3:#a4c65a;--c4:#b792e6;--c5:#4fd0bb;--c6:#e68cc4;--c7:#6f9fff;--c8:#a2adba;--c9:#5cc4ea;
--c10:#bbb}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,"Segoe UI",Roboto,
"Helvetica Neue",Arial,sans-serif}
main{max-width:1240px;margin:0 auto;padding:28px 20px 60px}
h1{font-size:27px;margin:0 0 4px;letter-spacing:-.01em}
h2{font-size:20px;margin:40px 0 8px;padding-top:14px;border-top:1px solid var(--line)}
h3{font-size:16px;margin:24px 0 6px}
p{margin:6px 0 10px;max-width:86ch}
.lead,.note{color:var(--soft)}
.note{font-size:13px}
nav a{margin-right:16px}
a{color:var(--c7)}
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:8px;
margin:10px 0 16px}
table{border-collapse:collapse;font-size:13px;width:100%;font-variant-numeric:tabular-nums}
th,td{padding:5px 10px;text-align:right;white-space:nowrap;border-bottom:1px solid var(--line)}
tr:last-child>*{border-bottom:0}
th{font-weight:600;color:var(--soft);vertical-align:bottom}
th:first-child,td:first-child{text-align:left;position:sticky;left:0;background:var(--card)}
td.text,th.text{text-align:left;white-space:normal;min-width:16em}
th small,td small{display:block;font-weight:400;color:var(--soft);font-size:11px}
td.best{background:var(--good);font-weight:600}
td.worst{background:var(--bad)}
tr.own>*{background:var(--own)}
tr.own>td.best{background:var(--good)}
tr.own>td.worst{background:var(--bad)}
.met{color:var(--c5);font-weight:600}
.missed{color:var(--c0);font-weight:600}
.swatch{display:inline-block;width:14px;height:4px;border-radius:2px;margin-right:7px;
vertical-align:middle}
.legend{font-size:13px;margin:4px 0 12px}
.legend span{margin-right:16px;white-space:nowrap}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(440px,1fr));gap:16px}
.small{grid-template-columns:repeat(auto-fit,minmax(260px,1fr))}
figure{margin:0;background:var(--card);border:1px solid var(--line);border-radius:8px;padding:12px}
figcaption{font-weight:600;font-size:14px;margin-bottom:4px}
figcaption small{display:block;font-weight:400;color:var(--soft);font-size:12px}
svg{width:100%;height:auto;display:block}
svg text{fill:var(--soft);font-size:11px;font-family:inherit}
.gantt text{font-size:9px}
.grid{stroke:var(--line);stroke-width:1}
.line{fill:none;stroke-width:1.6;stroke-linejoin:round}
.line.strong{stroke-width:3.2}
.waits{fill:var(--line)}
.partly{fill:var(--c1)}
.starts{fill:var(--c9)}
.works{fill:var(--c5)}
@media print{body{background:#fff}figure,.scroll{break-inside:avoid}}
)css";

}  // namespace muster::bench::replay
