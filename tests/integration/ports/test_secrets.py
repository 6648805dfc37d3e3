"""The port Secrets."""

import pytest

from sallyport.errors import StoreUnavailableError


@pytest.mark.parametrize(("name", "secret"), [("openai/main", "sk-test-1"), ("vllm", "token-2")])
def test_knows_a_secret_by_its_name(name, secret, backend):
    assert backend.secrets.get(name) == secret


@pytest.mark.parametrize("name", ["openai", "openai/main2", "azure/main"])
def test_says_which_secret_is_missing_and_no_other(name, backend):
    backend.secrets.get("openai/main")
    with pytest.raises(StoreUnavailableError, match=name) as raised:
        backend.secrets.get(name)
    assert "sk-test-1" not in str(raised.value)
    assert raised.value.retry_after is None, "an operator must act"
