"""What the tables hold, and docs/compatibility.md as it follows from the cells that passed."""

from collections.abc import Collection, Mapping

from tests.contract.matrix.asks import conversations as ask_conversations
from tests.contract.matrix.asks import options as ask_options
from tests.contract.matrix.asks import tools as ask_tools
from tests.contract.matrix.cells import Cell
from tests.contract.matrix.dialects import CHAT, DIALECTS, MESSAGES, RESPONSES
from tests.contract.matrix.meets import conversations, options, tools
from tests.contract.matrix.meets.words import Meets
from tests.contract.matrix.recordings import PROVIDERS, RECORDINGS

ASKS = ask_conversations.CONVERSATIONS | ask_tools.TOOLS | ask_options.OPTIONS
_MEETS = {**conversations.CONVERSATIONS, **tools.TOOLS, **options.OPTIONS}


def _meets(cell: Cell) -> Meets:
    met = _MEETS[cell.row][cell.provider]
    return met if isinstance(met, Meets) else met[cell.dialect]


FEATURES: Mapping[Cell, Meets] = {
    cell: _meets(cell)
    for row, asks in ASKS.items()
    for dialect in asks
    for provider in PROVIDERS
    for cell in [Cell(dialect, provider, row)]
}
"""What is expected of every cell that can be asked for."""

RECORDED = tuple(Cell(dialect, each.provider, each.name) for each in RECORDINGS for dialect in DIALECTS)
"""Every recording in every dialect."""

_TITLES = {
    CHAT: "OpenAI chat completions (`/v1/chat/completions`)",
    MESSAGES: "Anthropic Messages (`/v1/messages`)",
    RESPONSES: "OpenAI Responses (`/v1/responses`)",
}

_NO_WORD = "\N{EN DASH}"

_HEAD = f"""\
# Compatibility

Which wish of a client's reaches which provider, in each dialect that the gateway speaks. Every word in these tables is
a test that passed (`tests/contract/matrix`): it asks a running gateway, whole and streamed, and looks at what the
provider was sent and at what the client read. `make compatibility` runs them and writes this file.

- **yes**: the provider is told, or the client gets, what was asked for.
- **mapped**: the provider has no such word, and is told in others: a mode for JSON as an instruction, an effort as a
  budget, a long id as a digest.
- **warned**: it is left out, which changes no more than cost, speed, chance or thought. `sallyport.warnings` of the
  answer names the field and the reason. Beside another word: it is done, and the client is told what that means.
- **refused**: a 400 names the field and the reason, and the provider is not asked.
- **{_NO_WORD}**: the dialect has no word for it.

`openai` is a server of the compatible API other than OpenAI's own; `bedrock` and `anthropic` are Claude Sonnet 4.5;
`simulated` is no model, and shows in its answer that it heard. Other models take more or less: what is known of each
is in [families.py](../layers/sallyport/python/sallyport/providers/bedrock/families.py) and
[models.py](../layers/sallyport/python/sallyport/providers/anthropic/models.py). Responses gives log probabilities in
whole answers alone: a stream with them is a 400.
"""

_RECORDINGS = """
## Recorded conversations

What providers said once, replayed byte for byte to clients of every dialect: texts, thoughts and their seals, calls,
refusals, the reason to stop and the usage arrive as our reader of the provider finds them, in the dialect's own words
and accounting.
"""


def document(passed: Collection[Cell]) -> str:
    """A cell that did not pass is empty."""
    parts = [_HEAD]
    for dialect, title in _TITLES.items():
        rows = [[row, *(_word(Cell(dialect, each, row), passed) for each in PROVIDERS)] for row in ASKS]
        parts.append(f"\n## {title}\n\n" + _table(["", *PROVIDERS], rows))
    recorded = [
        [f"{each.provider}: {each.name}", *(_played(each.provider, each.name, dialect, passed) for dialect in DIALECTS)]
        for each in RECORDINGS
    ]
    return "".join((*parts, _RECORDINGS, "\n", _table(["", *DIALECTS], recorded)))


def _word(cell: Cell, passed: Collection[Cell]) -> str:
    if cell not in FEATURES:
        return _NO_WORD
    return FEATURES[cell].told if cell in passed else ""


def _played(provider: str, name: str, dialect: str, passed: Collection[Cell]) -> str:
    if Cell(dialect, provider, name) not in passed:
        return ""
    [recording] = [each for each in RECORDINGS if (each.provider, each.name) == (provider, name)]
    return "whole, streamed" if recording.was_made(stream=True) else "whole"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n".replace("|  |", "| |") for cells in lines)
