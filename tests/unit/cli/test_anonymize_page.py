"""The page: everything escaped, nothing loaded, every category in words."""

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from sallyport.anonymization import AnonymizedDocument, Replaced
from sallyport_cli.anonymize_page import Entry, page

HOSTILE = '<script>alert(1)</script> & "Ann" <img src=x onerror=y> \u202eevil\x07'


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.seen, self.attributes, self.open = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def made(original=HOSTILE, placeholder="[<person>]", category="name"):
    at = original.index("Ann")
    finding = Replaced(
        type="PERSON",
        start=at,
        end=at + 3,
        score=0.9,
        placeholder=placeholder,
        category=category,
        reason='it "tells" <',
    )
    document = AnonymizedDocument(text=original.replace("Ann", placeholder), findings=(finding,))
    entry = Entry('cvs/<b onclick="x">.txt', "candidate-001.txt", original, document)
    return page([entry], [("scan.pdf", "has no <text>")], mode="hiring", made_at="today")


def test_nothing_of_a_file_becomes_part_of_the_page():
    tags = Tags(made())
    assert tags.open == []
    assert not {"script", "img", "b"} & set(tags.seen) - {"b"}
    assert tags.seen.count("b") == 1  # the mode
    assert not [name for name, _ in tags.attributes if name.startswith("on") or name in ("src", "style")]
    assert "\u202e" not in made()
    assert "\x07" not in made()


def test_nothing_is_loaded_and_nothing_runs():
    text = made()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1].replace("&#x27;", "'")
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'")
    assert f"'sha256-{digest}'" in policy
    assert "http" not in text.replace("http-equiv", "")
    assert "url(" not in style


def test_each_side_reads_as_its_text():
    left, right = re.findall(r"<pre[^>]*>(.*?)</pre>", made(), re.DOTALL)
    assert "&quot;<mark" in left
    assert ">Ann<" in left
    assert "Ann" not in right
    assert "[&lt;person&gt;]" in right


def test_categories_are_told_in_words_and_counted():
    text = made()
    assert '<mark class="h1">name 1</mark>' in text
    assert "a name tells gender, origin and often religion" in text
    assert '<span class="heard"> (name)</span>' in text
    assert "has no &lt;text&gt;" in text


@pytest.mark.parametrize(("placeholder", "shown"), [("", "∅"), ("[person]", "[person]")])
def test_what_left_nothing_behind_is_shown_as_that(placeholder, shown):
    assert shown in made(placeholder=placeholder)


def test_a_page_without_findings_says_so():
    text = page([], [], mode="default", made_at="today")
    assert "Nothing was found." in text
    assert Tags(text).open == []
