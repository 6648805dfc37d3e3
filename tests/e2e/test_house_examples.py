"""The two examples that the documents tell of, from end to end: an agent's notes, and a folder of CVs."""

import json
from pathlib import Path

from click.testing import CliRunner

from sallyport_cli.main import main
from tests.e2e.running import Running, as_json
from tests.e2e.upstream import Upstream

EXAMPLES = Path(__file__).parents[2] / "docs/examples"
NOTES = (EXAMPLES / "fraud/notes.txt").read_text()
SCHEMA = json.loads((EXAMPLES / "fraud/conclusion.schema.json").read_text())
PLANTED = json.loads((Path(__file__).parents[1] / "data/hiring/planted.json").read_text())

PERSONAL = (
    "helga.brandt@mail.example",
    "DE89 3704 0044 0532 0130 00",
    "b.keller@fastpay.example",
    "4111 1111 1111 1111",
    "+49 171 5550143",
)


def conclusion(running: Running, **options: object) -> dict:
    response_format = {"type": "json_schema", "json_schema": {"name": "conclusion", "schema": SCHEMA, "strict": True}}
    answer = running.ask(f"{NOTES}\n[{running.name}]", response_format=response_format, **options)
    assert answer.status_code == 200, answer.text
    return as_json(answer)


def test_notes_become_a_structured_conclusion_with_the_originals_in_it(running: Running, upstream: Upstream):
    before = len(upstream.requests)
    told = conclusion(running)
    written = json.loads(told["choices"][0]["message"]["content"])

    assert set(written) == set(SCHEMA["required"])
    assert written["customer"] == "helga.brandt@mail.example"
    assert written["account"] == "DE89 3704 0044 0532 0130 00"
    assert written["summary"] == (
        'helga.brandt@mail.example was phished; DE89 3704 0044 0532 0130 00 paid "b.keller@fastpay.example".'
    )
    seen = json.dumps(upstream.requests[before:])
    assert [value for value in PERSONAL if value in seen] == []
    assert told["sallyport"]["redactions"]["EMAIL"] == 2


def test_a_card_in_the_notes_keeps_them_on_the_private_model(running: Running):
    """By the policy of the project: its cards need a private model."""
    told = conclusion(running, model="house", key="fraud")
    assert (told["sallyport"]["target"], told["sallyport"]["sensitivity"]) == ("house", "confidential")


def test_a_folder_of_cvs_is_anonymized_by_the_gateway_and_ranked_without_bias(
    running: Running, upstream: Upstream, tmp_path: Path
):
    out, report = tmp_path / "out", tmp_path / "report.html"
    command = ["anonymize", str(EXAMPLES / "hiring"), "--mode", "hiring"]
    there = ["--url", running.url, "--key", running.keys["app"]]
    done = CliRunner().invoke(main, [*command, *there, "--out", str(out), "--report", str(report)])
    assert done.exit_code == 0, done.output

    texts = {path.name: path.read_text() for path in sorted(out.iterdir())}
    assert list(texts) == [f"candidate-{number:03}.txt" for number in range(1, len(PLANTED) + 1)]
    for name, planted, text in zip(sorted(PLANTED), map(PLANTED.get, sorted(PLANTED)), texts.values(), strict=True):
        assert [each for each in planted["gone"] if each in text] == [], name
    here = CliRunner().invoke(main, [*command, "--out", str(tmp_path / "here")])
    assert here.exit_code == 0
    assert {path.name: path.read_text() for path in (tmp_path / "here").iterdir()} == texts
    assert "Jane O&#x27;Connor" in report.read_text()

    before = len(upstream.requests)
    question = "Rank these candidates by their skills.\n\n" + "\n---\n".join(texts.values())
    assert "candidate-004" in running.ask(question).text
    seen = json.dumps(upstream.requests[before:], ensure_ascii=False)
    assert "Spring Boot" in seen
    assert not any(name in seen for name in ("Jane", "Lefevre", "oconnor", "Okafor", "Camille", "García", "Rahul"))
