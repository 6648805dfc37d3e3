"""Schools and clubs, by how they are called and by the section they stand in. Degrees and subjects stay."""

import re
from collections.abc import Iterator, Sequence

from sallyport.redaction.hiring.known_skills import DEGREE_WORDS, JOB_WORDS, SKILLS, SUBJECT_WORDS
from sallyport.redaction.hiring.removal import Removal
from sallyport.redaction.hiring.sections import Section, kind_at

_W = r"[A-ZÀ-Ý][\w'.&-]{0,30}"
_PARTICLE = r"(?:of|at|the|for|and|&|in|de|del|des|du|la|las|los|der|für|zu|am|d'|y|et)"
_AFTER = rf"(?:[ ]{_PARTICLE}){{1,3}}[ ]{_W}(?:[ ](?:{_PARTICLE}[ ])?{_W}){{0,3}}"
_SCHOOLS = (
    re.compile(
        rf"(?<!\w)(?:[Tt]he[ ])?(?:{_W}[ ]){{0,5}}(?:University|College|Polytechnic|Academy|Institute of Technology|"
        rf"Business School|"
        rf"Law School|Medical School|High School|Grammar School|Secondary School|Primary School|Boarding School|"
        rf"Prep School|"
        rf"Sixth Form|School|Institute|Seminary|Conservatoire|Conservatory|Madrasa|"
        rf"Yeshiva)(?:{_AFTER})?(?:,?[ ](?:Oxford|Cambridge|Boston|Berkeley))?(?!\w)"
    ),
    re.compile(
        rf"(?<!\w)(?:(?:Technische|Freie|Humboldt-|Ludwig-Maximilians-|Georg-August-|Universität|"
        rf"{_W}-)[ ]?)?(?:Universität|Hochschule|"
        rf"Fachhochschule|Gesamtschule|Gymnasium|Realschule|Hauptschule|Grundschule|Berufsschule|Berufskolleg|"
        rf"Berufsakademie|TU|FH|HTW|RWTH|LMU|TH)"
        rf"(?:[ ](?:für[ ])?(?:der[ ]|zu[ ]|am[ ])?{_W}){{1,3}}"
    ),
    re.compile(
        r"(?<!\w)[A-ZÄÖÜ][\wäöüß-]{2,30}(?:gymnasium|hochschule|realschule|-Universität|-Gymnasium|-Schule|universität)"
        r"(?:[ ][A-ZÄÖÜ][\w-]{2,20})?(?!\w)"
    ),
    re.compile(
        rf"(?<!\w)(?:Université|École|Ecole|Lycée|Collège|Institut|Faculté|Universidad|Universitat|Instituto|Colegio|"
        rf"Escuela|Facultad|Università|Universidade|IES|IUT|INSA|IAE)"
        rf"(?:[ ](?:{_PARTICLE}[ ']?){{0,2}}(?:l'|d')?{_W}){{1,5}}(?:[ ]\d{{1,2}}(?!\d))?"
    ),
    re.compile(
        r"(?<![\w-])(?:MIT(?![ -][Ll]icen[sc]e)|UCLA|UCL|LSE|NYU|USC|UCSD|SOAS|KAIST|POSTECH|NUS|NTU|EPFL|"
        r"ETHZ?(?: Zürich| Zurich)?|Caltech|UC Berkeley|"
        r"II[TMS](?:[ -][A-Z]\w+)?|IIIT(?:[ -][A-Z]\w+)?|NIT[ -][A-Z]\w+|BITS Pilani|KIT(?= |,)|INSEAD|ESSEC|"
        r"HEC(?: Paris)?|ESADE|ENS(?: Lyon| Paris)?|Polytechnique|"
        r"Sciences Po|Harvard|Yale|Princeton|Stanford(?! (?:CoreNLP|NLP|parser))|Wharton|Oxbridge|Oxford|Cambridge|"
        r"Eton|Harrow|Ivy League|Georgetown|Dartmouth|Tsinghua|"
        r"UNAM|UPM|UAM|UPC|UNED|UFRJ|USP)(?![\w-])"
    ),
)  # fmt: skip
_NO_SCHOOL = re.compile(
    r"^(?:(?:High|Secondary|Primary|Grammar|Boarding|Law|Business|Medical|Sunday|Middle|Old|New)[ ])?(?:School|"
    r"Academy|Institute|College|University)$"
)
_VENDORS = re.compile(r"(?:AWS|Microsoft|Google|Oracle|Salesforce|Cisco|Khan|Udemy|Codecademy)[ ]", re.IGNORECASE)

