"""sallyport.redaction.flowing_json: JSON stays JSON, as it was written, however it is cut."""

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sallyport.redaction.detect import detect
from sallyport.redaction.finding import Finding
from sallyport.redaction.flowing import FlowingMask, WholeMask
from sallyport.redaction.flowing_json import FlowingJson

TYPES = frozenset({"EMAIL", "CREDIT_CARD"})
NEW, CARD = "eve@corp.example.org", "4111 1111 1111 1111"


def find(text):
    return detect(text, types=TYPES)


def flowed(chunks, mask=FlowingMask):
    flowing = FlowingJson(lambda: mask(find, "[{}]".format))
    return "".join(map(flowing.feed, chunks)) + flowing.flush()


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (f'{{"to":"{NEW}"}}', '{"to":"[EMAIL]"}'),
        (f' [ "{NEW}" , 1.50e+3,null ] \n', ' [ "[EMAIL]" , 1.50e+3,null ] \n'),
        (f'{{"{NEW}": {{"{NEW}": true}}}}', '{"[EMAIL]": {"[EMAIL]": true}}'),
        (f'"{NEW}"', '"[EMAIL]"'),
        # escapes, of what is masked and of what is not
        ('["\\u0065ve\\u0040corp.example.org \\/ \\u00e9 \\ud83d\\ude00"]', '["[EMAIL] \\/ \\u00e9 \\ud83d\\ude00"]'),
        ('["a\\\\", "\\"eve@corp.example.org\\""]', '["a\\\\", "\\"[EMAIL]\\""]'),
        ('["\\ud83d", "\\ud83d\\n"]', '["\\ud83d", "\\ud83d\\n"]'),
        # JSON inside JSON
        (json.dumps({"a": json.dumps({"to": NEW})}), '{"a": "{\\"to\\": \\"[EMAIL]\\"}"}'),
        # a key that comes twice is looked at twice
        (f'{{"a": "{NEW}", "a": 1}}', '{"a": "[EMAIL]", "a": 1}'),
        # cut off
        (f'{{"to": "{NEW}', '{"to": "[EMAIL]'),
        (f'{{"to": "{NEW}\\', '{"to": "[EMAIL]\\'),
        ('{"n": 4', '{"n": 4'),
        ('{"n": tru', '{"n": tru'),
        ("", ""),
        # no JSON, or none any more
        (f"Ask {NEW}", "Ask [EMAIL]"),
        (f'```json\n{{"to": "{NEW}"}}\n```', '```json\n{"to": "[EMAIL]"}\n```'),
        (f'{{"a": 1}}\n\nAsk {NEW}', '{"a": 1}\n\nAsk [EMAIL]'),
        (f"{{to: '{NEW}'}}", "{to: '[EMAIL]'}"),
        (f'{{"a" "{NEW}"}}', '{"a" "[EMAIL]"}'),
        (f'["\\x", "{NEW}"]', '["\\x", "[EMAIL]"]'),
        (f'[1,] "{NEW}"', '[1,] "[EMAIL]"'),
        # numbers with spaces are no numbers, and the first of them is not let go before that is known
        (CARD, "[CREDIT_CARD]"),
        (f"[{CARD}]", "[[CREDIT_CARD]]"),
        (f'{{"card": {CARD}}}', '{"card": [CREDIT_CARD]}'),
        # one number is left, as in requests
        ("[4111111111111111]", "[4111111111111111]"),
    ],
)  # fmt: skip
def test_only_what_is_found_in_its_texts_is_replaced(document, told):
    for size in (len(document) + 1, *range(1, 14)):
        chunks = [document[at : at + size] for at in range(0, len(document), size)]
        assert flowed(chunks) == told
        assert flowed(chunks, WholeMask) == told


texts = st.lists(
    st.sampled_from(
        [f"{NEW} ", f"{CARD}. ", "nothing. ", "\n", '"', "\\", "é", "\U0001f600", "\ud83d", "x" * 40, "/ "]
    ),
    max_size=12,
).map("".join)
documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
).filter(lambda value: isinstance(value, dict | list | str))


def masked(value):
    match value:
        case str():
            mask = WholeMask(find, "[{}]".format)
            mask.pieces(value)
            return "".join(piece.told for piece in mask.last())
        case list():
            return [masked(each) for each in value]
        case dict():
            return {masked(key): masked(each) for key, each in value.items()}
        case _:
            return value


@settings(max_examples=150)
@given(documents, st.booleans(), st.sampled_from([None, 2]), st.integers())
def test_any_chunking_gives_the_same_and_it_means_what_it_meant(value, ascii, indent, seed):
    chance, document, at, chunks = random.Random(seed), json.dumps(value, ensure_ascii=ascii, indent=indent), 0, []
    while at < len(document):
        size = chance.choice([1, 2, 3, 7, 40])
        chunks.append(document[at : at + size])
        at += size
    assert flowed(chunks) == flowed([document])
    assert json.loads(flowed(chunks)) == json.loads(flowed(chunks, WholeMask)) == masked(value)
    if masked(value) == value:
        assert flowed(chunks) == document


@settings(max_examples=150)
@given(st.text(alphabet='{}[],:"\\ue0@1-. \nabtrue', max_size=60), st.integers(1, 7))
def test_whatever_it_is_any_chunking_gives_the_same(document, size):
    chunks = [document[at : at + size] for at in range(0, len(document), size)]
    assert flowed(chunks) == flowed([document])
    assert flowed(chunks) == document or "[EMAIL]" in flowed(chunks)


@pytest.mark.parametrize(
    ("key", "masked"),
    [
        ("said", False),
        ("firstName", False),
        ("first_name", False),
        ("s\\u0061id", False),
        ("", False),
        # what may be a value
        ("Said", True),
        ("said it", True),
        ("said@x", True),
        ("said1", True),
        ("s" * 65, True),
    ],
)
def test_the_name_of_a_field_is_left_and_looked_at_when_it_may_be_a_value(key, masked):
    def anything(text):
        return [Finding("PERSON", 0, len(text), 1.0, "test")] if text else []

    document = f'{{"{key}": "said"}}'
    for size in (1, 2, 100):
        flowing = FlowingJson(lambda: FlowingMask(anything, "[{}]".format))
        told = "".join(flowing.feed(document[at : at + size]) for at in range(0, len(document), size))
        assert told + flowing.flush() == f'{{"{"[PERSON]" if masked else key}": "[PERSON]"}}'


def test_a_value_goes_out_with_its_end_and_a_long_one_before():
    flowing = FlowingJson(lambda: FlowingMask(find, "[{}]".format))
    assert [flowing.feed(chunk) for chunk in ('{"a": "Well', '", "b": ', "12", ', "c": "Well. ')] == [
        '{"a": "',
        'Well", "b": ',
        "",
        '12, "c": "',
    ]
    assert flowing.feed("So be it. " * 9) == "Well. "


def test_it_is_whole_when_its_last_bracket_is_there():
    flowing, known = FlowingJson(lambda: FlowingMask(find, "[{}]".format)), []
    for character in '{"a": [1, "}"]} ':
        flowing.feed(character)
        known.append(flowing.whole)
    assert known == [False] * 14 + [True, True]
    flowing.feed("and")
    assert not flowing.whole


def test_no_depth_is_too_deep():
    deep = '[{"a":' * 5000 + f'"{NEW}"' + "}]" * 5000
    assert flowed([deep]) == deep.replace(NEW, "[EMAIL]")
