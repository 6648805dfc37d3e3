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


@pytest.fixture
def rotated(tmp_path):
    """A credential in a file, and the port that reads it."""
    file = tmp_path / "credential"
    file.write_text("sk-1\n")
    return file, EnvironmentSecrets({"SALLYPORT_SECRET_OPENAI_MAIN_FILE": str(file)})


def test_a_credential_in_a_file_may_be_replaced(rotated):
    file, secrets = rotated
    assert secrets.get("openai/main") == "sk-1"
    assert secrets.instead("openai/main", "sk-1") is None
    file.write_text("sk-2\n")
    assert secrets.get("openai/main") == secrets.instead("openai/main", "sk-1") == "sk-2"


@pytest.mark.parametrize("empty", [lambda file: file.write_text(" \n"), lambda file: file.unlink()])
def test_while_a_file_is_replaced_its_last_credential_counts(rotated, empty):
    file, secrets = rotated
    secrets.get("openai/main")
    empty(file)
    assert secrets.get("openai/main") == "sk-1"


def test_a_file_that_was_never_there_is_a_missing_credential(tmp_path):
    secrets = EnvironmentSecrets({"SALLYPORT_SECRET_VLLM_FILE": str(tmp_path / "none")})
    with pytest.raises(StoreUnavailableError, match="SALLYPORT_SECRET_VLLM_FILE to a file"):
        secrets.get("vllm")


@pytest.mark.parametrize("environment", [{}, {"SALLYPORT_SECRET_OPENAI_MAIN": ""}, {"OPENAI_MAIN": "sk-1"}])
def test_a_missing_credential_names_the_variable_to_set(environment):
    with pytest.raises(StoreUnavailableError, match="Set SALLYPORT_SECRET_OPENAI_MAIN"):
        EnvironmentSecrets(environment).get("openai/main")