_GREEK = (
    "Alpha|Beta|Gamma|Delta|Epsilon|Zeta|Eta|Theta|Iota|Kappa|Lambda|Mu|Nu|Xi|Omicron|Pi|Rho|Sigma|Tau|Upsilon|Phi|Chi|"
    "Psi|Omega"
)
_CLUBS = (
    re.compile(rf"(?<![\w-])(?:{_GREEK})(?:[ ](?:{_GREEK})){{1,2}}(?:[ ](?:fraternity|sorority|chapter))?(?![\w-])"),
    re.compile(
        r"(?<!\w)(?:Women|Girls|Ladies|Black Girls|Black Women|Latinas?|Lesbians|Moms|Mums|Muslims?|Christians?|"
        r"Blacks|Asians|Men|Out)"
        r"(?:[ ](?:in|Who|for|of|4|Can))(?:[ ][A-Z]\w+){1,3}"
    ),
    re.compile(
        rf"(?<!\w)(?:[Tt]he[ ])?(?:{_W}[ ]){{0,5}}(?:Society|Association|Club|Fraternity|Sorority|Guild|League|Lodge|"
        rf"Brotherhood|Sisterhood|Caucus|"
        rf"Scouts?|Guides|Students' Union|Student Union|Freundeskreis|Alumni Network|Alumni|Orden|Cofradía|"
        rf"Hermandad)(?:{_AFTER})?(?!\w)"
    ),
    re.compile(
        r"(?<!\w)(?:Freemasons?|Rotary(?: Club)?(?: [A-Z]\w+)?|Rotaract|Lions Club(?: [A-Z]\w+)?|Soroptimist\w*|"
        r"Mensa|Burschenschaft(?: [A-Z]\w+)?|"
        r"(?:Turn|Sport|Schützen|Musik|Fußball|Ruder|Heimat|Kultur)verein(?: [A-Z][\wäöüß]+)?|TSV [A-Z]\w+|"
        r"FC [A-Z]\w+|Freiwillige Feuerwehr(?: [A-Z]\w+)?|"
        r"Pfadfinder(?:innen)?|Scouts de [A-Z]\w+|Club (?:de |d')?(?:[A-Z]?\w+ ?){1,3})(?!\w)"
    ),
)
_DIVIDED = re.compile(r"[,|;•·\t\n()]|[ ](?:--?|—|@|at|à|an der|an|en la)[ ]|[ ]{3,}|:[ ]")
_TOPICS = re.compile(
    r"^[\s*•-]*(?:thesis|dissertation|modules?|courses?|coursework|subjects?|topics?|focus|specialisation|"
    r"specialization|"
    r"majors?|minors?|project|final project|schwerpunkte?|fächer|thema|mémoire|spécialité|proyecto|trabajo)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_][\w.'+-]*")
_EMPLOYER = re.compile(
    rf"(?<!\w)(?:{_W}[ ](?:(?:&|and|und|de)[ ])?){{1,4}}(?:GmbH|AG|SE|KG|Ltd\.?|Limited|Inc\.?|LLC|LLP|plc|PLC|"
    rf"S\.?A\.?S?|SARL|S\.L\.|BV|NV|Corp\.?|"
    r"Corporation|Group|Holdings?|Bank|Consulting|Solutions|Industries|Technologies|Systems|Airlines|Hospital|"
    r"Clinic|Klinik|Hospitals)(?![\w-])"
)


