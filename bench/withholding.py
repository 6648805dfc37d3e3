"""What it costs to mask what answers bring up: `python -m bench.withholding [--json]`.

How long other streams wait for their words while a large answer in JSON is masked, in pieces of several sizes: each
delay is of a chunk that another stream's upstream sends every 4 ms, through one gateway process on the embedded
backend.
And how many characters of prose are held back, which depends on the text alone.
"""

import argparse
import asyncio
import json
import time
from typing import Any

from bench.gateway import PROSE, Gateway, before_upstream, request, seed_of, target
from bench.sse import Streams, drive_streams, serve_streams
from sallyport.redaction.detect import detect
from sallyport.redaction.flowing import FlowingMask

PACED = "bench-500x4ms"
MOST_TOKENS = 1_000_000
SIZES = (20, 4000, 1_100_000)
"""Characters of a piece of the document: as models say it, as some providers put it together, and all at once."""


def _asked_for(model: str, key: str) -> bytes:
    head, _, body = request("/v1/chat/completions", key, model, 0, stream=True).partition(b"\r\n\r\n")
    fields = json.dumps(
        {**json.loads(body), "max_tokens": MOST_TOKENS, "response_format": {"type": "json_object"}}
    ).encode()
    return head.replace(b"Length: %d" % len(body), b"Length: %d" % len(fields)) + b"\r\n\r\n" + fields


async def others(gateway: Gateway, document: str | None) -> dict[str, Any]:
    """What three paced streams see, by themselves or as long as a document flows."""
    delays: list[float] = []

    async def paced() -> Streams:
        return await drive_streams(
            gateway.port,
            lambda number: request("/v1/chat/completions", gateway.key, PACED, number, stream=True),
            concurrency=3,
            requests=3,
        )

    started, before = time.perf_counter(), gateway.cpu_seconds()
    if document is None:
        large, runs = Streams(), [await paced()]
    else:
        flowing = asyncio.create_task(
            drive_streams(gateway.port, lambda _: _asked_for(document, gateway.key), concurrency=1, requests=1)
        )
        runs = []
        while not flowing.done():
            runs.append(await paced())
        large = await flowing
    if large.failed or sum(run.failed for run in runs):
        raise SystemExit("A stream failed: nothing was measured.")
    delays = sorted(delay for run in runs for delay in run.delays)
    return {
        "document": document or "none",
        "chunks": len(delays),
        "delay_p50_ms": round(delays[len(delays) // 2], 2),
        "delay_p99_ms": round(delays[int(len(delays) * 0.99)], 2),
        "delay_most_ms": round(delays[-1], 1),
        "first_ms": round(large.firsts[0], 1) if large.firsts else None,
        "seconds": round(time.perf_counter() - started, 1),
        "cpu_seconds": round(gateway.cpu_seconds() - before, 1),
    }


def held_back(text: str, token: int = 4) -> dict[str, int]:
    """Characters of prose that come in tokens: how many before the first go out, and how many are held, then."""
    mask, told, first, held = FlowingMask(detect, "[{}]".format), 0, 0, []
    for at in range(0, len(text), token):
        told += len(mask.feed(text[at : at + token]))
        first = first or (at + token if told else 0)
        if told:
            held.append(at + token - told)
    held.sort()
    return {"before_first": first, "then_p50": held[len(held) // 2], "then_most": held[-1]}


async def measure(gateway: Gateway, models: list[str]) -> dict[str, Any]:
    await others(gateway, None)
    rows = [await others(gateway, model) for model in (None, *models)]
    return {"other_streams": rows, "held_back_characters": held_back(PROSE * 3)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print JSON alone")
    parser.add_argument("--kilobytes", type=int, default=1024, help="of the document (default 1024)")
    parser.add_argument("--port", type=int, default=18807, help="first of two free ports (default 18807)")
    parser.add_argument("--upstream", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.upstream:
        asyncio.run(serve_streams(options.upstream))
    models = [f"bench-{options.kilobytes}kb-by-{size}" for size in SIZES]
    # What private models say is not masked.
    targets = target(PACED, privacy="private", most=MOST_TOKENS), *(target(model, most=MOST_TOKENS) for model in models)
    with before_upstream("bench.withholding", options.port, seed_of('answers = "mask"', *targets)) as gateway:
        result = asyncio.run(measure(gateway, models))
    print(json.dumps(result, indent=2) if options.json else _table(result))


def _table(result: dict[str, Any]) -> str:
    held = result["held_back_characters"]
    lines = [
        f"prose held back: {held['before_first']} characters before the first go out, then {held['then_p50']} "
        f"(median), at most {held['then_most']}",
        "",
        "meanwhile                    chunks   delay p50       p99      most   its first   seconds   CPU",
    ]
    lines += [
        f"{row['document']:<24} {row['chunks']:>10} {row['delay_p50_ms']:>8.2f} ms {row['delay_p99_ms']:>6.2f} ms "
        f"{row['delay_most_ms']:>6.1f} ms {row['first_ms'] or 0:>8.1f} ms "
        f"{row['seconds']:>9.1f} {row['cpu_seconds']:>5.1f}"
        for row in result["other_streams"]
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
