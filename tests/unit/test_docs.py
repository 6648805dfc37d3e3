"""What the documents say is so: tables agree with the template, and every link, path, command and target is there."""

import re
from datetime import date
from pathlib import Path

import click
import pytest
from click import Command, Context, Group

from sallyport.redaction.finding import LITERAL, TYPES
from sallyport.redaction.judge import Action
from sallyport.redaction.presets import PRESETS
from sallyport_cli.main import main
from sallyport_local.template import read_template
from tests.contract.matrix.document import FEATURES, RECORDED, document

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXT = {path: path.read_text() for path in DOCUMENTS}
TEMPLATE = read_template(ROOT / "template.yaml")
ALARMS = read_template(ROOT / "ops/alarms.yaml")
FOLDERS = sorted(path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith("."))

# Whatever else is linked must be looked at first: none of these hands out packages.
HOSTS = {"127.0.0.1:8787", "127.0.0.1:9900", "docs.astral.sh", "keepachangelog.com", "semver.org"}

each_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)


def operations():
    return TEXT[ROOT / "docs/operations.md"]


def rows(text, heading):
    """The cells of the first table behind a heading, without its own head."""
    section = text.split(f"\n{heading}\n", 1)[1]
    table = re.search(r"(?:^ *\|.*\n)+", section, re.MULTILINE)
    return [[cell.strip() for cell in line.strip()[1:-1].split("|")] for line in table[0].splitlines()[2:]]


