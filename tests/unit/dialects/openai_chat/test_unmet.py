"""sallyport.dialects.openai_chat.unmet: what nobody can honour is told, with its place."""

import pytest

from sallyport.attempts import Unmet
from sallyport.dialects.openai_chat.unmet import read_unmet, with_unmet

LONG = {"prompt_cache_breakpoint": {"mode": "explicit", "ttl": "12h"}}
SHORT = {"prompt_cache_breakpoint": {"mode": "explicit", "ttl": "30m"}}
TEXT = {"type": "text", "text": "a"}
SOUND = {"type": "input_audio", "input_audio": {"data": "aGk=", "format": "wav"}}
AT = "messages[0].content[{}].prompt_cache_breakpoint"


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ("a", []),
        (None, []),
        ([TEXT, TEXT | SHORT, SOUND], []),
        ([TEXT, TEXT | LONG, TEXT | LONG], [AT.format(1) + ".ttl"]),
        ([SOUND | SHORT, TEXT | LONG], [AT.format(0), AT.format(1) + ".ttl"]),
        ([{"type": "refusal", "refusal": "no"} | LONG], []),
    ],
)
def test_marks_of_which_no_provider_is_told(content, named):
    assert [each.field for each in read_unmet({"messages": [{"role": "user", "content": content}]})] == named


def test_what_nobody_can_honour_comes_before_what_the_target_did_not():
    account = {"target": "t", "warnings": [{"field": "seed", "reason": "r"}]}

    assert with_unmet(account, ()) == account
    assert with_unmet(account, (Unmet(field="store", reason="n"),)) == {
        "target": "t",
        "warnings": [{"field": "store", "reason": "n"}, {"field": "seed", "reason": "r"}],
    }
