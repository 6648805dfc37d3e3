"""Names with no sentence around them."""

import pytest

from sallyport.redaction.detect import detect


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("John", [("PERSON", "John")]),
        ("smith", [("PERSON", "smith")]),
        ('"Maria"', [("PERSON", "Maria")]),
        ("Berlin", [("LOCATION", "Berlin")]),
        ("norway", [("LOCATION", "norway")]),
        ('{"city": "Oslo", "name": "Smith"}', [("LOCATION", "Oslo"), ("PERSON", "Smith")]),
        ('{"city": "Nice", "name": "Rose"}', [("LOCATION", "Nice"), ("PERSON", "Rose")]),
        ("{'customer_name': 'Will Young', 'home-town': 'x'}", [("PERSON", "Will Young")]),
        ('{"company": "Tofts", "lastName": "May"}', [("ORG", "Tofts"), ("PERSON", "May")]),
        *(
            (word, [])
            for word in (
                "May",
                "Rose",
                "Will",
                "reading",
                "Nice",
                "Mark",
                "hello",
                "Yes",
                "Delete",
                "true",
                "Fine.",
                "good",
                "key",
            )
        ),
        ('{"name": "create_ticket", "status": "Open", "month": "May"}', []),
        ('{"verb": "Will", "month": "May"}', []),
        ("Reading 5", []),
    ],
)
def test_a_value_that_is_a_name_is_found(text, expected):
    assert [(each.type, text[each.start : each.end]) for each in detect(text)] == expected
