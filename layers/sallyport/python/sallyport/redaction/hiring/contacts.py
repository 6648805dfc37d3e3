"""Photos, profiles, handles and addresses of a CV, besides what the gateway's detectors know."""

import re
from collections.abc import Iterator, Sequence

from sallyport.redaction.hiring.removal import Removal
from sallyport.redaction.hiring.sections import Section

_PHOTOS = (
    re.compile(r"!\[[^\]\n]{0,200}\]\([^)\n]{0,500}\)"),
    re.compile(r"<(?:img|svg|picture|object|embed)\b[^>]{0,500}>", re.IGNORECASE),
    re.compile(r"data:[\w.+-]{1,40}/[\w.+-]{1,60}(?:;[\w=.+-]{1,40}){0,4},[A-Za-z0-9+/=%_.~-]*"),
    re.compile(r"(?<![A-Za-z0-9+/=])(?:[A-Za-z0-9+/]{60,100}\r?\n[ \t]{0,4}){3,}[A-Za-z0-9+/=]{1,100}"),
    re.compile(r"(?<![A-Za-z0-9+/=_.-])[A-Za-z0-9+/]{200,}={0,2}"),
    re.compile(r"(?<!\w)[\w-]{1,60}\.(?:jpe?g|png|gif|heic|webp|bmp|tiff?)(?!\w)", re.IGNORECASE),
    re.compile(
        r"[\[(](?:photo|foto|picture|profile picture|bewerbungsfoto|lichtbild|headshot|image)[^\])\n]{0,60}[\])]",
        re.IGNORECASE,
    ),
)
_PROFILE = re.compile(
    r"(?<![\w@.])(?:https?://)?(?:[\w-]{1,20}\.){0,2}(?:linkedin|github|gitlab|twitter|x|xing|facebook|instagram|"
    r"tiktok|medium|behance|dribbble|"
    r"stackoverflow|kaggle|bitbucket|leetcode|hackerrank|researchgate|academia|youtube|mastodon|about)\.(?:com|net|"
    r"org|me|social)/[^\s)\],;|<>]{1,200}",
    re.IGNORECASE,
)
_SITE = re.compile(
    r"(?<![\w@./-])(?:www\.)?(?:[a-z0-9-]{2,40}\.){1,3}(?:dev|me|name|blog|page|site|online|github\.io|gitlab\.io|"
    r"wordpress\.com|blogspot\.com|com|de|fr|es|co\.uk)(?:/[^\s)\],;|<>]{0,200})?(?![\w.])"
)
_HANDLE = re.compile(
    r"(?<!\w)(?:twitter|instagram|mastodon|telegram|skype|discord|github|gitlab|tiktok|threads|bluesky|linkedin|"
    r"x)(?:[ ]?(?:id|handle))?[ ]?[:@][ ]?@?(?P<who>[\w.@/-]{3,60})",
    re.IGNORECASE,
)
_AT = re.compile(r"(?<![\w@.])@[A-Za-z][\w.]{2,30}(?!\w)(?![ ]?[A-Z]\w+\()")
_STREET = re.compile(
    r"(?<!\w)(?:\d{1,5}[a-zA-Z]?,?[ ](?:[A-ZÀ-Ý][\w'.-]{1,24}[ ]){1,4}(?:Street|St\.?|Road|Rd\.?|Avenue|Ave\.?|Lane|"
    r"Ln\.?|Drive|Dr\.?|Close|Court|Way|Place|Square|Gardens|Boulevard|Blvd\.?|Terrace|Crescent)"
    r"|[A-ZÄÖÜ][\wäöüß.-]{1,30}(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|ufer|damm)[ ]\d{1,4}[a-z]?|(?:Am|"
    r"An der|Auf dem|Im)[ ][A-ZÄÖÜ][\wäöüß-]{2,24}[ ]\d{1,4}[a-z]?"
    r"|\d{1,4}(?:[ ]?bis|[ ]?ter)?,?[ ](?:rue|avenue|boulevard|place|chemin|allée|impasse|quai)[ ][\w' -]{2,40}"
    r"|(?:Calle|C/|Avenida|Avda\.?|Plaza|Paseo|"
    r"Carrer)[ ](?:de[ ](?:la[ ])?)?[\wÀ-ÿ' -]{2,40},?[ ]\d{1,4})(?:,?[ ](?:Flat|Apt\.?|Apartment|Unit|Suite|"
    r"#)[ ]?\w{1,6})?"
)  # fmt: skip
_NUMBER = re.compile(r"(?<![\w/.,-])(?:\+\d{1,3}|\(\+?\d{1,4}\)|0\d{1,4})(?:[ /-]?\(?\d{2,4}\)?){2,5}(?![\w/]|[.,]\d)")
_LEAST_DIGITS = 9
_POSTAL = re.compile(
    r"(?<![\w.,-])(?:[A-Z]{1,2}\d[A-Z\d]?[ ]\d[A-Z]{2}|(?:(?:D-|A-|CH-|F-|E-)\d{4,5}|\d{5}|(?!19|"
    r"20)\d{4})[ ][A-ZÀ-Ý][\wÀ-ÿ-]{2,24}(?:[ ](?:am|an der|im)[ ][A-ZÄÖÜ]\w+)?|"
    r"[A-Z][\w ]{2,24},[ ][A-Z]{2}[ ]\d{5}(?:-\d{4})?)(?!\w)"
)
_TOWN = re.compile(
    r"(?<!\w)[A-ZÀ-Ý][\wÀ-ÿ'-]{2,24}(?:[ ][A-ZÀ-Ý][\wÀ-ÿ'-]{2,24})?,[ ](?:[A-Z]{2}|"
    r"[A-ZÀ-Ý][\wÀ-ÿ'-]{2,24}(?:[ ][A-ZÀ-Ý][\wÀ-ÿ'-]{2,24})?)(?!\w)"
)


def find_photos(text: str) -> Iterator[Removal]:
    """Pictures in Markdown, HTML, data URIs and bare base64; files that are pictures; marks where one was."""
    for pattern in _PHOTOS:
        for match in pattern.finditer(text):
            yield Removal(match.start(), match.end(), "[photo removed]", "photo")


def find_contacts(text: str, sections: Sequence[Section]) -> Iterator[Removal]:
    """Profiles and handles, streets and post codes anywhere; `Town, Country` in the header alone."""
    for pattern in (_PROFILE, _SITE):
        for match in pattern.finditer(text):
            if not match.group().lower().startswith(("asp.net", "node.js")):
                yield Removal(match.start(), match.end(), "[profile]", "contact")
    for match in _NUMBER.finditer(text):
        if sum(character.isdigit() for character in match.group()) >= _LEAST_DIGITS and "/20" not in match.group():
            yield Removal(match.start(), match.end(), "[phone]", "contact", 0.85)
    for match in _HANDLE.finditer(text):
        yield Removal(match.start("who"), match.end("who"), "[profile]", "contact", 0.8)
    for pattern in (_STREET, _POSTAL):
        for match in pattern.finditer(text):
            yield Removal(match.start(), match.end(), "[place]", "address")
    header = sections[0]
    for match in _AT.finditer(text, header.start, header.end):
        yield Removal(match.start(), match.end(), "[profile]", "contact", 0.7)
    for match in _TOWN.finditer(text, header.start, header.end):
        yield Removal(match.start(), match.end(), "[place]", "address", 0.7)
