"""Texts without personal data, for whoever sends them: masked, limited and audited, and back by a sealed key."""

from typing import Any

import httpx
import pytest

from tests.e2e.running import Running, as_json

MAIL = "ann.archer@example.com"
CARD = "4111 1111 1111 1111"


def sent(running: Running, body: dict[str, Any], key: str = "app", path: str = "", **headers: str) -> httpx.Response:
    return running.post(body, key, headers, f"/v1/anonymize{path}")


def test_a_text_comes_back_with_placeholders_and_where_they_stand(running: Running):
    text = f"Write to {MAIL} about {CARD}, {MAIL}"
    answer = sent(running, {"text": text})
    told = as_json(answer)

    assert (answer.status_code, told["object"], told["mode"]) == (200, "anonymization", "default")
    assert told["text"] == "Write to <EMAIL_1> about <CREDIT_CARD_1>, <EMAIL_1>"
    assert [text[each["start"] : each["end"]] for each in told["findings"]] == [MAIL, CARD, MAIL]
    assert [each["placeholder"] for each in told["findings"]] == ["<EMAIL_1>", "<CREDIT_CARD_1>", "<EMAIL_1>"]
    assert told["counts"] == {"CREDIT_CARD": 1, "EMAIL": 2}
    assert told["sensitivity"] == "internal"
    assert "restore_key" not in told


def test_a_batch_shares_its_placeholders_and_keeps_its_order(running: Running):
    told = as_json(sent(running, {"input": [f"to {MAIL}", "nothing", f"bob@example.com and {MAIL}"]}))
    assert [each["text"] for each in told["results"]] == ["to <EMAIL_1>", "nothing", "<EMAIL_2> and <EMAIL_1>"]
    assert [each["index"] for each in told["results"]] == [0, 1, 2]
    assert told["counts"] == {"EMAIL": 3}


def test_who_holds_the_key_gets_the_originals_back(running: Running):
    told = as_json(sent(running, {"text": f"Write to {MAIL}", "restorable": True}))
    said = "I wrote to <EMAIL_1>, not to <EMAIL_2>."
    back = sent(running, {"text": said, "key": told["restore_key"]}, path="/restore")

    assert MAIL not in told["restore_key"]
    assert as_json(back)["text"] == f"I wrote to {MAIL}, not to <EMAIL_2>."
    assert (as_json(back)["restored"], as_json(back)["unknown"]) == (1, 1)


def test_a_key_of_many_values_restores_as_well(running: Running):
    people = " ".join(f"person{number}@customers-of-acme-{number}.com" for number in range(2000))
    told = as_json(sent(running, {"text": people, "restorable": True}))
    assert "acme" not in told["text"]
    back = sent(running, {"input": [told["text"]], "key": told["restore_key"]}, path="/restore")
    assert as_json(back)["results"][0]["text"] == people


def test_another_tenants_key_opens_nothing(running: Running):
    key = as_json(sent(running, {"text": f"Write to {MAIL}", "restorable": True}))["restore_key"]
    for stolen in (key, key[:-8] + "AAAAAAA="):
        refused = sent(running, {"text": "<EMAIL_1>", "key": stolen}, key="stranger", path="/restore")
        assert (refused.status_code, as_json(refused)["error"]["param"]) == (400, "key")
        assert MAIL not in refused.text


def test_what_a_policy_blocks_is_replaced_for_its_owner_and_never_restored(running: Running):
    body = {"text": f"SSN 856-45-6789, card {CARD}", "restorable": True}
    told = as_json(sent(running, body, key="fraud"))
    assert told["text"] == "SSN <US_SSN_1>, card <CREDIT_CARD_1>"
    assert told["sensitivity"] == "confidential"
    back = sent(running, {"text": told["text"], "key": told["restore_key"]}, key="fraud", path="/restore")
    assert as_json(back)["text"] == f"SSN <US_SSN_1>, card {CARD}"


