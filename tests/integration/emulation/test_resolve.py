import pytest

from sallyport_local.emulation.errors import TemplateError
from sallyport_local.emulation.resolve import Made, Resolver, references

CONDITIONS = {
    "Production": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]},
    "Numbered": {"Fn::Equals": [{"Ref": "Days"}, "7"]},
    "Other": {"Fn::Not": [{"Condition": "Production"}]},
    "Both": {"Fn::And": [{"Condition": "Production"}, {"Condition": "Numbered"}]},
    "Either": {"Fn::Or": [{"Condition": "Production"}, {"Condition": "Numbered"}]},
}


@pytest.fixture
def resolver() -> Resolver:
    resolver = Resolver({"Stage": "dev", "Days": 7}, CONDITIONS, {"AWS::Region": "eu-west-1"})
    resolver.add("Table", Made("AWS::DynamoDB::Table", "the-table", {"Arn": "arn:the-table"}))
    return resolver


@pytest.mark.parametrize(
    ("value", "resolved"),
    [
        ("plain ${Stage}", "plain ${Stage}"),
        ({"Ref": "Days"}, 7),
        ({"Ref": "Table"}, "the-table"),
        ({"Ref": "Table", "Another": 1}, {"Ref": "Table", "Another": 1}),
        ({"Fn::GetAtt": ["Table", "Arn"]}, "arn:the-table"),
        ({"Fn::GetAtt": "Table.Arn"}, "arn:the-table"),
        ({"Fn::Sub": "${Stage}-${Days}/${Table}/${Table.Arn}"}, "dev-7/the-table/arn:the-table"),
        ({"Fn::Sub": "${AWS::Region}"}, "eu-west-1"),
        ({"Fn::Sub": "${!Stage}"}, "${Stage}"),
        ({"Fn::Sub": ["${Name}-${Stage}", {"Name": {"Ref": "Table"}}]}, "the-table-dev"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Days"}]]}, "a-7"),
        ({"Fn::If": ["Production", "yes", "no"]}, "no"),
        ({"kept": 1, "left out": {"Fn::If": ["Production", 2, {"Ref": "AWS::NoValue"}]}}, {"kept": 1}),
        ([1, {"Ref": "AWS::NoValue"}, {"Ref": "Days"}], [1, 7]),
    ],
)  # fmt: skip
def test_gives_the_value_that_cloudformation_would(resolver, value, resolved):
    assert resolver.resolve(value) == resolved


@pytest.mark.parametrize(
    ("condition", "holds"),
    [("Production", False), ("Numbered", True), ("Other", True), ("Both", False), ("Either", True)],
)
def test_judges_conditions(resolver, condition, holds):
    assert resolver.holds(condition) is holds


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"Ref": "Tabel"}, "Tabel is neither"),
        ({"Fn::GetAtt": ["Tabel", "Arn"]}, "Tabel is neither"),
        ({"Fn::GetAtt": ["Table", "Ann"]}, "no attribute Ann"),
        ({"Fn::Sub": "${Tabel}"}, "Tabel is neither"),
        ({"Fn::Sub": "${Table.Ann}"}, "no attribute Ann"),
        ({"Fn::If": ["Prodution", 1, 2]}, "no condition Prodution"),
        ({"Fn::ImportValue": "another-stack"}, "Fn::ImportValue is not emulated"),
    ],
)
def test_names_what_it_does_not_know(resolver, value, message):
    with pytest.raises(TemplateError, match=message):
        resolver.resolve(value)


def test_refuses_a_condition_that_is_none():
    with pytest.raises(TemplateError, match="Fn::Contains is no condition"):
        Resolver({}, {"Odd": {"Fn::Contains": [[], 1]}}, {}).holds("Odd")


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ({"a": [{"Ref": "One"}, {"Fn::GetAtt": ["Two", "Arn"]}]}, {"One", "Two"}),
        ({"Fn::Sub": "${One.Arn}/${Two}/${!Three}/four"}, {"One", "Two"}),
        ({"Fn::Sub": ["${One}${Two}", {"One": {"Ref": "Three"}}]}, {"Two", "Three"}),
        ({"Fn::If": ["Condition", {"Ref": "One"}, "Two"]}, {"One"}),
        ({"Ref": "One", "Other": "Two"}, set()),
    ],
)
def test_finds_what_a_value_refers_to(value, names):
    assert set(references(value)) == names
