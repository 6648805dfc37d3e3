"""providers/registry: made when first asked for, kept, and nothing imported that nobody asked for."""

import subprocess
import sys

import pytest

from sallyport.errors import ProviderDeniedError
from sallyport.providers.provider import Embedder
from sallyport.providers.registry import _MODULES, SEVERAL_CHOICES, Providers


class NoSecrets:
    def get(self, name: str) -> str:
        raise AssertionError(name)


@pytest.mark.parametrize("name", ["anthropic", "bedrock", "openai", "simulated"])
def test_a_provider_is_made_once(name):
    providers = Providers(NoSecrets(), aws=lambda: pytest.fail("no client is needed yet"))

    assert providers.get(name) is providers.get(name)


def test_who_gives_several_choices_is_a_provider():
    assert set(_MODULES) > SEVERAL_CHOICES


@pytest.mark.parametrize(
    ("name", "embeds"), [("anthropic", False), ("bedrock", True), ("openai", True), ("simulated", True)]
)
def test_who_embeds_is_known_by_what_it_has(name, embeds):
    assert isinstance(Providers(NoSecrets(), aws=lambda: None).get(name), Embedder) is embeds


def test_an_unknown_name_tells_the_known_ones():
    with pytest.raises(ProviderDeniedError, match=r"opnai.*anthropic, bedrock, openai, simulated"):
        Providers(NoSecrets(), aws=lambda: None).get("opnai")


def test_a_simulated_model_costs_no_import_of_the_others():
    script = (
        "import sys; from sallyport.providers.registry import Providers; Providers(None, None).get('simulated');"
        "sys.exit('botocore' in sys.modules or 'urllib3' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
