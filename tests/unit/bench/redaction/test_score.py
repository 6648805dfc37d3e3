"""Scoring of labelled files."""

import json
import sys

import pytest

from bench.redaction import score

ROWS = [
    {"id": "1", "set": "mine", "text": "mail bob@example.org", "spans": [[5, 20, "emailAddress"]]},
    {"id": "2", "set": "mine", "text": "shoe size 44", "spans": [[10, 12, "SHOE_SIZE"], [0, 4, "MISC"]]},
]


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "mine.jsonl"
    path.write_text("\n".join(map(json.dumps, ROWS)))
    return path


def test_an_unknown_label_is_named_and_not_counted_as_missed(data, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["score", "--data", str(data), "--json"])
    score.main()
    printed = capsys.readouterr()
    assert printed.err == "mine: the label SHOE_SIZE is unknown; its 1 spans are not counted\n"
    report = json.loads(printed.out)
    assert set(report["types"]) == {"EMAIL"}
    assert report["micro"]["f1"] == 1.0


def test_help_lists_the_names_of_types(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["score", "--help"])
    with pytest.raises(SystemExit):
        score.main()
    assert "MEDICAL_RECORD   mrn medical_record_number" in capsys.readouterr().out


def test_a_bad_row_is_named_by_file_and_line(data):
    data.write_text('{"text": "a"}\n')
    with pytest.raises(ValueError, match=r"mine\.jsonl:1 is no row"):
        score.read(data)
