"""Fields that a CV puts a label before: `Nationality: …`, also as cells of a table."""

import re
from collections.abc import Iterator
from itertools import zip_longest

from sallyport.redaction.hiring.removal import Removal

LABELS = {
    "name": """name|full name|first name|last name|surname|given name|forename|family name|maiden name|middle name|
        vorname|nachname|familienname|geburtsname|nom|prénom|nom de famille|nombre|apellidos?|nombre completo|
        candidate|applicant|bewerber|bewerberin|candidat|candidate name|nombre y apellidos""",
    "birth": """date of birth|birth date|birthdate|birthday|dob|d\\.o\\.b\\.|born|geburtsdatum|geboren|geburtstag|
        date de naissance|né le|née le|fecha de nacimiento|nacimiento|place of birth|birthplace|geburtsort|
        lieu de naissance|lugar de nacimiento""",
    "age": "age|alter|âge|edad",
    "gender": "gender|sex|pronouns|geschlecht|sexe|genre|sexo|género|title|salutation|anrede|civilité",
    "origin": """nationality|citizenship|ethnicity|ethnic origin|race|country of origin|origin|caste|tribe|
        staatsangehörigkeit|staatsbürgerschaft|nationalität|herkunft|nationalité|citoyenneté|nacionalidad|
        ciudadanía|visa|visa status|work permit|right to work|immigration status|aufenthaltsstatus""",
    "religion": "religion|faith|denomination|konfession|religionszugehörigkeit|confession|religión",
    "family": """marital status|family status|civil status|children|dependants|dependents|familienstand|kinder|
        situation familiale|situation matrimoniale|état civil|enfants|estado civil|hijos|spouse|father's name|
        mother's name|spouse's name""",
    "health": "disability|health|blood group|height|weight|schwerbehinderung|handicap|discapacidad",
    "union": "trade union|union membership|gewerkschaft|syndicat|sindicato",
    "politics": "political affiliation|political party|party membership",
    "photo": "photo|photograph|picture|foto|lichtbild|bild|portrait|passport photo|fotografía",
    "address": """address|home address|postal address|location|residence|city|town|country|post code|postcode|zip|
        adresse|anschrift|wohnort|wohnhaft|domicile|ville|dirección|domicilio|ciudad|based in|lives in""",
    "contact": """e-?mail|e-mail address|email address|mail|phone|telephone|tel\\.?|mobile|mobil|cell|fax|handy|telefon|
        téléphone|portable|teléfono|móvil|correo|correo electrónico|courriel|website|web|homepage|linkedin|github|
        gitlab|twitter|xing|skype|facebook|instagram|telegram|whatsapp|signal|blog|portfolio|passport|passport no\\.?|
        national id|id number|nino|ssn|social security number|driving licence no\\.?|orcid""",
}
_SAID = {
    "name": "[name]",
    "birth": "[removed]",
    "age": "[removed]",
    "address": "[place]",
    "contact": "[contact]",
    "photo": "[photo removed]",
}
_CATEGORY = {label.strip(): category for category, labels in LABELS.items() for label in labels.split("|")}
_OPTIONAL = [(re.compile(label), category) for label, category in _CATEGORY.items() if "?" in label]
_ANY = "|".join(sorted((label.replace(" ", r"[ ]") for label in _CATEGORY), key=lambda label: -len(label)))
_LABEL = re.compile(
    rf"(?:^|(?<=[\n|\t;,•·(])|(?<=[ ][ ])|"
    rf"(?<=[|;,•·][ ]))(?P<lead>[ \t>*_-]{{0,6}})(?P<label>{_ANY})[*_]{{0,2}}[ \t]{{0,4}}"
    r"(?:\([^)\n]{1,20}\)[ ]?)?(?::[*_]{0,2}|\||\t|[ ]{3,}|[ ]=)[ \t]{0,12}",
    re.IGNORECASE | re.MULTILINE,
)
_END = re.compile(r"\n|\||\t|;|[ ]{3,}|\Z")
_MOST = 160
_ROW = re.compile(r"^[ \t]*\|?(?P<cells>[^\n|]{1,80}(?:\|[^\n|]{0,80}){1,20})\|?[ \t]*$", re.MULTILINE)
_RULE = re.compile(r"^[\s|:+-]*$")


def find_labelled(text: str) -> Iterator[Removal]:
    """The values of labels; the labels stay, so that a reader sees what was there."""
    labels = list(_LABEL.finditer(text))
    for match, following in zip_longest(labels, labels[1:]):
        category = _category(match["label"])
        limit = min(len(text), match.end() + _MOST)
        if following is not None:
            limit = min(limit, following.start())
        ended = _END.search(text, match.end(), limit)
        end = ended.start() if ended else limit
        while end > match.end() and text[end - 1] in " \t,;·•*_(":
            end -= 1
        if end > match.end():
            yield Removal(match.end(), end, _SAID.get(category, "[removed]"), category, 0.95)
    yield from _columns(text)


def _columns(text: str) -> Iterator[Removal]:
    """Below a row of labels, `| Name | Nationality |`, every cell of their columns."""
    heads: list[str | None] = []
    for match in _ROW.finditer(text):
        cells = [(cell.start(), cell.group()) for cell in re.finditer(r"[^|]+|(?<=\|)(?=\|)", match["cells"])]
        known = [_CATEGORY.get(" ".join(cell.strip(" *_\t").casefold().split())) for _, cell in cells]
        if sum(each is not None for each in known) > 1:
            heads = known
            continue
        if _RULE.match(match["cells"]):
            continue
        if len(cells) != len(heads):
            heads = []
        for (at, cell), category in zip(cells, heads, strict=False):
            start = match.start("cells") + at + len(cell) - len(cell.lstrip())
            if category is not None and cell.strip():
                yield Removal(start, start + len(cell.strip()), _SAID.get(category, "[removed]"), category, 0.95)


def _category(label: str) -> str:
    said = " ".join(label.casefold().split())
    if said in _CATEGORY:
        return _CATEGORY[said]
    return next((category for known, category in _OPTIONAL if known.fullmatch(said)), "contact")
