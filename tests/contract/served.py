"""Where the gateway is that an SDK drives: all that its clients know, so that tests of any environment can ask it."""

import json
import os
from dataclasses import asdict, dataclass

HANDED_OVER = "SALLYPORT_CONTRACT"
"""The variable by which a run of these tests hands its gateway to another run, whose environment has none."""


@dataclass(frozen=True, slots=True)
class Served:
    """`keys` by their names; `provider` is where the scripted provider behind the gateway listens."""

    url: str
    keys: dict[str, str]
    provider: str

    def environment(self) -> dict[str, str]:
        return {HANDED_OVER: json.dumps(asdict(self))}


def handed_over() -> Served | None:
    """None where these tests have to start a gateway of their own."""
    given = os.environ.get(HANDED_OVER)
    return Served(**json.loads(given)) if given else None
