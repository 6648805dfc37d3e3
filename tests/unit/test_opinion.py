"""sallyport.opinion: who is asked about what, and what becomes of what is unsure."""

import pytest

from sallyport.contracts import RedactionPolicy
from sallyport.errors import ContentBlockedError, RedactionFailedError
from sallyport.opinion import LEAST_SECONDS, Consultation, charged
from sallyport.ports import NoOpinionError
from sallyport.redaction.judge import Action, SecondOpinion
from sallyport.redaction.lists import Lists
from sallyport.redaction.search import Search
from sallyport.redaction_decision import Opinion
from tests.unit.doubles import CANARY, Oracle

TEXT = "Write to ann@example.com, or call 555-010-9999 now."
UNSURE = {"EMAIL": 1.0}


def a_policy(**fields):
    return RedactionPolicy(**{"second_opinion": SecondOpinion.ON, "thresholds": UNSURE} | fields)


class Asked:
    """A consultation on some texts, and what the engine makes of them after it."""

    def __init__(self, oracle, *texts, policy=None, **more):
        self.policy = policy or a_policy()
        self.consultation = Consultation(lambda: oracle, self.policy, **more)
        search = Search(self.policy, Lists())
        found = {text: search.find(text) for text in texts or (TEXT,)}
        self.verdicts = self.consultation.on(found)
        self.after = {
            text: search.revise(text, each, self.verdicts[text].found, self.verdicts[text].settled)
            if text in self.verdicts
            else each
            for text, each in found.items()
        }

    @property
    def opinion(self):
        return self.consultation.opinion

    def counts(self, text=TEXT):
        return self.after[text].counts, self.after[text].doubtful


def test_what_is_confirmed_is_found():
    asked = Asked(Oracle({"ann@example.com": "EMAIL"}))
    assert asked.counts() == ({"EMAIL": 1, "PHONE": 1}, {})
    assert asked.opinion == Opinion(
        service="oracle", reason="oracle was asked", confirmed=1, characters=len(TEXT), units=3, cost=300
    )


def test_what_is_dismissed_is_in_doubt_no_longer():
    asked = Asked(Oracle())
    assert asked.counts() == ({"PHONE": 1}, {})
    assert (asked.opinion.confirmed, asked.opinion.dismissed) == (0, 1)


def test_what_it_calls_by_another_name_is_that_and_no_longer_what_was_suspected():
    asked = Asked(Oracle({"ann@example.com": "PERSON"}))
    assert asked.counts() == ({"PERSON": 1, "PHONE": 1}, {})
    assert (asked.opinion.confirmed, asked.opinion.dismissed, asked.opinion.added) == (0, 1, 1)


def test_nothing_that_is_known_is_shown():
    oracle = Oracle()
    Asked(oracle)
    [(page, _)] = oracle.pages
    assert page == "Write to ann@example.com, or call ************ now."


def test_nothing_is_shown_that_is_as_unsure_and_not_asked_about():
    oracle = Oracle()
    policy = a_policy(thresholds={"EMAIL": 1.0, "PHONE": 1.0}, actions={"PHONE": Action.ALLOW})
    assert Asked(oracle, policy=policy).opinion.dismissed == 1
    [(page, _)] = oracle.pages
    assert page == "Write to ann@example.com, or call ************ now."


def test_what_it_finds_besides_is_found_from_its_threshold_on():
    text = "Write to ann@example.com, zorblat or the office."
    words = {"zorblat": "PERSON"}
    assert Asked(Oracle(words), text).counts(text)[0] == {"PERSON": 1}
    assert Asked(Oracle(words, score=0.4), text).counts(text)[0] == {}
    allowed = a_policy(actions={"PERSON": Action.ALLOW})
    assert Asked(Oracle(words), text, policy=allowed).opinion.added == 0


def test_a_suspicion_is_confirmed_however_sure_its_teller_is():
    assert Asked(Oracle({"ann@example.com": "EMAIL"}, score=0.1)).opinion.confirmed == 1


def test_what_we_have_no_type_for_confirms_what_it_touches_and_nothing_else():
    asked = Asked(Oracle({"ann@": None, "Write": None}))
    assert (asked.opinion.confirmed, asked.opinion.added) == (1, 0)
    assert asked.counts()[0] == {"EMAIL": 1, "PHONE": 1}


def test_the_same_words_are_confirmed_wherever_they_stand():
    far = f"Ann@example.com. {'Nothing here at all, really. ' * 400}"
    texts = [f"{nth}. {'It is said. ' * 20}Write to ann@example.com." for nth in range(120)]
    asked = Asked(Oracle({"ann@example.com": "EMAIL"}), *texts, far)
    assert len(asked.consultation._advice) == 1
    assert (asked.opinion.confirmed, asked.opinion.unasked) == (121, 0)


def test_who_is_not_shown_everything_says_nothing_of_the_rest():
    texts = [f"{nth}. {'It is said. ' * 20}Write to ann{nth}@example.com." for nth in range(120)]
    closed, opened = (
        Asked(Oracle(), *texts, policy=a_policy(second_opinion=each))
        for each in (SecondOpinion.ON, SecondOpinion.IF_AVAILABLE)
    )
    assert closed.opinion.unasked == opened.opinion.unasked > 0
    assert closed.opinion.characters <= 5000
    assert (closed.opinion.as_found, opened.opinion.as_found) == (True, False)
    assert sum(each.counts["EMAIL"] for each in closed.after.values()) == closed.opinion.unasked
    assert sum(each.doubtful["EMAIL"] for each in opened.after.values()) == opened.opinion.unasked


