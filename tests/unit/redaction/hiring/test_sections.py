import pytest

from sallyport.redaction.hiring.sections import is_heading_at, kind_at, sections_of


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("EDUCATION", "education"),
        ("## Education & Training", "education"),
        ("Work experience:", "experience"),
        ("=== Skills ===", "skills"),
        ("Sprachkenntnisse", "languages"),
        ("Education: BSc Physics", "education"),
        ("| Languages | English |", "languages"),
        ("Referees", "referees"),
        ("Education is important to me", "header"),
        ("I have experience", "header"),
        ("Skills and people", "header"),
    ],
)
def test_a_heading_begins_a_section(line, kind):
    assert sections_of(f"Ann\n{line}\nrest\n")[-1].kind == kind


def test_sections_follow_each_other_without_gaps():
    text = "Ann\nSkills\nJava\nEducation\nBSc\n"
    sections = sections_of(text)
    assert [(each.kind, text[each.body : each.end]) for each in sections] == [
        ("header", "Ann\n"),
        ("skills", "Java\n"),
        ("education", "BSc\n"),
    ]
    assert kind_at(sections, text.index("Java")) == "skills"
    assert (is_heading_at(sections, text.index("Skills")), is_heading_at(sections, text.index("Java"))) == (True, False)
