"""providers/bedrock/limits: what Converse cannot do, refused by its name or left out."""

import pytest

from sallyport.errors import ProviderRejectedError
from sallyport.providers.bedrock.limits import DROPPED, REFUSED


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"n": 2}, "n"),
        ({"logprobs": True}, "logprobs"),
        ({"top_logprobs": 1}, "top_logprobs"),
        ({"logit_bias": {"1": 1.0}}, "logit_bias"),
        ({"presence_penalty": 0.1}, "presence_penalty"),
        ({"frequency_penalty": -0.1}, "frequency_penalty"),
    ],
)
def test_refuses_what_converse_cannot_do(built, left_out, request_of, fields, param):
    with pytest.raises(ProviderRejectedError, match=f"cannot honour {param}") as error:
        built(request_of(**fields))

    assert error.value.details == {"param": param}
    assert left_out(request_of(**fields)) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"n": 1}, {"logprobs": False}, {"top_logprobs": 0}, {"logit_bias": {}}, {"presence_penalty": 0.0},
        {"frequency_penalty": 0.0}, {"metadata": {}},
    ],
    ids=str,
)  # fmt: skip
def test_near_misses_ask_for_nothing(built, left_out, request_of, fields):
    assert built(request_of(**fields)) == built(request_of())
    assert left_out(request_of(**fields)) == []


@pytest.mark.parametrize("fields", [{"seed": 0}, {"user": "u"}, {"metadata": {"a": "b"}}])
def test_what_does_no_harm_is_left_out_and_told_of(built, left_out, request_of, fields):
    assert built(request_of(**fields)) == built(request_of())
    assert left_out(request_of(**fields)) == list(fields)


def test_of_several_answers_is_told_what_is_of_each(left_out, request_of):
    assert left_out(request_of(n=2, seed=1)) == ["seed"]


def test_the_table_names_real_fields(request_of):
    assert {*REFUSED, *DROPPED} <= type(request_of()).model_fields.keys()
