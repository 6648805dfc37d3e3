from sallyport.anonymization import Anonymization, AnonymizedDocument, Replaced
from sallyport.contracts import RedactionDecision
from sallyport.dialects.anonymization.render import render, render_restored
from sallyport.redaction.judge import Sensitivity
from sallyport.redaction.restore import Restored

FOUND = Replaced(type="EMAIL", start=3, end=9, score=1.0, placeholder="<EMAIL_1>")
DOCUMENT = AnonymizedDocument(text="to <EMAIL_1>", findings=(FOUND,))
DECISION = RedactionDecision(findings={"EMAIL": 1}, masked=1, sensitivity=Sensitivity.INTERNAL, reason="r")


def test_one_text_has_its_fields_on_top():
    told = render("req_1", Anonymization(documents=(DOCUMENT,)), DECISION, single=True, key="k")
    assert told == {
        "id": "req_1",
        "object": "anonymization",
        "mode": "default",
        "text": "to <EMAIL_1>",
        "findings": [{"type": "EMAIL", "start": 3, "end": 9, "score": 1.0, "placeholder": "<EMAIL_1>"}],
        "counts": {"EMAIL": 1},
        "sensitivity": "internal",
        "restore_key": "k",
    }


def test_a_batch_has_results_in_their_order_and_counts_for_all():
    candidate = DOCUMENT.model_copy(update={"candidate": "candidate-001"})
    told = render("r", Anonymization(documents=(candidate, DOCUMENT), mode="hiring"), DECISION, single=False, key=None)
    assert [each["index"] for each in told["results"]] == [0, 1]
    assert told["results"][0]["candidate"] == "candidate-001"
    assert "candidate" not in told["results"][1]
    assert "restore_key" not in told


def test_restored_texts_tell_what_was_unknown():
    told = render_restored("r", [Restored("a", 2, 1)], single=True)
    assert told == {"id": "r", "object": "restoration", "text": "a", "restored": 2, "unknown": 1}
