"""docs/compatibility.md says what passed in this run."""

import os
from pathlib import Path

from tests.contract.matrix.cells import Cell
from tests.contract.matrix.document import FEATURES, RECORDED, document

PATH = Path(__file__).parents[3] / "docs/compatibility.md"

WRITES = "SALLYPORT_WRITE_COMPATIBILITY"
"""The variable that lets this test write the document; `make compatibility` sets it."""


def test_the_document_says_what_passed(passed_cells: set[Cell]) -> None:
    failed = {*FEATURES, *RECORDED} - passed_cells
    assert not failed, "Some cells failed: see their tests. The document says nothing of what did not pass."
    text = document(passed_cells)
    if os.environ.get(WRITES):
        PATH.write_text(text)
    assert PATH.read_text() == text, "The document is not what passed. Run `make compatibility`, and look at the diff."
