"""Every scheme is of forms that the one reading of the text can find."""

from sallyport.redaction.detectors import national_europe, national_world, tax_id
from sallyport.redaction.finding import TYPES

SCHEMES = (*national_europe.schemes, *national_world.schemes, *tax_id.schemes)


def test_forms_are_of_nines_and_capital_as_and_signs():
    for scheme in SCHEMES:
        assert scheme.type in TYPES
        assert 0 < scheme.score < 1
        for form in scheme.forms:
            assert all(sign in "9A" or not sign.isalnum() for sign in form), form
            assert form[0] in "9A"
            assert sum(sign.isalnum() for sign in form) >= 8, form
