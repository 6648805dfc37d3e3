"""What a dialect calls the fields that policies and providers refuse or leave out: those name them by our own words."""

from collections.abc import Mapping
from typing import Any

type Names = Mapping[str, str]


def in_own_words(sallyport: dict[str, Any], names: Names) -> dict[str, Any]:
    """Our account of an answer, whose warnings name fields as the client knows them."""
    warnings = sallyport.get("warnings")
    if not warnings:
        return sallyport
    told = [each | {"field": names.get(each["field"], each["field"])} for each in warnings]
    return sallyport | {"warnings": told}