@pytest.mark.parametrize(
    ("oracle", "more", "reason"),
    [
        (None, {}, "no second opinion is set up"),
        (Oracle(error=NoOpinionError("oracle failed: ThrottlingException")), {}, "oracle failed: ThrottlingException"),
        (Oracle(), {"seconds_left": LEAST_SECONDS - 0.1}, "there is too little time to ask oracle"),
        (Oracle(), {"policy": {"opinion_regions": (("eu-central-1",),)}}, "oracle may leave the Regions"),
        (Oracle(regions=None), {"policy": {"opinion_regions": (("eu-*",),)}}, "oracle may leave the Regions"),
    ],
)
@pytest.mark.parametrize("wanted", [SecondOpinion.ON, SecondOpinion.IF_AVAILABLE])
def test_without_an_opinion_it_fails_closed_or_as_the_policy_says(wanted, oracle, more, reason):
    policy = a_policy(second_opinion=wanted, **more.get("policy", {}))
    asked = Asked(oracle, policy=policy, **{key: value for key, value in more.items() if key != "policy"})
    assert asked.opinion.reason.startswith(reason)
    assert (asked.opinion.unasked, asked.opinion.cost) == (1, 0)
    if wanted is SecondOpinion.ON:
        assert asked.counts() == ({"EMAIL": 1, "PHONE": 1}, {})
    else:
        assert asked.counts() == ({"PHONE": 1}, {"EMAIL": 1})
    assert oracle is None or oracle.error or oracle.pages == []


def test_the_time_and_the_regions_that_suffice_suffice():
    oracle = Oracle()
    Asked(oracle, policy=a_policy(opinion_regions=(("eu-*",), ("eu-west-1",))), seconds_left=LEAST_SECONDS)
    Asked(Oracle(regions=None))
    assert len(oracle.pages) == 1


def test_who_failed_may_have_to_be_paid_all_the_same():
    asked = Asked(Oracle(error=NoOpinionError("oracle failed: ReadTimeoutError", units=3, cost=300)))
    assert (asked.opinion.units, asked.opinion.cost, asked.opinion.as_found) == (3, 300, True)


@pytest.mark.parametrize(
    ("policy", "asks"),
    [
        ({}, True),
        ({"second_opinion": SecondOpinion.IF_AVAILABLE}, True),
        ({"second_opinion": SecondOpinion.OFF}, False),
        ({"actions": {"EMAIL": Action.HASH}}, True),
        ({"actions": {"EMAIL": Action.ALLOW}}, False),
        ({"actions": {"EMAIL": Action.ROUTE_PRIVATE}}, False),
        ({"actions": {"EMAIL": Action.BLOCK}}, False),
        ({"private": ("EMAIL",)}, False),
    ],
)
def test_asks_about_what_the_policy_would_mask_and_others_may_see(policy, asks):
    consultation = Consultation(lambda: None, a_policy(**policy))
    assert consultation.asks_about("EMAIL") is asks
    assert consultation.asks_about("ORG") is False, "nobody looks for it"


def test_what_this_one_does_not_look_for_stays_as_it_is():
    oracle = Oracle()
    oracle.knows = frozenset({"PHONE"})
    asked = Asked(oracle)
    assert (asked.verdicts, asked.opinion, oracle.pages) == ({}, None, [])


def test_a_turn_that_is_taken_again_asks_nobody_again():
    oracle = Oracle({"ann@example.com": "EMAIL"})
    consultation = Consultation(lambda: oracle, a_policy())
    found = {TEXT: Search(a_policy(), Lists()).find(TEXT)}
    first = consultation.on(found)
    assert consultation.on(found) == first
    assert (len(oracle.pages), consultation.opinion.cost) == (1, 300)


def test_a_term_that_is_allowed_is_none_whoever_finds_it():
    oracle = Oracle({"Zorblat": "PERSON"})
    policy = a_policy()
    search = Search(policy, Lists(allowed_terms=("zorblat",)))
    text = "Write to ann@example.com or to Zorblat."
    found = {text: search.find(text)}
    verdict = Consultation(lambda: oracle, policy).on(found)[text]
    assert search.revise(text, found[text], verdict.found, verdict.settled).counts == {}


def test_a_refusal_after_it_says_what_it_cost():
    told = []
    asked = Asked(Oracle())
    with pytest.raises(ContentBlockedError) as blocked, charged(asked.consultation, told.append):
        raise ContentBlockedError("The policy does not let EMAIL through.", types=["EMAIL"])
    assert blocked.value.message == "The policy does not let EMAIL through."
    assert blocked.value.details["types"] == ["EMAIL"]
    assert blocked.value.details["opinion"] == asked.opinion.to_json()
    assert told == [asked.opinion]


def test_a_refusal_without_it_is_as_it_was():
    with pytest.raises(RedactionFailedError) as failed, charged(Consultation(lambda: None, a_policy()), pytest.fail):
        raise RedactionFailedError("The gateway failed.", retry_after=5.0)
    assert failed.value.details == {"retry_after": 5.0}


def test_the_record_of_it_has_no_content():
    asked = Asked(Oracle({"bob@secret.example": "EMAIL"}), f"Write to {CANARY}")
    assert asked.opinion.confirmed == 1
    assert not any(word in asked.opinion.model_dump_json() for word in CANARY.split())
