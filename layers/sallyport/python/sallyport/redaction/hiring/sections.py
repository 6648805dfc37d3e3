"""The parts of a CV by their headings, in English, German, French and Spanish."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_HEADINGS = {
    "personal": """personal details|personal information|personal data|about you|bio data|biodata|persönliche daten|
        persönliche angaben|angaben zur person|zur person|informations personnelles|état civil|datos personales|
        información personal""",
    "education": """education|academic background|academic qualifications|qualifications|studies|schooling|degrees|
        education and training|academic history|ausbildung|studium|bildung|bildungsweg|akademischer werdegang|
        schulbildung|schule|hochschulstudium|formation|études|diplômes|formation académique|educación|
        formación académica|formación|estudios""",
    "experience": """experience|work experience|professional experience|employment|employment history|work history|
        career|career history|positions|berufserfahrung|beruflicher werdegang|berufspraxis|praktika|werdegang|
        expérience|expériences|expérience professionnelle|expériences professionnelles|experiencia|
        experiencia profesional|experiencia laboral|internships""",
    "skills": """skills|technical skills|key skills|core skills|core competencies|competencies|technologies|
        tech stack|tools|kenntnisse|edv-kenntnisse|it-kenntnisse|fähigkeiten|fachkenntnisse|kompetenzen|compétences|
        compétences techniques|habilidades|competencias|conocimientos|aptitudes|certifications|certificates|
        zertifikate|certificaciones""",
    "languages": "languages|language skills|sprachen|sprachkenntnisse|langues|idiomas",
    "interests": """interests|hobbies|hobbies and interests|activities|extracurricular|extracurricular activities|
        volunteering|volunteer work|memberships|affiliations|leadership|interessen|hobbys|ehrenamt|engagement|
        mitgliedschaften|centres d'intérêt|loisirs|bénévolat|intereses|aficiones|voluntariado|community""",
    "referees": "references|referees|referenzen|références|referencias",
    "other": """summary|profile|professional summary|personal statement|personal profile|about me|objective|
        career objective|publications|projects|awards|honours|honors|achievements|contact|contact details|profil|
        projekte|publikationen|auszeichnungen|kontakt|zusammenfassung|résumé|projets|publications|perfil|resumen|
        proyectos|contacto|publicaciones|training|patents|talks|key achievements|additional information""",
}
_KIND = {" ".join(heading.split()): kind for kind, headings in _HEADINGS.items() for heading in headings.split("|")}
_LONGEST = 60
_ADORNMENT = " \t#*=_:-•·|>0123456789.)"
_CELL = re.compile(r"[ \t]*\|[ \t]*|\t+|[ ]{3,}|:[ \t]*")
_AND = re.compile(r"\s*(?:&|/|,|\band\b|\bund\b|\bet\b|\by\b)\s*")


@dataclass(frozen=True, slots=True)
class Section:
    """Offsets of the heading, of what it heads, and of the end, which is where the next heading stands."""

    kind: str
    start: int
    body: int
    end: int


def sections_of(text: str) -> list[Section]:
    """In their order and without gaps; what stands before the first heading is of the kind `header`."""
    found: list[tuple[str, int, int]] = [("header", 0, 0)]
    at = 0
    for line in text.splitlines(keepends=True):
        heading = _heading(line)
        if heading is not None:
            found.append((heading[0], at, at + heading[1]))
        at += len(line)
    ends = [start for _, start, _ in found[1:]] + [len(text)]
    return [Section(kind, start, body, end) for (kind, start, body), end in zip(found, ends, strict=True)]


def kind_at(sections: Sequence[Section], offset: int) -> str:
    """The kind of the section in which an offset lies."""
    return next((each.kind for each in reversed(sections) if each.start <= offset), "header")


def is_heading_at(sections: Sequence[Section], offset: int) -> bool:
    """Whether an offset lies in a heading."""
    return any(each.start <= offset < each.body for each in sections)


def _heading(line: str) -> tuple[str, int] | None:
    """The kind of a heading that a line is or begins with, and how many characters it takes."""
    kind = _kind_of(line)
    if kind is not None:
        return kind, len(line)
    indent = len(line) - len(line.lstrip(" \t|*#"))
    cell = _CELL.search(line, indent, indent + _LONGEST)
    if cell is None:
        return None
    kind = _kind_of(line[: cell.start()])
    return None if kind is None else (kind, cell.end())


def _kind_of(said: str) -> str | None:
    if len(said) > _LONGEST:
        return None
    heading = " ".join(said.strip().strip(_ADORNMENT).casefold().split())
    if heading in _KIND:
        return _KIND[heading]
    parts = _AND.split(heading)
    kinds = [_KIND.get(part) for part in parts]
    return kinds[0] if len(parts) > 1 and None not in kinds else None
