"""template.yaml as plain CloudFormation, by the translator that CloudFormation itself runs, offline."""

import copy
import logging
from typing import Any

import boto3
from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from sallyport_local.emulation.errors import TemplateError

CODE_BUCKET = "this-machine"
"""Where `sam deploy` would have uploaded to. The key below it is the path in this project."""

# What it warns of are its own feature toggles and metrics; what is wrong with a template it raises.
logging.getLogger("samtranslator").setLevel(logging.ERROR)

_CODE = ("CodeUri", "ContentUri")


def translate(template: dict[str, Any], session: boto3.Session) -> dict[str, Any]:
    """`template` as `read_template` gives it, untouched. The session's region decides the partition.

    Raise TemplateError with everything that the translator finds wrong.
    """
    uploaded = copy.deepcopy(template)
    for resource in uploaded["Resources"].values():
        properties = resource.get("Properties", {})
        for name in _CODE:
            if name in properties:
                properties[name] = f"s3://{CODE_BUCKET}/{properties[name]}"
    try:
        translated: dict[str, Any] = Translator(None, Parser(), boto_session=session).translate(
            uploaded, parameter_values={}, get_managed_policy_map=dict
        )
    except InvalidDocumentException as error:
        raise TemplateError("; ".join(cause.message for cause in error.causes)) from error
    return translated
