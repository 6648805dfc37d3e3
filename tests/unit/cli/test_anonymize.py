"""`sallyport anonymize`: files in, files without personal data out, and a report."""

import json
import stat
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from sallyport_cli.main import main
from tests.unit.cli.files import docx, pdf

JANE = "Jane Archer\n\nShe leads Java teams since 2020. jane@archer.example\n"
BO = "Bo Okoro\n\nHe codes Rust, 2015 - 2020.\n"


@pytest.fixture
def folder(tmp_path):
    cvs = tmp_path / "cvs"
    (cvs / "more").mkdir(parents=True)
    (cvs / "jane-archer.txt").write_text(JANE)
    (cvs / "more/bo.docx").write_bytes(docx(*BO.splitlines()))
    (cvs / "cy.pdf").write_bytes(pdf("Cy Berg", "", "She tests Python."))
    (cvs / "photo.jpg").write_bytes(b"x")
    return cvs


def run(*arguments):
    return CliRunner(mix_stderr=False).invoke(main, ["anonymize", *map(str, arguments)], catch_exceptions=False)


def test_a_folder_of_every_kind_comes_out_under_neutral_names(folder, tmp_path):
    done = run(folder, "--mode", "hiring", "--out", tmp_path / "out")
    assert done.exit_code == 0, done.stdout + done.stderr
    texts = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    assert sorted(texts) == ["candidate-001.txt", "candidate-002.txt", "candidate-003.txt"]
    assert texts["candidate-001.txt"].split() == "candidate-001 They test Python.".split()  # noqa: SIM905
    assert f"lead Java teams for {datetime.now(UTC).year - 2020} years" in texts["candidate-002.txt"]
    assert "They code Rust, 5 years." in texts["candidate-003.txt"]
    everything = "".join(texts.values())
    assert not any(name in everything for name in ("Jane", "Archer", "Bo", "Okoro", "Cy", "Berg", "She", "He "))
    assert "1 file" in done.stderr
    assert "skipped" in done.stderr


def test_one_file_is_printed(folder):
    done = run(folder / "jane-archer.txt")
    assert done.exit_code == 0
    assert "<EMAIL_1>" in done.stdout
    assert "jane@archer.example" not in done.stdout


def test_a_file_that_cannot_be_read_is_told_and_the_others_go_on(folder, tmp_path):
    (folder / "broken.pdf").write_bytes(b"no pdf")
    (folder / "scan.pdf").write_bytes(pdf())
    done = run(folder, "--mode", "hiring", "--out", tmp_path / "out")
    assert done.exit_code == 1
    assert "broken.pdf is broken" in done.stderr
    assert "scan.pdf has no text" in done.stderr
    assert "3 files anonymized" in done.stderr
    # The broken one keeps its number, so that mending it renames no other.
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "candidate-002.txt", "candidate-003.txt", "candidate-005.txt"
    ]  # fmt: skip


def test_the_json_report_maps_files_to_results_and_quotes_nothing(folder):
    done = run(folder, "--mode", "hiring", "--json")
    told = json.loads(done.stdout)
    assert [each["output"] for each in told["files"]] == [f"candidate-00{number}.txt" for number in (1, 2, 3)]
    assert told["files"][1]["source"].endswith("jane-archer.txt")
    finding = told["files"][1]["findings"][0]
    assert (finding["category"], finding["start"], finding["end"], finding["placeholder"]) == (
        "name", 0, 11, "candidate-002"
    )  # fmt: skip
    assert "tells gender" in finding["reason"]
    assert "Okoro" not in done.stdout


def test_the_page_is_for_its_owner_alone(folder, tmp_path):
    report = tmp_path / "report.html"
    assert run(folder, "--mode", "hiring", "--out", tmp_path / "out", "--report", report).exit_code == 0
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert "Jane Archer" in report.read_text()


def test_no_input_and_nothing_else_is_overwritten(folder, tmp_path):
    inside = tmp_path / "in"
    inside.mkdir()
    (inside / "candidate-001.txt").write_text(JANE)
    refused = run(inside, "--mode", "hiring", "--out", inside, "--overwrite")
    assert (refused.exit_code, (inside / "candidate-001.txt").read_text()) == (1, JANE)
    assert "never overwritten" in refused.stderr
    assert run(inside, "--report", inside / "candidate-001.txt", "--overwrite").exit_code == 1
    assert (inside / "candidate-001.txt").read_text() == JANE

    out = tmp_path / "out"
    assert run(folder, "--out", out).exit_code == 0
    again = run(folder, "--out", out)
    assert again.exit_code == 1
    assert "--overwrite" in again.stderr
    assert run(folder, "--out", out, "--overwrite").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["."], "--out"),
        (["photo.jpg"], "none of .txt"),
        (["jane-archer.txt", "--url", "https://gateway.example"], "--key"),
        (["jane-archer.txt", "--url", "http://gateway.example", "--key", "k"], "https://"),
        (["jane-archer.txt", "--mode", "none"], "--mode"),
        (["gone.txt"], "gone.txt"),
    ],
)
def test_wrong_usage_is_told(arguments, told, folder, monkeypatch):
    monkeypatch.delenv("SALLYPORT_KEY", raising=False)
    monkeypatch.chdir(folder)
    done = run(*arguments)
    assert (done.exit_code, told in done.stderr) == (2, True)


def test_a_folder_without_texts_says_so(tmp_path):
    assert "no file" in run(tmp_path).stderr


def test_a_gateway_out_of_reach_fails_each_file_and_quotes_nothing(folder):
    done = run(folder, "--url", "http://127.0.0.1:1", "--key", "k", "--json")
    assert done.exit_code == 1
    assert len(json.loads(done.stdout)["failed"]) == 3
    assert "jane@archer.example" not in done.stdout + done.stderr
