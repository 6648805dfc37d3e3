"""Figures as a picture: one SVG file that needs nothing else, and reads in a browser, light or dark."""

from collections.abc import Iterable, Sequence
from html import escape

from sallyport_cli.drill.playing import Result
from sallyport_cli.drill.scenario import Figure

WIDTH = 960
LONGEST_NAME = 48
"""Characters of a figure's name that fit before its bar."""

_LEFT, _BAR, _ROW, _HEAD, _GAP = 360, 380, 24, 64, 14
"""Pixels: where bars begin, how long the longest is, a figure's height, a scenario's head, the space below it."""

_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 } .head { font-weight: 600; font-size: 15px }
.soft { fill: #57606a } .bar { fill: #2f6f9f } .missed { fill: #b3372f } .range { fill: #8c959f; opacity: .45 }
.edge { stroke: #1f2328; stroke-width: 2 } .paper { fill: #ffffff }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .soft { fill: #9198a1 } .edge { stroke: #e6edf3 }
.paper { fill: #0d1117 } .bar { fill: #58a6d8 } .missed { fill: #f47067 } }
"""


def chart(results: Sequence[Result]) -> str:
    """A bar for each figure, what was observed, and a mark for what was expected of it."""
    parts: list[str] = []
    y = 56
    for result in results:
        parts += _scenario(result, y)
        y += _HEAD + _ROW * len(result.figures) + _GAP
    passed = sum(result.passed for result in results)
    title = f"sallyport drill: {passed} of {len(results)} scenarios met their figures"
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" width="{WIDTH}" height="{y}" role="img">',
        f"<title>{escape(title)}</title><style>{_STYLE}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{y}"/>',
        _text(24, 30, title, "head"),
        _text(24, 48, "Bars: observed, at simulated providers. Marks: expected.", "soft"),
    ]
    return "\n".join((*head, *parts, "</svg>")) + "\n"


def _scenario(result: Result, y: int) -> Iterable[str]:
    yield _text(24, y + 26, f"{result.scenario.title} ({result.scenario.name})", "head")
    yield _text(24, y + 46, result.scenario.shows, "soft")
    for number, figure in enumerate(result.figures):
        longest = max(max(each.observed, each.most) for each in result.figures if each.unit == figure.unit)
        yield from _figure(figure, y + _HEAD + _ROW * number, _BAR / (longest or 1))


def _figure(figure: Figure, y: int, scale: float) -> Iterable[str]:
    """`scale` is one for all figures of a scenario that have the same unit."""
    least, most, observed = (_LEFT + scale * each for each in (figure.least, figure.most, figure.observed))
    yield f'<text x="{_LEFT - 10}" y="{y + 13}" text-anchor="end">{escape(figure.name)}</text>'
    yield _bar(_LEFT, y + 2, observed - _LEFT, 14, "bar" if figure.passed else "missed")
    if most > least:
        yield _bar(least, y, most - least, 18, "range")
    else:
        yield f'<line class="edge" x1="{most:.1f}" y1="{y - 1}" x2="{most:.1f}" y2="{y + 19}"/>'
    said = figure.written(figure.observed)
    if not figure.passed:
        said = f"{said}, not {figure.expected}"
    yield _text(_LEFT + _BAR + 14, y + 13, said)


def _bar(x: float, y: float, width: float, height: float, kind: str) -> str:
    return f'<rect class="{kind}" x="{x:.1f}" y="{y}" width="{width:.1f}" height="{height}"/>'


def _text(x: float, y: float, text: str, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x}" y="{y}">{escape(text)}</text>'