def find_schools(text: str, sections: Sequence[Section]) -> Iterator[Removal]:
    """By their names anywhere; in what is headed as education, also whatever is neither degree, subject nor grade."""
    for pattern in _SCHOOLS:
        for match in pattern.finditer(text):
            if not _NO_SCHOOL.match(match.group()) and not _VENDORS.match(match.group()):
                yield Removal(match.start(), match.end(), "[school]", "school")
    for section in sections:
        if section.kind == "education":
            yield from _unknown_cells(text, section)


def find_clubs(text: str, sections: Sequence[Section]) -> Iterator[Removal]:
    """Not what an employer may be called: at work, only what is a club beyond doubt."""
    for number, pattern in enumerate(_CLUBS):
        for match in pattern.finditer(text):
            named = match.group().strip()
            if number == 2 and (" " not in named or kind_at(sections, match.start()) in ("experience", "skills")):
                continue
            end = match.start() + len(match.group().rstrip())
            yield Removal(match.start(), end, "[club]", "club", 0.8)


def find_employers(text: str, sections: Sequence[Section]) -> Iterator[Removal]:
    """By their legal form, and as whatever stands beside a role at work."""
    for match in _EMPLOYER.finditer(text):
        yield Removal(match.start(), match.end(), "[employer]", "employer", 0.8)
    for section in sections:
        if section.kind == "experience":
            yield from _beside_roles(text, section)


def is_topic(text: str, at: int) -> bool:
    """Whether the line of an offset says what was studied: `Thesis: Graph Neural Networks`."""
    return _TOPICS.match(text[text.rfind("\n", 0, at) + 1 : at]) is not None


def _unknown_cells(text: str, section: Section) -> Iterator[Removal]:
    at = section.body
    for line in text[section.body : section.end].splitlines(keepends=True):
        if not _TOPICS.match(line):
            yield from (
                Removal(*span, "[school]", "school", 0.6) for span in _cells(line, at) if _is_unknown(text, span)
            )
        at += len(line)


def _beside_roles(text: str, section: Section) -> Iterator[Removal]:
    at = section.body
    for line in text[section.body : section.end].splitlines(keepends=True):
        cells = list(_cells(line, at))
        roles = [span for span in cells if _words(text, span) & JOB_WORDS]
        if roles and len(line) < 160 and not line.lstrip().startswith(("- ", "* ", "•")):
            for span in cells:
                if span not in roles and _is_unknown(text, span):
                    yield Removal(*span, "[employer]", "employer", 0.6)
        at += len(line)


def _cells(line: str, at: int) -> Iterator[tuple[int, int]]:
    start = 0
    for divider in [*_DIVIDED.finditer(line), None]:
        end = divider.start() if divider else len(line)
        cell = line[start:end]
        left = start + len(cell) - len(cell.lstrip(" *_#>-•\t\n"))
        right = start + len(cell.rstrip(" *_#>-•\t\n."))
        if right > left:
            yield at + left, at + right
        start = divider.end() if divider else end


def _is_unknown(text: str, span: tuple[int, int]) -> bool:
    """All in capitals at the beginning, and nothing that is known as a degree, a subject, a skill or a role."""
    cell = text[span[0] : span[1]]
    words = _WORD.findall(cell)
    if not words or len(cell) > 80 or cell.casefold() in SKILLS:
        return False
    capitals = [word for word in words if word[0].isupper()]
    small = [word for word in words if not word[0].isupper() and len(word) > 3]
    known = _words(text, span) & (DEGREE_WORDS | SUBJECT_WORDS | JOB_WORDS | SKILLS)
    return bool(capitals) and len(small) <= len(capitals) // 3 and not known and any(len(word) > 2 for word in capitals)


def _words(text: str, span: tuple[int, int]) -> set[str]:
    return {word.casefold().rstrip(".") for word in _WORD.findall(text[span[0] : span[1]])}
