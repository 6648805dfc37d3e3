"""What both advisers do alike: one try, little patience, and no word of content in what goes wrong."""

import boto3
import pytest

from sallyport.aws.advisers import SKIP_SECONDS, Patient, adviser_of
from sallyport.aws.clients import Clients
from sallyport.ports import Advice, NoOpinionError, Said
from sallyport.settings import Settings, WrongSettingError
from tests.integration.advisers.conftest import SETTINGS

TEXT = "Ask José at jose@example.com, please. José knows."
both = pytest.mark.parametrize("name", ["comprehend", "guardrail"])
CODES = {"comprehend": "application/x-amz-json-1.1", "guardrail": "application/json"}


def failing(says, name, status, code):
    """An error as the service's own protocol has it; its message quotes what it was sent."""
    body = f'{{"__type": "{code}", "message": "{TEXT}"}}'.encode()
    return says(status, body, f"content-type: {CODES[name]}", f"x-amzn-errortype: {code}")


@both
def test_says_what_there_is_and_where_in_our_types(name, adviser, upstream, replies):
    upstream.play(replies(name, TEXT, ("EMAIL", "jose@example.com")))
    advice = adviser(name).ask(TEXT, "en")
    assert [(each.type, TEXT[each.start : each.end]) for each in advice.said] == [("EMAIL", "jose@example.com")]
    assert (advice.units, advice.cost) == ((3, 300) if name == "comprehend" else (1, 100))


@both
def test_nothing_there_is_an_answer_too(name, adviser, upstream, replies):
    upstream.play(replies(name, TEXT))
    assert adviser(name).ask(TEXT, "en").said == ()


@both
def test_a_type_that_nobody_wrote_down_is_told_as_none_of_ours(name, adviser, upstream, replies):
    upstream.play(replies(name, TEXT, ("FINGERPRINT", "please")))
    [said] = adviser(name).ask(TEXT, "en").said
    assert (said.type, TEXT[said.start : said.end]) == (None, "please")


@both
@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "ThrottlingException"),
        (429, "ThrottlingException"),
        (403, "AccessDeniedException"),
        (400, "ValidationException"),
        (500, "InternalServerException"),
        (503, "ServiceUnavailableException"),
    ],
)
def test_a_refusal_is_no_opinion_after_one_try_and_costs_nothing(status, code, name, adviser, upstream, says):
    upstream.play(failing(says, name, status, code))
    with pytest.raises(NoOpinionError) as failed:
        adviser(name).ask(TEXT, "en")
    assert failed.value.reason == f"{name} failed: {code}"
    assert (failed.value.units, failed.value.cost) == (0, 0)
    assert len(upstream.requests) == 1
    assert "jos" not in str(failed.value).lower()


@both
def test_what_hangs_is_given_up_and_taken_for_billed(name, adviser, upstream, hangs, monkeypatch):
    monkeypatch.setattr("sallyport.aws.clients.READ_SECONDS", {"comprehend": 0.3, "bedrock-runtime": 0.3})
    upstream.play(hangs(b""))
    with pytest.raises(NoOpinionError) as failed:
        adviser(name).ask(TEXT, "en")
    assert failed.value.reason == f"{name} failed: ReadTimeoutError"
    assert failed.value.cost == (300 if name == "comprehend" else 100)
    assert len(upstream.requests) == 1


@both
def test_what_hangs_up_is_taken_for_billed(name, adviser, upstream, resets):
    upstream.play(resets)
    with pytest.raises(NoOpinionError) as failed:
        adviser(name).ask(TEXT, "en")
    assert failed.value.cost > 0
    assert len(upstream.requests) == 1


@both
def test_where_nobody_is_there_is_nothing_to_pay(name, session, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_COMPREHEND", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "http://127.0.0.1:1")
    with pytest.raises(NoOpinionError, match="EndpointConnectionError") as failed:
        adviser_of(Settings(SETTINGS[name]), Clients(session)).ask(TEXT, "en")
    assert failed.value.cost == 0


@both
@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"not JSON", b'{"Entities": 1, "assessments": 1}'])
def test_a_reply_that_cannot_be_understood_dismisses_nothing(body, name, adviser, upstream, says):
    upstream.play(says(200, body, f"content-type: {CODES[name]}"))
    with pytest.raises(NoOpinionError):
        adviser(name).ask(TEXT, "en")


class Flaky:
    """A service that fails as it is told, and counts."""

    service, knows, languages, regions = "flaky", frozenset(), frozenset(), None

    def __init__(self, *ends):
        self.ends = list(ends)
        self.asked = 0

    def price(self, text):
        return 1, 100

    def ask(self, text, language):
        self.asked += 1
        end = self.ends.pop(0)
        if isinstance(end, Exception):
            raise end
        return end


ADVICE = Advice((Said("PERSON", 0, 3, 0.9),), 1, 100)


def client_error(status):
    from botocore.exceptions import ClientError

    return ClientError({"Error": {"Code": "X", "Message": TEXT}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Any")


@pytest.mark.parametrize(("status", "skipped"), [(500, True), (503, True), (400, False), (403, False), (429, False)])
def test_what_does_not_work_is_left_alone_and_what_refuses_is_asked_again(status, skipped):
    clock = [100.0]
    flaky = Flaky(client_error(status), ADVICE, ADVICE)
    patient = Patient(flaky, lambda: clock[0])
    with pytest.raises(NoOpinionError):
        patient.ask(TEXT, "en")
    if skipped:
        with pytest.raises(NoOpinionError, match="a moment ago") as failed:
            patient.ask(TEXT, "en")
        assert (failed.value.cost, flaky.asked) == (0, 1)
        clock[0] += SKIP_SECONDS
    assert patient.ask(TEXT, "en") == ADVICE
    assert patient.ask(TEXT, "en") == ADVICE


@pytest.mark.parametrize("settings", [{}, {"SECOND_OPINION": ""}, {"SECOND_OPINION": "none"}])
def test_nobody_is_set_up_unless_it_is_said(settings, session):
    assert adviser_of(Settings(settings), Clients(session)) is None


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"SECOND_OPINION": "comprehent"}, "SECOND_OPINION is none, comprehend or guardrail."),
        ({"SECOND_OPINION": "guardrail"}, "set GUARDRAIL_ID and GUARDRAIL_VERSION"),
        ({"SECOND_OPINION": "guardrail", "GUARDRAIL_ID": "abc"}, "set GUARDRAIL_ID and GUARDRAIL_VERSION"),
    ],
)
def test_a_setting_that_cannot_be_says_what_to_do(settings, said, session):
    with pytest.raises(WrongSettingError, match=said):
        adviser_of(Settings(settings), Clients(session))


@both
def test_without_region_or_credentials_there_is_nobody_to_ask(name, monkeypatch, tmp_path):
    for variable in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(variable, raising=False)
    for variable in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(variable, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(WrongSettingError, match="Set AWS_DEFAULT_REGION"):
        adviser_of(Settings(SETTINGS[name]), Clients(boto3.Session()))
    with pytest.raises(WrongSettingError, match="no AWS credentials"):
        adviser_of(Settings(SETTINGS[name]), Clients(boto3.Session(region_name="eu-west-1")))


def test_where_it_is_processed_is_told(adviser, session):
    assert adviser("comprehend").regions == {"eu-west-1"}
    assert adviser("guardrail").regions == {"eu-west-1", "eu-central-1"}
    unsaid = {key: value for key, value in SETTINGS["guardrail"].items() if key != "GUARDRAIL_REGIONS"}
    assert adviser_of(Settings(unsaid), Clients(session)).regions is None
