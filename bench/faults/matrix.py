"""What a client sees of each fault of an upstream, whole and streamed: `python -m bench.faults.matrix [--write]`.

Each fault is played by a target that has its route to itself, and by one before a second target that answers. The table
in docs/faults.md is what was observed; a test plays it again and compares.
"""

import argparse
import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.faults import store_table
from bench.faults.place import IDLE_SECONDS, PATIENT_SECONDS, TIMEOUT_SECONDS, Place, new_nonce, prepared

DOCUMENT = Path(__file__).parents[2] / "docs" / "faults.md"

STATUSES = (400, 401, 403, 404, 408, 413, 424, 429, 500, 503, 529)

FAULTS: dict[str, tuple[str, str]] = {
    **{f"{status}": (f"status-{status}", f"status-{status}") for status in STATUSES},
    "429 with Retry-After: 1": ("status-429-1", "status-429-1"),
    "429 with Retry-After: 60": ("status-429-60", "status-429-60"),
    "503 with Retry-After: 60": ("status-503-60", "status-503-60"),
    "400, the prompt is too long": ("long", "long"),
    "400, the content is refused": ("refusal", "refusal"),
    "refuses the connection": ("refused", "refused"),
    "resets the connection": ("reset", "reset"),
    "speaks no TLS": ("tls", "tls"),
    "silence before the headers": ("hang", "hang"),
    "silence after the headers": ("mute", "stall-0"),
    "a slow drip": ("drip", "drip"),
    "cut before the first word": ("half", "cut-0"),
    "cut in the middle": ("half", "cut-7"),
    "silence in the middle": ("mute", "stall-7"),
    "wrong content type": ("html", "html"),
    "a giant reply": ("huge", "endless"),
    "invalid JSON": ("garbage", "spoil-0"),
}
"""What the upstream does: the names by which it is told, for a whole answer and for a stream."""

_SILENT = frozenset({"hang", "mute", "drip", "stall-0"})

ADDRESSES = {"refused": "http://127.0.0.1:9/v1", "tls": "https://127.0.0.1:{port}/v1"}

_TARGET = """
[routing.targets.{name}]
provider = "openai"
base_url = "{address}"
model = "{model}"
privacy = "cloud"
timeout_seconds = {timeout}
idle_seconds = {idle}
price = {{{{ input = 2.0, output = 8.0 }}}}
[routing.routes.{name}]
targets = {targets}
cache_ttl_seconds = 0
"""


@dataclass(frozen=True)
class Seen:
    """Of one request: what its client was told, and what the audit log says of its attempts and its end."""

    told: str
    attempts: str
    outcome: str


async def observe(port: int) -> dict[tuple[str, bool], tuple[Seen, Seen]]:
    """By fault and whether it streamed: without another target, and with one."""
    with tempfile.TemporaryDirectory() as folder:
        async with prepared(Path(folder), port, 1.0, seed=_seed()) as place:
            cases = [(fault, streamed) for fault in FAULTS for streamed in (False, True)]
            asked = await asyncio.gather(
                *(_ask(place, _name(fault, streamed, backed), streamed) for fault, streamed in cases for backed in "ab")
            )
            found = await place.records([request_id for request_id, _ in asked])
    seen = []
    for request_id, told in asked:
        ticket, bill = found[request_id]
        if ticket is None or bill is None:
            raise SystemExit(f"{request_id} was not recorded.")
        answered = ticket.inference is not None and ticket.failure is None
        attempts = [*(attempt.error for attempt in ticket.attempts), *(["answered"] if answered else [])]
        seen.append(Seen(told, ", ".join(attempts) or "none", bill.outcome))
    return {case: (seen[2 * number], seen[2 * number + 1]) for number, case in enumerate(cases)}


def document(observed: dict[tuple[str, bool], tuple[Seen, Seen]]) -> str:
    """The page of the documents."""
    lines = [
        "# Faults",
        "",
        "Made by `python -m bench.faults.matrix --write`, which plays each fault against a running gateway; a test",
        f"plays them again. The silent have {TIMEOUT_SECONDS} s, streams may be silent for {IDLE_SECONDS} s. *Alone*:",
        "the route has no other target. *Backed*: a second one answers. Attempts and outcome are the audit log's. A",
        "break in the middle is one of streams; whole, it is the break of half an answer.",
    ]
    for streamed in (False, True):
        lines += ["", f"## {'Streamed' if streamed else 'Whole'}", ""]
        lines += ["| the upstream | alone, the client is told | attempts | outcome | backed | attempts |"]
        lines += ["|---|---|---|---|---|---|"]
        for fault in FAULTS:
            alone, backed = observed[fault, streamed]
            cells = (fault, alone.told, alone.attempts, alone.outcome, backed.told, backed.attempts)
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n" + store_table.page()


def _name(fault: str, streamed: bool, backed: str) -> str:
    return f"m{list(FAULTS).index(fault)}-{'s' if streamed else 'w'}-{backed}"


def _seed() -> str:
    tables = []
    for fault, models in FAULTS.items():
        for streamed in (False, True):
            for backed in "ab":
                name, model = _name(fault, streamed, backed), models[streamed]
                address = ADDRESSES.get(model, "http://127.0.0.1:{port}/v1")
                targets = f'["{name}"]' if backed == "a" else f'["{name}", "echo"]'
                tables.append(
                    _TARGET.format(
                        name=name,
                        address=address,
                        model=model,
                        timeout=TIMEOUT_SECONDS if model in _SILENT else PATIENT_SECONDS,
                        idle=IDLE_SECONDS,
                        targets=targets,
                    )
                )
    return "".join(tables)


async def _ask(place: Place, route: str, streamed: bool) -> tuple[str, str]:
    """The request's id, and what its client was told."""
    if not streamed:
        reply = await place.ask(route)
        code = "" if reply.status_code == 200 else f" {reply.json()['error']['code']}"
        return reply.headers["x-request-id"], f"{reply.status_code}{code}"
    told = await place.stream(route, new_nonce())
    if told.status == 200 and told.error is not None:
        return told.request_id, f"200, then {told.error['code']}"
    return told.request_id, f"{told.status}{'' if told.error is None else ' ' + told.error['code']}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true", help="write docs/faults.md instead of printing it")
    parser.add_argument("--port", type=int, default=18809, help="a free port (default 18809)")
    options = parser.parse_args()
    page = document(asyncio.run(observe(options.port)))
    if options.write:
        DOCUMENT.write_text(page)
    else:
        print(page, end="")


if __name__ == "__main__":
    main()
