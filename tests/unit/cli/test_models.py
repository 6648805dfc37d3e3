"""sallyport models: what is shown of the routing table."""

import json

import pytest

from sallyport.registry import publish
from sallyport.routing import packaged_table, parse_table
from sallyport.table_versions import CURRENT, ROUTING
from tests.unit.cli.conftest import NOON

GOOD = """
[targets.one]
provider = "simulated"
model = "simulated-1"
privacy = "private"
region = "eu-west-1"
price = { input = 3.0, output = 15.0 }

[routes.mine]
targets = ["one"]
"""
BETTER = GOOD.replace("15.0", "12.5") + '\n[routes."our.s"]\ntargets = ["one"]\n'


@pytest.fixture
def records(backend):
    return backend.records("configuration")


@pytest.fixture
def file(tmp_path):
    def write(text, name="models.toml"):
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return write


def test_lists_the_packaged_table_until_one_is_published(run, run_json):
    told = run_json("models", "list")
    assert (told["in_force"], told["canary"]) == ("packaged-1", None)
    assert {each["alias"] for each in told["models"]} == set(packaged_table().routes)
    assert "In force: packaged-1." in run("models", "list").stdout
    assert run_json("models", "history") == []
    assert "Nothing was ever published" in run("models", "history").stdout


def test_lists_targets_with_their_prices_privacy_and_regions(run, run_json, file):
    run("models", "publish", file(GOOD))
    [row] = run_json("models", "list")["models"]
    assert row == {
        "alias": "mine",
        "target": "one",
        "provider": "simulated",
        "model": "simulated-1",
        "operation": "chat",
        "privacy": "private",
        "region": "eu-west-1",
        "price": {"input": 3.0, "output": 15.0},
        "description": "",
    }
    lines = run("models", "list").stdout.splitlines()
    assert lines[1].split("  ")[0] == "mine"
    assert lines[1].endswith("private  eu-west-1  $3 / $15")
    assert "packaged-1" not in run("models", "list", "--version", "v1").stdout
    assert "demo" in run("models", "list", "--version", "packaged").stdout


def test_what_is_shown_can_be_published_again(run, file):
    run("models", "publish", file(BETTER))
    shown = run("models", "show").stdout
    assert run("models", "validate", file(shown)).exit_code == 0
    again = run("models", "publish", file(shown))
    assert again.exit_code == 1
    assert "v1 is this table already" in again.stderr
    assert run("models", "show", "packaged").stdout.startswith('version = "packaged-1"')


def test_a_valid_file_is_told_to_be_valid(run, run_json, file):
    result = run("models", "validate", file(GOOD))
    assert result.exit_code == 0
    assert "1 aliases, 1 targets" in result.stdout
    assert run_json("models", "validate", file(GOOD)) == {"valid": True, "problems": []}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD.replace("price", "prize"), ":7: targets.one.prize: no such field; price is meant perhaps"),
        (GOOD.replace("input", "inptu"), ":7: targets.one.price.inptu: no such field; input is meant perhaps"),
        (GOOD.replace('"one"]', '"two"]'), ":10: routes.mine.targets: route mine names the target two"),
        (GOOD.replace('"simulated"', '"opnai"'), ":3: targets.one.provider: there is no provider opnai; openai is"),
        (GOOD.replace('privacy = "private"\n', ""), ":2: targets.one.privacy: is missing"),
        (GOOD + "[limits]\nx = 1\n", ":11: limits: no such field"),
        ("[targets", "cannot be read: "),
        ("", "targets: is missing"),
    ],
)
def test_what_is_wrong_is_told_by_path_and_line(text, said, run, file):
    path = file(text)
    for command in ("validate", "publish"):
        result = run("models", command, path)
        assert result.exit_code == 1
        assert said in result.stderr
        assert path in result.stderr
    assert "Nothing was ever published" in run("models", "history").stdout


