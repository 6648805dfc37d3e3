"""People, places, organisations, nationalities: what is found, beside words that only look like it."""

import pytest

from sallyport.redaction.detectors.names import MASKING, find


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi, I'm John Smith, can you help me?", ["John Smith"]),
        ("my name is priya raghunathan and i need help", ["priya raghunathan"]),
        ("Dear Dr. Okonkwo,\nthank you.\n\nKind regards,\nHeidi Brandstätter", ["Okonkwo", "Heidi Brandstätter"]),
        ('{"first_name": "Marta", "plan": "gold"}', ["Marta"]),
        ("ask Mrs. Wobbleton or dr Xu Li Ng about it", ["Wobbleton", "Xu Li Ng"]),
        ("Mr and Mrs, the dr is in", []),
        ("What's your name? Jesse Jokihaara", ["Jesse Jokihaara"]),
        ("Please mark the task as done, and grace the table with a rose.", []),
        ("Use the Settings menu, then click Save Changes.", []),
        ("def process(request): return Response(status=200)", []),
        ("Write a Python function that sorts a list of dictionaries by key.", []),
    ],
)
def test_people(found, text, expected):
    assert found(text, "PERSON") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We flew from Lisbon to Nairobi.", ["Lisbon", "Nairobi"]),
        ("i live in munich", ["munich"]),
        ("i live in wuxenberg", ["wuxenberg"]),
        ("The turkey was delicious, and china plates break.", []),
    ],
)
def test_places(found, text, expected):
    assert found(text, "LOCATION") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She works for Siemens AG in Munich.", ["Siemens AG"]),
        ("He studied at the University of Leeds.", ["University of Leeds"]),
        ("The company said that it would grow.", []),
    ],
)
def test_organisations(found, text, expected):
    assert found(text, "ORG") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("She is Norwegian and he is South African.", ["Norwegian", "South African"]),
        ("we are proud ecuadoreans", ["ecuadoreans"]),
        ("I polish the table.", []),
    ],
)
def test_nationalities_and_beliefs(found, text, expected):
    assert found(text, "NRP") == expected


def test_in_small_letters_an_unknown_place_or_firm_must_be_likely_to_be_masked():
    text = "went to lunch at klondrex with bob"
    masked, seen = ({text[each.start : each.end] for each in find(text, bias)} for bias in (MASKING, 1.5))
    assert "klondrex" not in masked
    assert "klondrex" in seen
