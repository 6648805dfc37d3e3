"""Weights in a file, and packed into one integer."""

import pytest

from sallyport.redaction.tagger.model import BIAS, ONE, TAGS, encode, load, unpack

WEIGHTS = {"wanna": {"B-PERSON": 1.5, "O": -0.25}, "wof": {"I-ORG": -2.0, "O": 3.0}, "wnothing": {"O": 0.0}}
TRANSITIONS = {("O", "B-PERSON"): 0.5, ("B-PERSON", "I-PERSON"): 2.0}


@pytest.fixture
def model(tmp_path):
    path = tmp_path / "names.model"
    path.write_bytes(encode(WEIGHTS, TRANSITIONS))
    return load(path)


def _weights(packed):
    return {tag: (lane - BIAS) / ONE for tag, lane in zip(TAGS[1:], unpack(packed), strict=True)}


def test_weights_are_those_of_a_tag_less_those_of_no_name(model):
    assert _weights(model.weights["wanna"])["B-PERSON"] == 1.75
    assert set(_weights(model.weights["wanna"]).values()) == {1.75, 0.25}
    assert _weights(model.weights["wof"])["I-ORG"] == -5.0
    assert "wnothing" not in model.weights


def test_one_addition_adds_up_every_tag(model):
    both = _weights(model.weights["wanna"] + model.weights["wof"])
    assert (both["B-PERSON"], both["I-ORG"], both["B-ORG"]) == (-1.25, -4.75, -2.75)


def test_transitions_lead_from_the_tag_before(model):
    before, after = TAGS.index("B-PERSON"), TAGS.index("I-PERSON")
    assert model.transitions[after][before] == 2 * ONE
    assert model.transitions[before][after] == 0
    assert model.transitions[before][0] == ONE // 2


def test_another_file_is_refused(tmp_path):
    path = tmp_path / "names.model"
    path.write_bytes(b"something else, and long enough")
    with pytest.raises(ValueError, match=r"bench\.redaction\.train"):
        load(path)
