"""Pronouns, titles and gendered words, in words that say nothing of gender; the sentence around them stays readable."""

import re
from collections.abc import Iterator, Mapping

from sallyport.redaction.hiring.gendered_words import ENGLISH, FRENCH, GERMAN, GERMAN_STEMS, SPANISH
from sallyport.redaction.hiring.removal import Removal
from sallyport.redaction.hiring.tables import word_set
from sallyport.redaction.hiring.wording import Language

_ADVERB = r"(?:also|then|now|still|always|often|never|soon|later|once|even|just|\w{3,14}ly)"
_SUBJECT = re.compile(
    rf"(?<![\w/])(?P<who>(?:[Hh]e|[Ss]he|[Ss])/s?he|[Hh]e|[Ss]he|SHE)(?:(?P<short>'s|'ll|'d)(?=\W)|"
    rf"(?P<between>(?:\s{{1,2}}{_ADVERB}){{0,2}}\s{{1,2}})"
    r"(?P<verb>[a-z]+(?:'t)?))?(?![\w/])"
)
_VERBS = {
    "is": "are", "was": "were", "has": "have", "does": "do", "goes": "go", "isn't": "aren't", "wasn't": "weren't",
    "hasn't": "haven't", "doesn't": "don't",
}  # fmt: skip
_NO_VERBS = word_set("always perhaps sometimes besides thus towards across as his this us its yes plus")
_HER = re.compile(r"(?<![\w/])(?P<who>[Hh]er)(?P<next>\s{1,2}(?P<word>[\w'-]+))?(?![\w/])")
_NO_NOUN = word_set(
    "a an the to and or for in at on with as by from that who when because if it this these those while so but then "
    "not is was had has will would after before during through into about again there too also over under how what "
    "why where which all i we you they he she"
)
_OTHERS = re.compile(r"(?<![\w/])(his|him|hers|himself|herself)(?![\w/])", re.IGNORECASE)
_OTHER = {"his": "their", "him": "them", "hers": "theirs", "himself": "themself", "herself": "themself"}
_SHOWN = re.compile(
    r"[ ]?\(?(?<!\w)(?:she|he|they)[ ]?/[ ]?(?:her|him|them)(?:[ ]?/[ ]?(?:hers|his|theirs|they))?(?!\w)\)?",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"(?<!\w)(?:Mr|Mrs|Ms|Miss|Mx|Sir|Madam|Dame|Herrn?|Frau|Fräulein|Mme|Mlle|Madame|Monsieur|Mademoiselle|"
    r"Sra|Srta|Señora?|Señorita)\.?\s{1,2}(?=[A-ZÀ-Ý<\[])"
)
_TECHNICAL = re.compile(
    r"\s?-?(?:pages?|days?|hours?|months?|years?|in-the-middle|power|company|companies|site|brand|project|board|card|"
    r"connectors?|tongue|tower)\b",
    re.IGNORECASE,
)
_BEFORE_TECHNICAL = re.compile(r"(?:isle of|one-|two-|post|best) ?$", re.IGNORECASE)


def _whole(words: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{'|'.join(sorted(words, key=lambda w: -len(w)))})(?!\w)", re.IGNORECASE)


_WORDS: dict[Language, tuple[re.Pattern[str], Mapping[str, str]]] = {
    "en": (_whole(ENGLISH), ENGLISH),
    "de": (_whole(GERMAN), GERMAN),
    "fr": (_whole(FRENCH), FRENCH),
    "es": (_whole(SPANISH), SPANISH),
}
_GERMAN_ROLE = re.compile(
    rf"(?<![^\W\d_])(?P<stem>\w{{0,30}}?(?:{GERMAN_STEMS}))(?P<ending>innen|in)(?!\w)", re.IGNORECASE
)
_GERMAN_TRADE = re.compile(
    r"(?<!\w)(?P<stem>\w{3,20}?)(?P<who>kauffrau|kaufmann|fachfrau|fachmann)(?!\w)", re.IGNORECASE
)
_GERMAN_SUBJECT = re.compile(r"(?<!\w)(?:[Ee]r|[Ss]ie(?=\s\w{1,20}t(?:e)?\b|\s(?:war|wurde|hatte)\b))(?!\w)")
_GERMAN_HIS = re.compile(r"(?<!\w)(?P<who>[Ss]eine?[rnms]?|[Ii]hre?[rnms]?)(?=\s(?:[a-zäöü]+e[nrms]?\s)?[A-ZÄÖÜ])")
_FRENCH_SUBJECT = re.compile(
    r"(?<!\w)(?P<who>elle|il)(?!\w)(?! (?:faut|y|s'agit|est (?:nécessaire|important|possible)))", re.IGNORECASE
)
_FRENCH_BORN = re.compile(r"(?<!\w)(née|mariée|divorcée|diplômée|certifiée|expérimentée)(?!\w)", re.IGNORECASE)
_SPANISH_SUBJECT = re.compile(r"(?<!\w)(él|ella)(?!\w)", re.IGNORECASE)


