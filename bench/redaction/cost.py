"""What the engine costs: `python -m bench.redaction.cost [--data FILE] [--json]`.

In a process of its own: import, the first text, memory. Then CPU time per KB of text whose words are new and of text
whose words have been met; CPU time per KB of one megabyte, in texts of 1 KB up to the whole, so that they differ in
length only; and the size of what ships. Without --data the texts are those that `bench.redaction.train` makes, so names
and towns vary as in life; FILE is in the format of `bench.redaction.score`.
"""

import argparse
import json
import random
import subprocess
import sys
import time
import zlib
from pathlib import Path

import sallyport.redaction.tagger as tagger

KB = 1024
SIZES = (1, 4, 16, 64, 256, 1024)
ARTEFACTS = ("names.model", "names.words")
_IN_A_PROCESS = """
import sys, time
from pathlib import Path
def resident():
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1]) / 1024
before = time.process_time()
from sallyport.redaction.detect import detect
imported = time.process_time()
detect("My name is Ann.")
first = time.process_time()
text = sys.stdin.read()
for at in range(0, 200 * 1024, 1024):
    detect(text[at : at + 1024])
short = resident()
detect(text)
print((imported - before) * 1e3, (first - imported) * 1e3, short, resident())
"""
"""Memory in MB: `/proc` is Linux's."""


def prose(data: Path | None) -> str:
    """About a megabyte, in a fixed order."""
    if data:
        texts = [json.loads(line)["text"] for line in data.read_text(encoding="utf-8").splitlines() if line.strip()]
    else:
        from bench.redaction.train.texts import Texts

        texts = [text for text, _ in Texts(seed=11).texts(6_000)]
    random.Random(11).shuffle(texts)
    joined = "\n".join(texts)
    return (joined * (1 + SIZES[-1] * KB // len(joined)))[: SIZES[-1] * KB]


def per_kb(texts: list[str]) -> float:
    """Milliseconds of CPU for each KB."""
    from sallyport.redaction.detect import detect

    start = time.process_time()
    for text in texts:
        detect(text)
    return (time.process_time() - start) * 1e3 / (sum(map(len, texts)) / KB)


def cut(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def measure(data: Path | None) -> dict[str, object]:
    text = prose(data)
    pieces = cut(text[: 200 * KB], KB)
    command = [sys.executable, "-c", _IN_A_PROCESS]
    started = subprocess.run(command, check=True, capture_output=True, text=True, input=text)
    imported, first, resident, resident_after_1_mb = map(float, started.stdout.split())
    cold, warm = per_kb(pieces), per_kb(pieces)
    per_kb([text])
    folder = Path(tagger.__file__).parent
    return {
        "import_ms": round(imported, 1),
        "first_text_ms": round(first, 1),
        "cold_ms_per_kb": round(cold, 2),
        "warm_ms_per_kb": round(warm, 2),
        "ms_per_kb_by_kb": {size: round(per_kb(cut(text, size * KB)), 2) for size in SIZES},
        "resident_mb": round(resident, 1),
        "resident_after_1_mb": round(resident_after_1_mb, 1),
        "zipped_kb": {name: len(zlib.compress((folder / name).read_bytes(), 9)) // KB for name in ARTEFACTS},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="a .jsonl file of texts")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    costs = measure(arguments.data)
    for name, value in [] if arguments.json else costs.items():
        print(f"{name:20} {value}")
    if arguments.json:
        print(json.dumps(costs))


if __name__ == "__main__":
    main()
