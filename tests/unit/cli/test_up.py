"""sallyport up: what it takes, as far as that can be told before it serves."""

import pytest
from click.testing import CliRunner

from sallyport_cli.main import main
from sallyport_cli.up import up
from sallyport_local.schedule import EVERY


@pytest.mark.parametrize("which", ["open", "all"])
def test_the_emulated_aws_probes_nothing(which):
    told = CliRunner().invoke(main, ["up", "--emulate-aws", "--probe", which])
    assert told.exit_code == 2
    assert "leave --probe out" in told.output


def test_probes_come_as_often_as_there_are_schedules():
    [every] = [option for option in up.params if option.name == "probe_every"]
    assert list(every.type.choices) == list(EVERY)