def find_gender(text: str, language: Language) -> Iterator[Removal]:
    """English always, and the language of the text besides."""
    yield from _english(text)
    for each in {"en", language}:
        pattern, words = _WORDS[each]
        for match in pattern.finditer(text):
            if not _means_a_thing(text, match):
                yield _replaced(text, match, words[match.group().lower()])
    if language == "de":
        yield from _german(text)
    if language == "fr":
        for match in _FRENCH_SUBJECT.finditer(text):
            yield _replaced(text, match, "la personne")
        for match in _FRENCH_BORN.finditer(text):
            yield _replaced(text, match, match.group()[:-1].lower())
    if language == "es":
        for match in _SPANISH_SUBJECT.finditer(text):
            yield _replaced(text, match, "la persona")


def _english(text: str) -> Iterator[Removal]:
    for match in _SHOWN.finditer(text):
        yield Removal(match.start(), match.end(), "", "gender", 0.99)
    for match in _TITLE.finditer(text):
        yield Removal(match.start(), match.end(), "", "gender", 0.95)
    for match in _SUBJECT.finditer(text):
        if match["who"] == "he" and text[: match.start()].endswith("'"):
            continue
        yield Removal(match.start(), match.end(), _they(text, match), "gender", 0.99)
    for match in _HER.finditer(text):
        word = (match["word"] or "").lower()
        owns = bool(word) and word not in _NO_NOUN
        told = _cased("their" if owns else "them", match["who"]) + (match["next"] or "")
        yield Removal(
            match.start(), match.start() + len("her"), told[: len(told) - len(match["next"] or "")], "gender", 0.99
        )
    for match in _OTHERS.finditer(text):
        yield _replaced(text, match, _OTHER[match.group().lower()])


def _they(text: str, match: re.Match[str]) -> str:
    who = _cased("they", match["who"])
    if match["short"]:
        done = re.match(r"\s(?:\w+ed|been|got|grown|built|led|written)\b", text[match.end() : match.end() + 24])
        return who + {"'s": "'ve" if done else "'re", "'ll": "'ll", "'d": "'d"}[match["short"]]
    if not match["verb"]:
        return who
    return f"{who}{match['between']}{_plural(match['verb'])}"


def _plural(verb: str) -> str:
    """The form that goes with `they` of one that goes with `she`; past tenses are both."""
    if verb in _VERBS:
        return _VERBS[verb]
    if verb in _NO_VERBS or not verb.endswith("s") or verb.endswith(("ss", "us")):
        return verb
    if verb.endswith("ies") and len(verb) > 4:
        return verb[:-3] + "y"
    return verb[:-2] if verb.endswith(("ches", "shes", "sses", "xes", "zzes")) else verb[:-1]


def _german(text: str) -> Iterator[Removal]:
    for match in _GERMAN_ROLE.finditer(text):
        yield Removal(match.start(), match.end(), match["stem"], "gender")
    for match in _GERMAN_TRADE.finditer(text):
        yield _replaced(text, match, match["stem"] + GERMAN[match["who"].lower()].lower())
    for match in _GERMAN_SUBJECT.finditer(text):
        yield _replaced(text, match, "die Person")
    for match in _GERMAN_HIS.finditer(text):
        yield _replaced(text, match, "deren")


def _means_a_thing(text: str, match: re.Match[str]) -> bool:
    """`man page`, `sister company`, `Isle of Man`."""
    return bool(_TECHNICAL.match(text, match.end())) or bool(
        _BEFORE_TECHNICAL.search(text[max(0, match.start() - 9) : match.start()])
    )


def _replaced(text: str, match: re.Match[str], word: str) -> Removal:
    end = match.end()
    if not word and text[end : end + 1] == " ":
        end += 1
    return Removal(match.start(), end, _cased(word, match.group()), "gender", 0.95)


def _cased(word: str, like: str) -> str:
    if len(like) > 1 and like.isupper():
        return word.upper()
    return word[:1].upper() + word[1:] if like[:1].isupper() and word else word
