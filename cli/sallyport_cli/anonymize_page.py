"""What was removed and why, side by side on one page: no script, nothing loaded, everything escaped."""

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from sallyport.anonymization import AnonymizedDocument, Replaced
from sallyport.redaction.hiring.removal import CATEGORIES
from sallyport_cli.anonymize_style import HUES, STYLE


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: where it was, what it was called afterwards, and its text before and after."""

    source: str
    output: str
    original: str
    document: AnonymizedDocument


_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Control characters, and those that turn the direction of what follows them: they could hide what is there."""


def page(entries: Sequence[Entry], failed: Sequence[tuple[str, str]], *, mode: str, made_at: str) -> str:
    """A whole HTML document. `failed` are files and why they are not in it; `made_at` is a time in words."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    counts = Counter(_kind(each) for entry in entries for each in entry.document.findings)
    body = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">',
        f"<title>What was removed - Sallyport</title><style>{STYLE}</style></head><body>",
        '<a class="skip" href="#documents">Skip to the documents</a>',
        f"<header><h1>What was removed, and why</h1><p>{_summary(entries, failed, mode, made_at)}</p>",
        '<p class="warning"><strong>Confidential.</strong> This page shows the originals. '
        "Do not send it to whoever judges the anonymized texts.</p></header>",
        "<main>",
        _legend(counts),
        _index(entries, failed),
        '<div id="documents">',
        *(_document(number, entry) for number, entry in enumerate(entries, 1)),
        "</div></main></body></html>",
    ]
    return "\n".join(body) + "\n"


def _summary(entries: Sequence[Entry], failed: Sequence[tuple[str, str]], mode: str, made_at: str) -> str:
    removed = sum(len(entry.document.findings) for entry in entries)
    files = f"{len(entries)} {'file' if len(entries) == 1 else 'files'}"
    without = f", {len(failed)} could not be read" if failed else ""
    return f"{files}{without}; {removed} places replaced in the mode <b>{escape(mode)}</b>; {escape(made_at)}."


def _kind(finding: Replaced) -> str:
    return finding.category or finding.type


def _hue(kind: str) -> str:
    return HUES.get(kind, "h0")


def _legend(counts: Counter[str]) -> str:
    rows = "".join(
        f'<tr><th scope="row"><mark class="{_hue(kind)}">{escape(kind)}</mark></th><td class="n">{count}</td>'
        f"<td>{escape(CATEGORIES[kind][1] if kind in CATEGORIES else 'personal data by policy')}</td></tr>"
        for kind, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )
    none = '<tr><td colspan="3">Nothing was found.</td></tr>'
    return (
        '<section aria-labelledby="legend"><h2 id="legend">By category</h2><table><thead><tr>'
        '<th scope="col">Category</th><th scope="col" class="n">Places</th><th scope="col">Why</th></tr></thead>'
        f"<tbody>{rows or none}</tbody></table></section>"
    )


def _index(entries: Sequence[Entry], failed: Iterable[tuple[str, str]]) -> str:
    rows = "".join(
        f'<tr><th scope="row"><a href="#d{number}">{escape(entry.output)}</a></th>'
        f'<td class="n">{len(entry.document.findings)}</td><td>{_shown(entry.source)}</td></tr>'
        for number, entry in enumerate(entries, 1)
    )
    lost = "".join(
        f'<tr class="failed"><th scope="row">not anonymized</th><td class="n">-</td>'
        f"<td>{_shown(source)} {escape(why)}</td></tr>"
        for source, why in failed
    )
    return (
        '<section aria-labelledby="files"><h2 id="files">Files</h2><table><thead><tr><th scope="col">Anonymized</th>'
        f'<th scope="col" class="n">Places</th><th scope="col">Original</th></tr></thead><tbody>{rows}{lost}</tbody>'
        "</table></section>"
    )


def _document(number: int, entry: Entry) -> str:
    counts = Counter(_kind(each) for each in entry.document.findings)
    chips = " ".join(
        f'<mark class="{_hue(kind)}">{escape(kind)} {count}</mark>' for kind, count in sorted(counts.items())
    )
    left, right = _sides(entry)
    return (
        f'<article aria-labelledby="d{number}"><h2 id="d{number}">{escape(entry.output)}</h2>'
        f'<p class="chips">{chips}</p>'
        '<div class="sides"><section><h3>Original</h3>'
        f'<pre dir="auto" tabindex="0">{left}</pre></section><section><h3>Anonymized</h3>'
        f'<pre dir="auto" tabindex="0">{right}</pre></section></div></article>'
    )


def _sides(entry: Entry) -> tuple[str, str]:
    """The text before, with what was taken out marked, and after, with what stands there."""
    left: list[str] = []
    right: list[str] = []
    for plain, finding in _stretches(entry):
        left.append(_shown(plain))
        right.append(_shown(plain))
        if finding is not None:
            why = f"{_kind(finding)}: {finding.reason or finding.type}"
            opening = f'<mark class="{_hue(_kind(finding))}" title="{escape(why)}">'
            hidden = f'<span class="heard"> ({escape(_kind(finding))})</span></mark>'
            left.append(f"{opening}{_shown(entry.original[finding.start : finding.end])}{hidden}")
            placed = _shown(finding.placeholder) or '<span class="gone" aria-label="removed">∅</span>'
            right.append(f"{opening}{placed}{hidden}")
    return "".join(left), "".join(right)


def _stretches(entry: Entry) -> Iterator[tuple[str, Replaced | None]]:
    copied = 0
    for finding in sorted(entry.document.findings, key=lambda each: each.start):
        yield entry.original[copied : finding.start], finding
        copied = finding.end
    yield entry.original[copied:], None


def _shown(text: str) -> str:
    return escape(_UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text))
