"""Whole CVs, all of invented people: what tells who somebody is goes, and what somebody can do stays."""

from datetime import date
from pathlib import Path

import pytest

from sallyport.redaction.hiring.anonymize import anonymize_cv, candidate_id

CVS = Path(__file__).parents[4] / "docs/examples/hiring"
TODAY = date(2026, 11, 21)

# Of each: what was planted to identify, and the skills, roles and degrees that must be there afterwards.
PLANTED = {
    "jane-oconnor.md": (
        ["Jane", "O'Connor", "oconnor", "joconnor", "jane_codes", "She", "she ", "her ", "herself", "Leeds", "UK", "34",
         "mother", "maternity", "2012", "2015", "2018", "2021", "2006", "base64", "iVBOR", "University", "St Mary",
         "Catholic", "Girls", "Women", "Church", "UNISON", "Labour", "Patel", "Mary", "Smith", "7946", "chairwoman",
         "native", "mother tongue"],
        ["Senior Software Engineer", "10 years of experience", "Java", "Spring Boot", "Django", "Oracle 12c", "PostgreSQL",
         "SQL Server 2019", "ISO 27001:2013", "Spark", "Kafka", "2000 users", "man pages", "Kubernetes", "Terraform",
         "Ruby on Rails", "Python", "React", "Initech Ltd", "Globex", "8 years 8 months", "3 years", "BSc Computer Science",
         "first class", "A-levels", "English (fluent)", "German (B2)", "Chess", "open source", "They lead a team",
         "they have always mentored", "their colleagues trust them"],
    ),
    "lebenslauf-yilmaz.txt": (
        ["Ayşe", "Yılmaz", "Lindenstraße", "01097", "Dresden", "1987", "Ankara", "türkisch", "verheiratet", "Kinder",
         "muslimisch", "4567890", "Informatikerin", "Frau", "38", "Mutter ", "Sie ", "Ihre", "2015", "2019", "2013",
         "Elternzeit", "entwicklerin", "leiterin", "Hamburg", "Betriebsrat", "Technische", "Goethe", "2006", "1998",
         "Muttersprache", "TSV", "Junge Union"],
        ["Informatiker", "Datenplattform", "Kafka", "Spark", "Python", "Softwareentwickler", "Teamleiter", "4 Jahre 3 Monate",
         "seit 7 Jahren 4 Monaten", "Scrum Master", "Java", "Docker", "Diplom Informatik", "Note 1,7", "Abitur",
         "Englisch (C1)", "Deutsch (fließend)", "Türkisch (fließend)", "Kubernetes", "Oracle", "SAP HANA", "Schach"],
    ),
    "chidi_okafor.txt": (
        ["Chidi", "Okafor", "1979", "Nigeria", "| Male", "married", "children", "Marina", "Lagos", "803", "Christian",
         "A07766554", ".jpg", "London", "Mr ", " He ", "He's", " his ", " him", "Alpha Phi", "Society", "Anglican",
         "church", "Ibadan", "2004", "2012", "2018", "2019", "2023", "native"],
        ["Data Engineer with 15 years of experience", "Airflow", "dbt", "Snowflake", "Lead Data Engineer", "Acme Corp",
         "Database Developer", "Zenith Bank", "4 years 11 months", "6 years", "Spark", "They are a quick learner",
         "MSc Statistics", "Python", "SQL", "Oracle", "Cassandra", "Tableau", "Power BI", "English", "Yoruba (fluent)",
         "French (basic)"],
    ),
    "cv-lefevre.txt": (
        ["Camille", "LEFÈVRE", "lefevre", "Lilas", "69003", "Lyon", "06 12", "1990", "Dakar", "mariée", "enfants",
         "sénégalaise", "Ingénieure", "Développeuse", "passionnée", "Elle ", "elle ", "maternité", "2020",
         "directrice", "Directrice", "Paris", "2014", "2019", "CFDT", "2008", "2013", "INSA", "Victor Hugo",
         "maternelle", "Scouts", "paroisse"],
        ["Ingénieur logiciel", "systèmes distribués", "équipe de cinq personnes", "Directeur technique", "Solaris SAS",
         "depuis 6 ans", "Java et Angular", "Aquilon SA", "5 ans 2 mois", "Diplôme d'ingénieur", "informatique",
         "Baccalauréat", "mention bien", "anglais (C1)", "Spring", "Docker", "Kubernetes", "Django", "Oracle",
         "photographie"],
    ),
    "curriculum-garcia.txt": (
        ["María", "Fernanda", "García", "López", "1985", "casada", "hijos", "colombiana", "Alcalá", "Madrid",
         "Ingeniera ", "Ella ", "41", "Jefa", "Sevilla", "2017", "Consultora", "2010", "2016", "maternidad", "2014",
         "Universidad", "Colombia", "2003", "San José", "Bogotá", "2002", "nativo", "Cofradía", "parroquia"],
        ["Ingeniero industrial", "logística", "SAP", "equipo de doce personas", "Jefe de operaciones",
         "Transportes del Sur S.L.", "Deloitte", "6 años", "Ingeniería industrial", "inglés (C1)", "Excel", "Power BI",
         "Lean", "Six Sigma", "Python", "ajedrez"],
    ),
    "rahul.html.txt": (
        ["Rahul", "Krishnamurthy", "rahul", "45", "Chennai", "India", "1981", "Madurai", "Berlin", "Hindu", "wife",
         "daughters", "post.example", "rahulkrishna", "Germany", "2020", "2023", "2008", "2019", "IIT", "Madras", "2003",
         "Kendriya", "1999", "Tamil Association", "Rotary", "Anil", "Gupta", "native"],
        ["backend developer", "Staff Engineer at Initech", "Go, Rust, Cassandra & Apache Spark <fast>", "Engineer at Hooli",
         "11 years", "3 years 11 months", "Java", "Perl", "COBOL", "German tax law", "B.Tech. Electronics", "Django",
         "Oracle", "Jenkins", "Maven", "Tamil - fluent", "German - A2", "IEEE"],
    ),
    "sam-lee.txt": (
        ["Sam", "Lee", "Actress", "Brooklyn", "11201", "555-0142", "He/she", "woman", "2005", "cancer", "She ", "lesbian",
         "atheist", "citizen", "Korean origin", "Busan", "2016", "Salesman", "2010", "2015", "Stanford", "Yale", "2001",
         "Exeter", "Phi Beta", "Delta Gamma", "sorority", "Girls", "Republican"],
        ["Actor turned product manager", "agile teams", "Jira", "Fluent in Korean", "Product Manager", "Pied Piper Inc.",
         "10 years", "Amplitude, SQL and Figma", "Salesperson", "Vandelay Industries", "5 years 2 months", "MBA",
         "BA Theatre Arts", "mentor", "Marathon running", "They work with agile teams"],
    ),
}  # fmt: skip


