"""What the evasion suite catches stays caught, and its near misses stay whole."""

import json

import pytest

from bench.redaction.evasion import cases, main, run

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: ascii(case["text"])[1:60])
def test_a_case_fares_as_it_should(case):
    [tally] = run([case]).values()
    assert tally.wrong == []


def test_the_suite_has_near_misses_beside_the_hits_of_nearly_every_item():
    assert len(CASES) >= 200
    tallies = run(CASES)
    assert all(tally.near_misses for tally in tallies.values())


def test_a_value_that_is_not_masked_and_a_text_that_should_not_be_are_told(capsys):
    [tally] = run([{"item": "x", "text": "hello bob@corp.example.org", "hits": [["EMAIL", "hello"]]}]).values()
    assert (tally.caught, tally.missed, tally.over_redacted) == (0, 1, 1)
    [tally] = run([{"item": "x", "text": "bob@corp.example.org", "hits": [["PHONE", "bob@corp.example.org"]]}]).values()
    assert (tally.caught, tally.other_type) == (1, 1)
    main(["--json"])
    assert "blobs" in json.loads(capsys.readouterr().out)
    main([])
    assert "over-redacted" in capsys.readouterr().out
