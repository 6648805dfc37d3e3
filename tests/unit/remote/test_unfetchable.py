"""sallyport.remote.unfetchable: every reason has its sentence, which ends one that starts with a field's name."""

from sallyport.remote.unfetchable import TOLD, Reason, Unfetchable


def test_every_reason_is_told_and_the_text_says_nothing_else():
    assert TOLD.keys() == set(Reason)
    assert [str(Unfetchable(reason)) for reason in Reason] == [TOLD[reason] for reason in Reason]
    assert all(text[0].islower() and text.endswith(".") for text in TOLD.values())
    assert len(set(TOLD.values())) == len(Reason)