def anonymized(name, **options):
    return anonymize_cv((CVS / name).read_text(), candidate="candidate-007", today=TODAY, **options)


@pytest.mark.parametrize(("name", "gone"), [(name, gone) for name, (gone, _) in PLANTED.items()], ids=PLANTED)
def test_no_planted_identifier_survives(name, gone):
    original, result = (CVS / name).read_text(), anonymized(name).text
    assert [each for each in gone if each not in original] == []
    assert [each for each in gone if each in result] == []


@pytest.mark.parametrize(("name", "kept"), [(name, kept) for name, (_, kept) in PLANTED.items()], ids=PLANTED)
def test_what_somebody_can_do_survives(name, kept):
    result = anonymized(name).text
    assert [each for each in kept if each not in result] == []


@pytest.mark.parametrize("name", PLANTED)
def test_removals_tell_where_and_why_and_make_the_text(name):
    original, cv = (CVS / name).read_text(), anonymized(name)
    ends = [0, *(each.end for each in cv.removals)]
    assert all(end <= each.start < each.end for end, each in zip(ends, cv.removals, strict=False))
    assert all(each.reason and 0 <= each.score <= 1 for each in cv.removals)
    pieces = [original[end : each.start] for end, each in zip(ends, cv.removals, strict=False)]
    assert all(piece in cv.text for piece in pieces)


def test_the_same_cv_again_reads_the_same():
    assert anonymized("sam-lee.txt") == anonymized("sam-lee.txt")


def test_employers_go_when_asked_and_roles_stay():
    kept, removed = anonymized("jane-oconnor.md").text, anonymized("jane-oconnor.md", employers=False).text
    assert "Initech" in kept
    assert "Initech" not in removed
    assert "Globex" not in removed
    assert "Senior Software Engineer" in removed
    assert "Ruby on Rails, Python, React" in removed


def test_what_is_already_anonymized_stays_as_it_is():
    once = anonymized("sam-lee.txt").text
    assert anonymize_cv(once, candidate="candidate-007", today=TODAY).text == once


@pytest.mark.parametrize("text", ["", " ", "\n\n", "Java", "candidate-001", "😀" * 10, "\u202e\u200b"])
def test_next_to_nothing_is_no_trouble(text):
    assert anonymize_cv(text, candidate="candidate-001", today=TODAY).text == text


def test_invisible_characters_hide_no_name():
    text = "Jane O'Connor\n\nJ\u200bane wrote; \uff2aane led.\n"
    assert anonymize_cv(text, candidate="X", today=TODAY).text == "X\n\nX wrote; X led.\n"


def test_candidates_are_numbered():
    assert (candidate_id(1), candidate_id(1234)) == ("candidate-001", "candidate-1234")