def code_of(text):
    """Lines that are code: of blocks, and the spans in prose."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    return [line for block in blocks for line in block.splitlines()] + re.findall(r"`([^`\n]+)`", prose)


def commands_of(text):
    """What is called `sallyport …`, up to a comment or a pipe."""
    for line in code_of(text):
        for call in re.findall(r"(?:^|[\s/])sallyport ([a-z-][^#|`]*)", line):
            yield call.split()


def find_command(words):
    """The command that the words call, and the words that are left for it."""
    command: Command = main
    context = Context(main)
    left = list(words)
    while isinstance(command, Group) and left:
        inner = command.get_command(context, left[0])
        if inner is None:
            return None, left
        command = inner
        left = left[1:]
    return command, left


@each_document
def test_relative_links_lead_somewhere(path):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", TEXT[path]):
        assert (path.parent / target).exists(), target


@each_document
def test_paths_in_code_are_there(path):
    for span in code_of(TEXT[path]):
        for named in re.findall(r"(?<![\w/…>-])((?:\.\./)?[\w.-]+/[\w./*-]*)", span):
            if named.split("/")[0] in FOLDERS and "*" not in named and "<" not in span:
                assert (ROOT / named).exists(), named


@each_document
def test_links_outside_are_known(path):
    hosts = set(re.findall(r"https?://([^/\s)\"]+)", TEXT[path]))
    assert hosts <= HOSTS


@each_document
def test_make_targets_exist(path):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {name for line in code_of(TEXT[path]) for name in re.findall(r"(?:^|[ ;&])make ([a-z-]+)", line)}
    assert named <= targets


@each_document
def test_commands_and_their_options_exist(path):
    for words in commands_of(TEXT[path]):
        command, left = find_command(words)
        assert command is not None, words
        known = {option for each in command.params for option in each.opts} | {"--help", "--version"}
        assert {word for word in left if word.startswith("--")} <= known, words


def test_a_command_that_is_not_there_is_noticed():
    assert find_command(["keys", "create", "--tenant", "acme"])[0].name == "create"
    assert find_command(["keys", "forge"]) == (None, ["forge"])
    assert list(commands_of("`.venv/bin/sallyport usage  # cost` but sallyport is prose")) == [["usage"]]


def test_the_readme_names_one_command_for_tests():
    assert "make test" in re.findall(r"^```sh\n(.*)\n```$", TEXT[ROOT / "README.md"], re.MULTILINE)


def test_every_command_is_documented():
    called = {" ".join(words) for text in TEXT.values() for words in commands_of(text)}
    context = Context(main)
    for name in main.list_commands(context):
        assert any(call.split()[0] == name for call in called), name
    assert isinstance(main, click.Group)


def test_parameters_are_those_of_the_template():
    lines = ["| parameter | default | values | |", "|---|---|---|---|"]
    for name, parameter in TEMPLATE["Parameters"].items():
        values = ", ".join(map(str, parameter.get("AllowedValues", ())))
        if "MinValue" in parameter:
            values = f"{parameter['MinValue']} to {parameter.get('MaxValue', '…')}"
        default = f"`{parameter['Default']}`" if parameter["Default"] != "" else "empty"
        lines.append(f"| {name} | {default} | {values} | {parameter.get('Description', '')} |")
    written = re.search(r"<!-- parameters:.*?-->\n(.*?)<!-- end", operations(), re.DOTALL)[1]

    assert written.splitlines() == lines


def test_presets_are_those_of_the_code():
    lines = ["| type | " + " | ".join(PRESETS) + " |", "|" + "---|" * (len(PRESETS) + 1)]
    for type_ in sorted(TYPES - {LITERAL}):
        actions = [" + ".join(preset.of(type_)) for preset in PRESETS.values()]
        lines.append(f"| {type_} | {' | '.join(actions)} |")
    for field in ("threshold", "doubtful", "uninspected", "unfamiliar_script"):
        lines.append(f"| *{field}* | {' | '.join(str(getattr(preset, field)) for preset in PRESETS.values())} |")
    text = TEXT[ROOT / "docs/redaction.md"]
    written = re.search(r"<!-- presets:.*?-->\n(.*?)<!-- end", text, re.DOTALL)[1]
    meant_for = re.search(r"<!-- meant for:.*?-->\n(.*?)<!-- end", text, re.DOTALL)[1]

    assert written.splitlines() == lines
    assert meant_for.splitlines() == [f"- `{name}`: {preset.meant_for}" for name, preset in PRESETS.items()]


def test_every_alarm_says_what_to_do():
    alarms = {name for name, each in ALARMS["Resources"].items() if each["Type"] == "AWS::CloudWatch::Alarm"}
    documented = {name: (means, do) for name, means, do in rows(operations(), "## Alarms")}

    assert set(documented) == alarms
    assert all(means and do for means, do in documented.values())


def test_what_presets_do_in_answers_is_that_of_the_code():
    lines = ["| type | " + " | ".join(PRESETS) + " |", "|" + "---|" * (len(PRESETS) + 1)]
    for type_ in sorted({type_ for preset in PRESETS.values() for type_ in preset.answers.by_type}):
        said = [
            preset.answers.of(type_, allowed_in_requests=preset.of(type_) == (Action.ALLOW,))
            for preset in PRESETS.values()
        ]
        lines.append(f"| {type_} | {' | '.join(said)} |")
    lines.append(f"| *others* | {' | '.join(preset.answers.default for preset in PRESETS.values())} |")
    written = re.search(r"<!-- answers:.*?-->\n(.*?)<!-- end", TEXT[ROOT / "docs/redaction.md"], re.DOTALL)[1]

    assert written.splitlines() == lines


@pytest.mark.parametrize("column", [2, 3], ids=["quiet", "busy"])
def test_the_cost_of_a_million_requests_adds_up(column):
    *lines, total = [row[column].strip("*") for row in rows(operations(), "## What a million requests cost")]

    assert sum(round(100 * float(each)) for each in lines) == round(100 * float(total))


def test_who_can_decrypt_what_is_as_the_roles_have_it():
    def purposes(role, action):
        found = set()
        for policy in TEMPLATE["Resources"][role]["Properties"]["Policies"]:
            for statement in policy["PolicyDocument"]["Statement"]:
                if statement["Action"] == action and statement["Resource"] == {"Fn::GetAtt": ["ContentKey", "Arn"]}:
                    purpose = statement["Condition"]["StringEquals"]["kms:EncryptionContext:purpose"]
                    found |= set(purpose) if isinstance(purpose, list) else {purpose}
        return ", ".join(sorted(found))

    roles = {path.parent.name: "" for path in ROOT.glob("functions/*/handler.py")}
    for concern in roles:
        roles[concern] = "".join(word.capitalize() for word in concern.split("_")) + "Role"
    expected = {
        concern: [purposes(role, "kms:Decrypt"), purposes(role, "kms:GenerateDataKey")]
        for concern, role in roles.items()
    }
    written = rows(TEXT[ROOT / "docs/security.md"], "## Who can decrypt what")

    assert {concern: [opens, seals] for concern, opens, seals in written} == expected


def test_every_key_is_explained():
    keys = {name for name, each in TEMPLATE["Resources"].items() if each["Type"] == "AWS::KMS::Key"}

    assert {row[0] for row in rows(TEXT[ROOT / "docs/security.md"], "## Keys")} == keys


def test_the_table_of_compatibility_is_what_the_matrix_expects():
    """That each cell passes is for `tests/contract/matrix`; this is for a table that was changed by hand."""
    assert TEXT[ROOT / "docs/compatibility.md"] == document({*FEATURES, *RECORDED}), "Run `make compatibility`."


def test_every_decision_has_its_day_and_its_four_parts():
    *decided, _others = re.split(r"^## ", TEXT[ROOT / "docs/decisions.md"], flags=re.MULTILINE)[1:]

    assert decided
    for decision in decided:
        day, _, title = decision.splitlines()[0].partition(": ")
        date.fromisoformat(day)
        assert re.findall(r"^- (\w+(?: by)?):", decision, re.MULTILINE) == [
            "Context",
            "Options",
            "Choice",
            "Reversed by",
        ], title
