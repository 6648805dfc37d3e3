"""Every workflow, linted. cfn-lint reads a definition only inside a native resource, so each is put into one."""

import json
import re
from pathlib import Path

import pytest
import yaml
from cfnlint.api import lint
from cfnlint.config import ManualArgs

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / "workflows").glob("*.asl.yaml"))


def findings(definition):
    role = "arn:aws:iam::123456789012:role/chat"
    machine = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {"StateMachineType": "EXPRESS", "RoleArn": role, "Definition": definition},
    }
    template = json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Workflow": machine}})
    return [f"{each.rule.id} {each.message}" for each in lint(template, config=ManualArgs(regions=["eu-west-1"]))]


def substituted(path):
    """As CloudFormation does it: in the text, before the YAML is read."""
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:chat"
    return re.sub(r"\$\{\w+\}", arn, path.read_text())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_is_well_formed(path):
    assert findings(yaml.safe_load(substituted(path))) == []


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_the_linter_sees_a_state_that_is_not_there(path):
    definition = yaml.safe_load(substituted(path))

    assert findings(definition | {"StartAt": "Nowhere"})


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_has_no_aliases(path):
    """They are fine YAML, and refused when the workflow is deployed."""
    tokens = yaml.scan(path.read_text())

    assert not [token for token in tokens if isinstance(token, yaml.AnchorToken | yaml.AliasToken)]
