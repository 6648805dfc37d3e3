import pytest

from sallyport.redaction.hiring.labels import find_labelled


def read(text):
    result, copied = [], 0
    for each in find_labelled(text):
        result += (text[copied : each.start], f"<{each.category}>")
        copied = each.end
    return "".join(result) + text[copied:]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Name: Ann Archer", "Name: <name>"),
        ("**Nationality:** Irish", "**Nationality:** <origin>"),
        ("Religion: Hindu; Gender: male", "Religion: <religion>; Gender: <gender>"),
        ("| Marital status | single |", "| Marital status | <family> |"),
        ("Geburtsdatum: 1.2.1990", "Geburtsdatum: <birth>"),
        ("Tel.: 0123", "Tel.: <contact>"),
        ("Dirección: Madrid", "Dirección: <address>"),
        ("Age\t34", "Age\t<age>"),
        ("| Name | Age |\n|--|--|\n| Bo | 3 |", "| Name | Age |\n|--|--|\n| <name> | <age> |"),
    ],
)  # fmt: skip
def test_the_value_of_a_label_is_found_and_the_label_stays(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    "text", ["Tools: Git", "the name: of", "Named Ann", "Username policy", "Role | Company", "Name:", "agent: x"]
)
def test_other_labels_are_none(text):
    assert read(text) == text