def test_a_cv_loses_who_it_is_about_and_keeps_what_they_can_do(running: Running):
    cv = "Jane Archer\n\nShe has led Java teams, 2015-2023.\n\nEducation\nBSc Physics, University of Leeds, 2012\n"
    told = as_json(sent(running, {"input": [cv, cv], "mode": "hiring", "first_candidate": 7}))
    texts = [each["text"] for each in told["results"]]
    assert (
        texts[0] == "candidate-007\n\nThey have led Java teams, 8 years.\n\nEducation\nBSc Physics, [school], [date]\n"
    )
    assert texts[1].startswith("candidate-008\n")
    assert {each["category"] for each in told["results"][0]["findings"]} == {"name", "gender", "dates", "school"}


def test_it_is_audited_without_content_and_no_model_is_asked(running: Running):
    answer = sent(running, {"text": f"Write to {MAIL}", "restorable": True})
    back = sent(running, {"text": "<EMAIL_1>", "key": as_json(answer)["restore_key"]}, path="/restore")
    running.settle()
    for response, work in ((answer, "anonymize"), (back, "restore")):
        request_id = response.headers["x-request-id"]
        ticket = running.audited(request_id)
        assert ticket is not None
        assert (ticket.operation, ticket.model, ticket.caller.user) == (work, "anonymize", "agent-7")
        assert MAIL not in ticket.model_dump_json()
        bill = running.billed(request_id, ticket)
        assert bill is not None
        assert (bill.outcome, bill.cost, bill.input_tokens) == ("answered", 0, 0)
        assert running.path(request_id) == ["Authorize", "Redact", "ForAModel?", "PublishAnonymized", "Anonymized"]


def test_a_limit_of_requests_counts_it_whatever_models_are_allowed(running: Running):
    """Three a day; the key of this tenant may use one model alone, which is not asked."""
    statuses = [sent(running, {"text": "hello"}, key="small").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert running.ask("hello", key="small").status_code == 429


def test_a_budget_that_is_used_up_does_not_matter(running: Running):
    assert sent(running, {"text": "hello"}, key="poor").status_code == 200


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "text"),
        ({"text": "a", "input": ["b"]}, "text"),
        ({"text": ""}, "text"),
        ({"input": []}, "input"),
        ({"input": ["a", 1]}, "input[1]"),
        ({"input": ["a"] * 257}, "input"),
        ({"text": "a", "mode": "strict"}, "mode"),
        ({"text": "a", "mode": "hiring", "restorable": True}, "restorable"),
        ({"text": "a", "employers": "remove"}, "employers"),
        ({"text": "a", "model": "echo"}, "model"),
        ({"text": "a", "ann@example.com": 1}, "body"),
    ],
)
def test_what_cannot_be_done_is_refused_by_its_field(running: Running, body: dict[str, Any], param: str):
    refused = sent(running, body)
    assert (refused.status_code, as_json(refused)["error"]["param"]) == (400, param)
    assert "ann@example.com" not in refused.text


@pytest.mark.parametrize("key", ["", "x", "sallyport.restore.1.", "sallyport.restore.1.AAAA", 7])
def test_what_is_no_key_is_refused(running: Running, key: Any):
    refused = sent(running, {"text": "<EMAIL_1>", "key": key}, path="/restore")
    assert (refused.status_code, as_json(refused)["error"]["param"]) == (400, "key")


def test_both_kinds_of_clients_are_answered_in_their_own_way(running: Running):
    url, key = f"{running.url}/v1/anonymize", running.keys["app"]
    anthropic = {"x-api-key": key, "anthropic-version": "2023-06-01"}
    assert httpx.post(url, json={"text": "hello"}, headers=anthropic).status_code == 200
    refused = httpx.post(url, json={"text": ""}, headers=anthropic)
    assert refused.json()["type"] == "error"
    assert httpx.post(url, json={"text": "hello"}).status_code == 401
    assert httpx.get(url, headers=anthropic).status_code == 405


@pytest.mark.parametrize(("mode", "most"), [("default", 2_000_000), ("hiring", 500_000)])
def test_too_much_is_refused_before_it_is_searched(running: Running, mode: str, most: int):
    refused = sent(running, {"input": ["a" * (most // 2), "b" * (most // 2 + 1)], "mode": mode})
    assert (refused.status_code, as_json(refused)["error"]["param"]) == (413, "input")
