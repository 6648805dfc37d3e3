"""The chart of a drill: well-formed, self-contained, with what was observed and what was expected."""

from xml.etree import ElementTree

from sallyport_cli.drill.chart import WIDTH, chart
from sallyport_cli.drill.playing import Result
from sallyport_cli.drill.scenario import Figure, exactly
from sallyport_cli.drill.scenarios import SCENARIOS

SVG = "{http://www.w3.org/2000/svg}"


def drawn(*figures: Figure) -> ElementTree.Element:
    text = chart([Result(SCENARIOS["fallback"], figures, 1.0)])
    assert "href" not in text
    assert "url(" not in text
    return ElementTree.fromstring(text)


def texts(svg: ElementTree.Element) -> list[str]:
    return [each.text or "" for each in svg.iter(f"{SVG}text")]


def bars(svg: ElementTree.Element, kind: str) -> list[float]:
    return [float(each.get("width", "")) for each in svg.iter(f"{SVG}rect") if each.get("class") == kind]


def test_bars_of_one_unit_share_a_scale():
    svg = drawn(exactly("primary", 3, 3), exactly("fallback", 6, 6), exactly("wait", 1, 1, "s"))
    short, long, other = bars(svg, "bar")
    assert long == 2 * short == other


def test_what_was_missed_says_what_was_expected():
    svg = drawn(exactly("primary", 2, 3), Figure("share", 50, 40, 60, "%"))
    assert "2, not 3" in texts(svg)
    assert "50 %" in texts(svg)
    assert len(bars(svg, "missed")) == len(bars(svg, "range")) == 1
    assert texts(svg)[0] == "sallyport drill: 0 of 1 scenarios met their figures"


def test_names_are_escaped_and_nothing_leaves_the_picture():
    svg = drawn(exactly("a < b & c", 10**9, 3))
    assert "a < b & c" in texts(svg)
    assert all(float(each.get("x", 0)) + float(each.get("width", 0)) <= WIDTH for each in svg.iter(f"{SVG}rect"))


def test_figures_that_are_all_zero_have_no_bar():
    assert bars(drawn(exactly("failed", 0, 0)), "bar") == [0]
