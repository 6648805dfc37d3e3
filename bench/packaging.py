"""What each function costs before it does anything, and how large it is: `python -m bench.packaging [--json]`."""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from bench.artifacts import build
from bench.rehearsal import Measured, Rehearsal, kilobytes


def table(measured: Sequence[Measured], layers: Mapping[str, Path]) -> str:
    lines = [f"{'function':<18}{'init ms':>8}{'first ms':>10}{'memory MB':>11}{'zipped KB':>11}"]
    for each in measured:
        memory = each.memory_mb or "-"
        lines.append(f"{each.function:<18}{each.init_ms:>8}{each.first_ms:>10}{memory:>11}{each.zipped_kb:>11.1f}")
    lines += [f"{name:<47}{kilobytes(folder):>11.1f}" for name, folder in layers.items()]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.packaging", description=__doc__)
    parser.add_argument("--json", action="store_true", help="for scripts")
    as_json = parser.parse_args().json
    with Rehearsal(build()) as rehearsal:
        measured = [rehearsal.measure(function) for function in rehearsal.build.functions]
    layers = {name: kilobytes(folder) for name, folder in rehearsal.build.layers.items()}
    if as_json:
        print(json.dumps({"functions": [asdict(each) for each in measured], "layers_zipped_kb": layers}, indent=2))
    else:
        print(table(measured, rehearsal.build.layers))


if __name__ == "__main__":
    main()
