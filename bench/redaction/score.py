"""How good the engine is on labelled texts: `python -m bench.redaction.score --data FILE_OR_FOLDER [--json]`.

A file is JSON lines of `{"id", "set", "text", "spans": [[start, end, type], …]}`, offsets in characters; of a folder,
every .jsonl. A span counts as found when one of the same type covers it with an intersection of at least half of the
union. What runs is `sallyport.redaction.detect` as the gateway runs it. `--bias` is its recall knob.

Labels may have other names than the engine's (`--help` lists them); case, `_`, `-` and spaces do not count. MISC and O
are no personal data. A label of no known name is left out of the count, and a warning names it. What a set does not
label counts as the next best that it does: an ADDRESS as a LOCATION and the other way round, so also dates of birth.

`--detector presidio` runs Presidio with its patterns instead, if it is installed:
`PYTHONPATH=layers/sallyport/python uv run --no-project --python 3.13 --with presidio-analyzer --with spacy
python -m bench.redaction.score --detector presidio --data …`.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.redaction.folding import NOT_COUNTED, canonical, folding, vocabulary
from bench.redaction.measures import Detect, Score, Span, score
from sallyport.redaction.detect import detect
from sallyport.redaction.detectors.names import MASKING
from sallyport.redaction.finding import TYPES

type Row = tuple[str, list[Span]]

PUBLISHED = {
    "presidio_synth_v2": "Presidio + en_core_web_lg F2 .661 (its own evaluator), 395M transformer F2 .903",
    "ambientmeta": "Presidio + en_core_web_lg F1 .550 (nine types)",
    "uner_ewt_dev": "prototype F1 .61 on the test part",
    "uner_ewt_test": "prototype F1 .611; Presidio + small spaCy .533",
    "uner_pud": "prototype F1 .677; Presidio + small spaCy .568",
    "wnut17_test": "prototype F1 .443; Presidio + small spaCy .347",
    "kiji_e2e": "prototype F1 .835; Presidio + small spaCy .658",
}
"""Figures that others published, or that were measured before on the same data, to print beside."""


def engine(bias: float) -> Detect:
    return lambda text: [(found.start, found.end, found.type) for found in detect(text, bias=bias)]


def presidio() -> Detect:
    """Presidio's patterns, without a model of names: no model is on the package index."""
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    # Its e-mail family fetches the list of public suffixes at the first address; the one in the package is as good.
    tldextract.extract = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    nlp = SpacyNlpEngine()
    nlp.nlp = {"en": spacy.blank("en")}
    analyzer = AnalyzerEngine(nlp_engine=nlp, supported_languages=["en"])

    def analyze(text: str) -> list[Span]:
        return [(each.start, each.end, each.entity_type) for each in analyzer.analyze(text=text, language="en")]

    return analyze


def read(path: Path) -> dict[str, list[Row]]:
    """Rows by the name of their set, with canonical types. Raises ValueError naming file and line of a bad row."""
    sets: dict[str, list[Row]] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            try:
                row = json.loads(line)
                spans = [(int(start), int(end), canonical(type_)) for start, end, type_ in row["spans"]]
                sets.setdefault(row.get("set", path.stem), []).append(
                    (row["text"], [span for span in spans if span[2] not in NOT_COUNTED])
                )
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise ValueError(f"{path}:{number} is no row of text and spans") from error
    return sets


def unknown(rows: Sequence[Row]) -> Counter[str]:
    """How many spans have a label that is no type of the engine, by label."""
    return Counter(type_ for _, spans in rows for *_, type_ in spans if type_ not in TYPES)


def measured(name: str, rows: Sequence[Row], find: Detect) -> Score:
    """Of labels that are types of the engine; what else is labelled counts neither as found nor as missed."""
    rows = [(text, [span for span in spans if span[2] in TYPES]) for text, spans in rows]
    fold = folding({type_ for _, spans in rows for *_, type_ in spans})

    def found(text: str) -> list[Span]:
        return [(start, end, fold.get(canonical(type_), canonical(type_))) for start, end, type_ in find(text)]

    return score(name, rows, found)


def table(report: dict[str, Any]) -> str:
    head = f"{report['set']}: {report['texts']} texts, over-redaction {report['over']:.3f}"
    lines = [head, f"  {'type':16}{'labelled':>9}{'P':>7}{'R':>7}{'F1':>7}{'F2':>7}{'leak':>7}"]
    for type_, each in [
        *sorted(report["types"].items(), key=lambda item: -item[1]["labelled"]),
        ("all", report["micro"]),
    ]:
        numbers = "".join(f"{each[key]:7.3f}" for key in ("precision", "recall", "f1", "f2", "leak"))
        lines.append(f"  {type_:16}{each['labelled']:9}{numbers}")
    published = PUBLISHED.get(report["set"])
    return "\n".join([*lines, f"  beside: {published}"] if published else lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__,
        epilog=f"types, and their other names:\n{vocabulary()}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True, help="a .jsonl file, or a folder of them")
    parser.add_argument("--detector", choices=("sallyport", "presidio"), default="sallyport")
    parser.add_argument("--bias", type=float, default=MASKING, help="the recall knob: 1.5 for routing")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, one line a set")
    arguments = parser.parse_args()
    find = engine(arguments.bias) if arguments.detector == "sallyport" else presidio()
    for path in sorted(arguments.data.glob("*.jsonl")) if arguments.data.is_dir() else [arguments.data]:
        for name, rows in read(path).items():
            for label, count in sorted(unknown(rows).items()):
                print(f"{name}: the label {label} is unknown; its {count} spans are not counted", file=sys.stderr)
            report = measured(name, rows, find).report()
            print(json.dumps(report) if arguments.json else table(report) + "\n", flush=True)


if __name__ == "__main__":
    main()
