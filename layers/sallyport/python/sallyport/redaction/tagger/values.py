"""Values that are a name and nothing else: `John`, `Berlin`, `{"name": "Rose"}`. No sentence around them tells more."""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from sallyport.redaction.finding import LOCATION, ORG, PERSON
from sallyport.redaction.lazily import Lazily
from sallyport.redaction.tagger.vocabulary import Entry
from sallyport.redaction.tagger.words import CITY, COUNTRY, FIRST, LAST, OFTEN_FIRST, OFTEN_LAST, THING

_MOST_TOKENS = 6
_AMBIGUOUS = frozenset(
    """
    amber angel art ash august autumn banks bill black brook brown bush carter case cash chance charity chase chip
    christian clay cliff cole cook cooper crystal dale dawn day dean dick dollar drew duke earl early eve faith fisher
    ford forest fox frank gardener gene george glass glen grace grant gray green grey guy hall harmony hazel heather
    hill holly home hope hunter iris ivy jack jade jasmine jean jewel job jordan joy jude june justice king lake lane
    law lee lily little long love lucky mark marsh marshal mason max may merry mike miles miller mobile moon moore
    nice olive opal page park pat patience pearl penny phoenix pierce pole pool poppy porter potter price queen rain
    ray read reading reed reid rich rob robin rock rod rose ruby rush rusty sage sandy savannah scarlet scout shaw
    short sky smart sparks star stark stone storm strong sue summer sun sunny swift tanner taylor terry tiger tony
    trace tucker turkey turner victor viola violet wade walker wall ward warren waters web wells west white will
    winter wise wolf wood woods young golden rich china bath cork rome orange alpha amazon
    ball bass battle beach bell belt bills bird blank block blue bond bone borders box brain branch brand bridges bright
    brothers buddy bull bunch burden butts cable call camp candy card carrier cave champion cherry church close cloud
    coast cotton council counts craft cross daily deal del dial diamond district doe don driver east era fair farmer
    field fields fine fish flood flowers fort fortune free friend gay general gold good gross grove guest hand handy
    harder head heard her high hills hood hook house hung hunt hurt jay judge junior key keys kingdom kitchen land lang
    large laws lay lemon les light link low main major man manual marks masters means mercedes merchant meta minor new
    north nova numbers ocean pace pack parent parks peak peoples pepper person pole pond pope post power powers precious
    prince princess quick reunion rice ring rocky royal sale sales sample scales seal self sellers sharp sheets shell
    silver singer small snow son soon south stack still stock story strange street sweet tan temple urban val valentine
    van virgin walls way weeks western wing worth york younger
    """.split()  # noqa: SIM905 - a table
)
"""First names, last names and towns that are words as well: by themselves, these tell nothing."""

_PERSONS = frozenset(
    """
    name firstname lastname surname fullname givenname familyname middlename maidenname customer customername client
    clientname contactname patient patientname employee employeename passenger guest recipient recipientname sender
    assignee cardholder cardholdername accountholder beneficiary applicant candidate
    """.split()  # noqa: SIM905 - a table
)
_PLACES = frozenset({"city", "town", "country", "birthplace", "placeofbirth", "hometown", "village", "cityname"})
_FIRMS = frozenset({"company", "employer", "organization", "organisation", "companyname", "employername"})
_KEYED = Lazily(
    r"[\"']([A-Za-z][A-Za-z_-]{2,24})\\?[\"']\s{0,3}:\s{0,3}"
    r"\\?[\"']([^\W\d_a-z][\w'.-]{1,24}(?:[ ][\w'.-]{1,24}){0,3})\\?[\"']"
)


def values(text: str, tokens: Sequence[re.Match[str]], entries: Sequence[Entry]) -> Iterator[tuple[str, int, int]]:
    """Kind, first token and the one after the last. `entries` are those of `tokens`."""
    if len(tokens) <= _MOST_TOKENS:
        words = [at for at, entry in enumerate(entries) if entry.word]
        if len(words) == 1 and not any(token.group()[0].isdigit() for token in tokens):
            kind = _alone(entries[words[0]])
            if kind:
                yield kind, words[0], words[0] + 1
    if '":' in text or "':" in text:
        starts = [token.start() for token in tokens]
        for match in _KEYED.finditer(text):
            first, last = bisect_left(starts, match.start(2)), bisect_left(starts, match.end(2))
            kind = _keyed(re.sub("[_-]", "", match[1]).lower(), entries[first]) if first < last else None
            if kind:
                yield kind, first, last


def _alone(entry: Entry) -> str | None:
    """A town by itself, or a frequent name, if it is no other word."""
    value = entry.value
    if entry.key in _AMBIGUOUS or value & THING or entry.group or len(entry.key) < 3:
        return None
    if value & (CITY | COUNTRY):
        return LOCATION
    return PERSON if value & (OFTEN_FIRST | OFTEN_LAST) else None


def _keyed(key: str, entry: Entry) -> str | None:
    if key in _PERSONS:
        return PERSON if key != "name" or entry.value & (FIRST | LAST) else None
    return LOCATION if key in _PLACES else ORG if key in _FIRMS else None
