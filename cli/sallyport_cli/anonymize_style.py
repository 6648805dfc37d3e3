"""How the page of what was removed looks: by day, by night and on paper."""

from typing import Final

HUES: Final = {
    **dict.fromkeys(("name", "person", "PERSON", "referees", "personal"), "h1"),
    **dict.fromkeys(("gender", "age", "birth", "dates", "TITLE", "AGE", "DATE", "DATE_OF_BIRTH"), "h2"),
    **dict.fromkeys(("origin", "language", "religion", "politics", "union", "health", "family", "NRP"), "h3"),
    **dict.fromkeys(("contact", "EMAIL", "PHONE", "URL", "USERNAME", "photo"), "h4"),
    **dict.fromkeys(("school", "club", "employer", "ORG"), "h5"),
    **dict.fromkeys(("place", "address", "LOCATION", "ADDRESS"), "h6"),
}
"""The colour of each category or entity type; all others are grey. Each is said in words as well."""

STYLE: Final = """
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#57606a;--paper:#fff;--panel:#f6f8fa;--line:#d0d7de;--link:#0550ae;
--h0:#e4e7eb;--h1:#ffd8d3;--h2:#ffe8b3;--h3:#e6dcff;--h4:#cfe6ff;--h5:#cdf0d6;--h6:#c9eef0}
@media (prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9da7b3;--paper:#0d1117;--panel:#161b22;--line:#30363d;
--link:#79b8ff;--h0:#3a424c;--h1:#6e2a26;--h2:#5c4308;--h3:#46337d;--h4:#123f6e;--h5:#174d2b;--h6:#114a50}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:96rem;padding:1.5rem 2rem 4rem;background:var(--paper);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
h1{font-size:1.6rem;margin:0 0 .25rem}h2{font-size:1.15rem;margin:2rem 0 .5rem}h3{font-size:.8rem;margin:0;
padding:.5rem .9rem;color:var(--soft);text-transform:uppercase;letter-spacing:.06em;border-bottom:1px solid var(--line)}
header p{margin:.25rem 0;color:var(--soft)}
.warning{border-left:4px solid #cf222e;padding:.5rem .9rem;background:var(--panel);color:var(--ink)!important;
margin-top:1rem!important}
a{color:var(--link)}a:focus-visible,pre:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:var(--paper);padding:.5rem}
.heard{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;padding:.3rem .75rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top;
overflow-wrap:anywhere}
thead th{color:var(--soft);font-weight:600}tbody th{font-weight:500;white-space:nowrap}.n{text-align:right;
width:5rem;font-variant-numeric:tabular-nums;padding-right:1.5rem}.failed td,.failed th{color:#cf222e}
mark{background:var(--h0);color:inherit;border-radius:.25rem;padding:.05em .3em;box-decoration-break:clone;
-webkit-box-decoration-break:clone}
.h1{background:var(--h1)}.h2{background:var(--h2)}.h3{background:var(--h3)}.h4{background:var(--h4)}
.h5{background:var(--h5)}.h6{background:var(--h6)}
.gone{opacity:.6}.chips{margin:.25rem 0 .75rem;font-size:.85rem;line-height:2}
article{border-top:2px solid var(--line);margin-top:2.5rem}
.sides{display:grid;grid-template-columns:1fr 1fr;gap:1rem}
.sides section{border:1px solid var(--line);border-radius:.5rem;background:var(--panel);min-width:0;overflow:hidden}
pre{margin:0;padding:.9rem;white-space:pre-wrap;overflow-wrap:anywhere;font:13.5px/1.7 ui-monospace,SFMono-Regular,
Menlo,Consolas,"Liberation Mono",monospace}
@media (max-width:60rem){.sides{grid-template-columns:1fr}body{padding:1rem}}
@media print{body{max-width:none;padding:0;font-size:10.5pt}pre{font-size:8.5pt}.skip{display:none}
article{break-before:page;border:0}mark{print-color-adjust:exact;-webkit-print-color-adjust:exact;
outline:1px solid #999}.sides{gap:.5rem}}
"""
