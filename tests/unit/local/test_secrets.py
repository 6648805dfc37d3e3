"""Provider credentials from the environment."""

import pytest

from sallyport.errors import StoreUnavailableError
from sallyport_local.secrets import EnvironmentSecrets


@pytest.mark.parametrize(
    ("name", "variable"),
    [
        ("openai/main", "SALLYPORT_SECRET_OPENAI_MAIN"),
        ("vllm", "SALLYPORT_SECRET_VLLM"),
        ("Open.AI-eu/2", "SALLYPORT_SECRET_OPEN_AI_EU_2"),
    ],
)
def test_a_name_is_looked_up_as_a_variable(name, variable):
    assert EnvironmentSecrets({variable: "sk-1"}).get(name) == "sk-1"


@pytest.mark.parametrize("environment", [{}, {"SALLYPORT_SECRET_OPENAI_MAIN": ""}, {"OPENAI_MAIN": "sk-1"}])
def test_a_missing_credential_names_the_variable_to_set(environment):
    with pytest.raises(StoreUnavailableError, match="Set SALLYPORT_SECRET_OPENAI_MAIN"):
        EnvironmentSecrets(environment).get("openai/main")