def test_problems_are_json_for_scripts(run, file):
    result = run("models", "validate", file(GOOD.replace("price", "prize")), "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {
        "valid": False,
        "problems": [
            {"path": "targets.one.prize", "line": 7, "message": "no such field; price is meant perhaps"},
        ],
    }


@pytest.mark.parametrize(("text", "code"), [('{"targets": {}}', 1), ("[1]", 1), ("{", 1)])
def test_json_files_are_checked_too(text, code, run, file):
    result = run("models", "validate", file(text, "models.json"))
    assert result.exit_code == code
    assert "The table is not valid." in result.stderr


def test_a_json_file_is_published(run, run_json, file):
    table = parse_table({"version": "1", "targets": packaged_table().targets, "routes": {"x": {"targets": ["gpt"]}}})
    assert run("models", "publish", file(table.model_dump_json(exclude_none=True), "models.json")).exit_code == 0
    assert [each["alias"] for each in run_json("models", "list")["models"]] == ["x"]


def test_differences_are_told_between_files_and_versions(run, run_json, file):
    run("models", "publish", file(GOOD))
    expected = ["~ targets.one.price.output: 15.0 -> 12.5", '+ routes.our.s { targets = ["one"] }']
    assert run("models", "diff", file(BETTER)).stdout.splitlines() == expected
    run("models", "publish", file(BETTER))
    assert run("models", "diff", "v1", "2").stdout.splitlines() == expected
    assert run("models", "diff", "v2").stdout == "No difference.\n"
    assert [each["path"] for each in run_json("models", "diff", "v1")] == ["targets.one.price.output", "routes.our.s"]
    assert "The table is not valid." in run("models", "diff", "v1", file("[targets")).stderr
    assert "no version 7" in run("models", "diff", "v7").stderr
    assert run("models", "diff", "no-such-file.toml").exit_code == 2


@pytest.mark.parametrize("what", [(), ("v1", "v1", "v1")])
def test_a_comparison_needs_something_to_compare(what, run):
    assert run("models", "diff", *what).exit_code == 2


def test_a_canary_is_shown_with_how_it_does(run, run_json, file):
    run("models", "publish", file(GOOD))
    run("models", "publish", file(BETTER), "--canary", "10")
    assert "Canary: v2 for 10 % of the requests; 0 and 0 requests are too few" in run("models", "list").stdout
    canary = run_json("models", "list")["canary"]
    assert (canary["version"], canary["percent"], canary["requests"], canary["failed"]) == ("v2", 10, 0, 0)
    assert len(run_json("models", "diff")) == 2


def test_a_table_from_before_there_were_versions_is_shown_as_the_first(run, run_json, records, file):
    records.put(ROUTING, CURRENT, parse_table({**packaged_table().to_json(), "version": "seeded"}).to_json())
    assert run_json("models", "list")["in_force"] == "v1"
    assert run("models", "show", "v1").exit_code == 0
    [row] = run_json("models", "history")
    assert (row["author"], row["at"]) == ("unknown", None)
    run("models", "publish", file(GOOD))
    assert [each["version"] for each in run_json("models", "history")] == ["v2", "v1"]


def test_the_history_names_authors_and_reasons_the_newest_first(run, run_json, records):
    table = parse_table({**packaged_table().to_json(), "routes": {"x": {"targets": ["gpt"]}}})
    publish(records, table, author="ann", comment="only x", now=NOON)
    run("models", "rollback", "--author", "bob", "--comment", "no")
    newest, oldest = run_json("models", "history")
    assert oldest == {
        "change": 1,
        "action": "publish",
        "version": "v1",
        "in_force": "v1",
        "canary_percent": None,
        "author": "ann",
        "at": "2026-11-20T12:00:00Z",
        "comment": "only x",
    }
    assert (newest["author"], newest["comment"], newest["in_force"]) == ("bob", "no", "packaged-1")
    assert "only x" in run("models", "history").stdout
