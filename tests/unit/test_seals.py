"""sallyport.seals: a signature that outlives restoring."""

import pytest

from sallyport.seals import Thought, holds, opened


def thought(written, told):
    made = Thought()
    for piece in written:
        made.write(piece)
    for piece in told:
        made.tell(piece)
    return made


@pytest.mark.parametrize("told", [["It is <EMAIL_1>."], ["It is <EM", "AIL_1>", "."], ["", "It is <EMAIL_1>."]])
def test_a_thought_that_is_told_as_it_was_written_keeps_its_signature(told):
    assert thought(["It is ", "<EMAIL_1>."], told).signature("c2ln") == "c2ln"


def test_a_thought_that_is_told_otherwise_says_what_was_signed():
    sealed = thought(["It is <EMAIL_1>."], ["It is a@b.example."]).signature("c2ln")
    digest, signature = opened(sealed)
    assert signature == "c2ln"
    assert holds(digest, "It is <EMAIL_1>.")
    assert not holds(digest, "It is <EMAIL_2>.")
    assert not holds(digest, "It is a@b.example.")


DIGEST = "0" * 64


@pytest.mark.parametrize(
    "signature",
    ["", "c2ln", "sallyport.1.c2ln", f"sallyport.2.{DIGEST}.c2ln", f"sallyport.1.{DIGEST[1:]}.c2ln", f"{DIGEST}.c2ln"],
)
def test_any_other_signature_is_a_providers_own(signature):
    assert opened(signature) == (None, signature)


def test_a_signature_may_have_dots_and_lines_of_its_own():
    assert opened(f"sallyport.1.{DIGEST}.a.b\nc") == (DIGEST, "a.b\nc")


def test_half_of_a_character_at_the_end_of_a_fragment_does_no_harm():
    assert thought(["\ud83d", "\ude00"], ["\ud83d", "\ude00"]).signature("s") == "s"
