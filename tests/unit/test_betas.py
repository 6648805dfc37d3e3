"""sallyport.betas: what a header of Anthropic's names, passed on, told, or counted."""

import pytest

from sallyport.betas import HEADER, LONG_CONTEXT, LONGER_THAN, PASSED, UNKNOWN, betas_of, not_passed, passed
from tests.unit.doubles import CANARY

SHORT = LONGER_THAN
THINKS, EFFORT = "interleaved-thinking-2025-05-14", "effort-2025-11-24"


@pytest.mark.parametrize(
    ("headers", "betas"),
    [
        ([], ()),
        ([""], ()),
        ([" , ,"], ()),
        ([THINKS], (THINKS,)),
        ([f"{THINKS},{EFFORT}"], (THINKS, EFFORT)),
        ([f" {EFFORT} ,{THINKS}, {EFFORT}"], (EFFORT, THINKS)),
        ([THINKS, EFFORT, THINKS], (THINKS, EFFORT)),
        (["prompt-caching-2024-07-31,tools-2024-05-16,extended-cache-ttl-2025-04-11"], ()),
        (["files-api-2025-04-14"], ("files-api",)),
        (["code-execution-2025-05-22,code-execution-2025-08-25"], ("code-execution", "code-execution")),
        # Near misses: another date, another case, and words of the client's own.
        (["interleaved-thinking-2026-05-14"], (UNKNOWN,)),
        ([THINKS.upper()], (UNKNOWN,)),
        (["files-api-2025-04-14-x"], (UNKNOWN,)),
        ([CANARY, f"{CANARY}2"], (UNKNOWN, UNKNOWN)),
    ],
)
def test_names_are_read_and_a_clients_own_words_are_not(headers, betas):
    assert betas_of(headers) == betas
    assert CANARY not in str(betas_of(headers))


@pytest.mark.parametrize(("context", "long"), [(SHORT, False), (SHORT + 1, True), (1_000_000, True)])
def test_a_long_context_is_asked_for_where_the_operator_has_one(context, long):
    betas = betas_of([",".join(sorted(PASSED))])
    assert (LONG_CONTEXT in passed(betas, context)) is long
    assert set(passed(betas, context)) == PASSED - (set() if long else {LONG_CONTEXT})
    assert [each.field for each in not_passed(betas, context)] == ([] if long else [HEADER])


def test_whatever_is_not_passed_is_told_and_nothing_else():
    betas = betas_of([THINKS, "files-api-2025-04-14", LONG_CONTEXT, CANARY, f"{CANARY}2", "mcp-client-2025-04-04"])
    told = [each.reason for each in not_passed(betas, SHORT)]
    assert passed(betas, SHORT) == [THINKS]
    assert told == [
        "files-api is of files that lie at Anthropic, which are not supported; send them with the message",
        f"{LONG_CONTEXT} is for targets of more than 200000 context_tokens",
        "mcp-client is of tools that run at a provider, which the gateway lets none do",
        "2 of the names are not known here, and not passed on",
    ]
    assert {each.field for each in not_passed(betas, SHORT)} == {HEADER}


def test_a_target_that_is_no_claude_is_told_nothing():
    betas = betas_of([THINKS, CANARY])
    assert [each.reason for each in not_passed(betas)] == [
        f"{THINKS} means nothing to this target",
        "1 of the names are not known here, and not passed on",
    ]


def test_who_names_none_is_told_nothing():
    assert (not_passed(()), not_passed((), SHORT), passed((), SHORT)) == ([], [], [])
