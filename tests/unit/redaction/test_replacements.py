"""sallyport.redaction.replacements: what stands in for a value."""

import pytest

from sallyport.contracts import RedactionPolicy
from sallyport.redaction.finding import TYPES
from sallyport.redaction.judge import Action
from sallyport.redaction.lists import Lists
from sallyport.redaction.placeholder import literal_pattern
from sallyport.redaction.pseudonyms import Pseudonyms
from sallyport.redaction.replacements import HASH_TOKEN, Replacements, hash_token
from sallyport.redaction.restore import restore
from sallyport.redaction.search import Search

SECRET = b"s" * 32
ACTIONS = {"EMAIL": Action.MASK, "PERSON": Action.MASK_IRREVERSIBLY, "PHONE": Action.HASH}


@pytest.fixture
def pseudonyms():
    return Pseudonyms()


@pytest.fixture
def replacements(pseudonyms):
    return Replacements(pseudonyms, ACTIONS.__getitem__, lambda: SECRET)


def test_what_is_masked_for_good_is_told_apart_and_kept_nowhere(replacements, pseudonyms):
    named = [replacements.placeholder_for("PERSON", name) for name in ("Ann", "Bob", "Ann")]
    assert named == ["<PERSON_1>", "<PERSON_2>", "<PERSON_1>"]
    assert replacements.placeholder_for("EMAIL", "a@x.org") == "<EMAIL_1>"
    assert pseudonyms.to_dict() == {"<EMAIL_1>": "a@x.org"}
    assert restore("<PERSON_1> <EMAIL_1>", pseudonyms.to_dict()).text == "<PERSON_1> a@x.org"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ann Lee", "ann  LEE", True),
        ("+1 (415) 555-0132", "+1 415 555 0132", True),
        ("4111-1111-1111-1111", "4111111111111111", True),
        ("Ann Lee", "AnnLee", False),
        ("a.b@x.org", "ab@x.org", False),
    ],
)
def test_a_hash_joins_a_value_with_itself_however_it_is_written(one, other, same):
    assert (hash_token(SECRET, "PHONE", one) == hash_token(SECRET, "PHONE", other)) is same


def test_a_hash_is_of_its_type_and_under_its_secret(replacements, pseudonyms):
    token = replacements.placeholder_for("PHONE", "555")
    assert token == hash_token(SECRET, "PHONE", "555")
    assert len({token, hash_token(SECRET, "IBAN", "555"), hash_token(b"t" * 32, "PHONE", "555")}) == 3
    assert pseudonyms.to_dict() == {}


@pytest.mark.parametrize("type_", sorted(TYPES))
def test_a_hash_is_no_placeholder_and_no_finding_when_it_comes_back(type_):
    text = " ".join(hash_token(SECRET, type_, str(number)) for number in range(200))
    assert not literal_pattern(TYPES).search(text)
    assert len(HASH_TOKEN.findall(text)) == 200
    assert Search(RedactionPolicy(threshold=0.0), Lists()).find(text).rewritten == ()


@pytest.mark.parametrize("text", ["<EMAIL#4111111111111111>", "Anna Smith <PERSON#abcdefghijklmnop>"])
def test_what_only_looks_like_a_hash_hides_nothing(text):
    assert Search(RedactionPolicy(), Lists()).find(text).counts


def test_without_a_secret_nothing_is_hashed(pseudonyms):
    with pytest.raises(ValueError, match="no secret"):
        Replacements(pseudonyms, ACTIONS.__getitem__).placeholder_for("PHONE", "555")
