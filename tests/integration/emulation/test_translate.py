import copy

import boto3
import pytest

from sallyport_local.emulation.errors import TemplateError
from sallyport_local.emulation.translate import translate
from sallyport_local.template import read_template

SESSION = boto3.Session(region_name="eu-west-1")


def template(**properties):
    function = {"Handler": "handler.handler", "Runtime": "python3.13", "CodeUri": "functions/one"} | properties
    return {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {"One": {"Type": "AWS::Serverless::Function", "Properties": function}},
    }


def test_a_function_keeps_the_path_of_its_code():
    translated = translate(template(), SESSION)
    assert translated["Resources"]["One"]["Properties"]["Code"]["S3Key"] == "functions/one"


def test_nothing_of_sam_is_left():
    types = {resource["Type"] for resource in translate(read_template(), SESSION)["Resources"].values()}
    assert not [each for each in types if each.startswith("AWS::Serverless::")]


def test_the_given_template_stays_as_it_is():
    given = template()
    before = copy.deepcopy(given)
    translate(given, SESSION)
    assert given == before


def test_names_the_property_that_sam_does_not_know():
    with pytest.raises(TemplateError, match="Handlr"):
        translate(template(Handlr="typo"), SESSION)
