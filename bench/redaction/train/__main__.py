"""Train the tagger: `python -m bench.redaction.train --data FOLDER [--texts 10000] [--seed 7] [--iterations 80]`.

FOLDER has the corpora (JSON lines, see corpora.py). Writes `names.words` and `names.model` into the layer or --out.
The same data, seed and versions of the packages (requirements.lock) give the same files. Some of the packages draw from
sets, so the command starts itself again with a fixed order of these.
"""

import argparse
import itertools
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pycrfsuite

import sallyport.redaction.tagger as tagger
from bench.redaction.train.corpora import labelled, recased, renamed
from bench.redaction.train.export import export
from bench.redaction.train.lexicon import known_words
from bench.redaction.train.tagging import Tagged
from bench.redaction.train.texts import Text, Texts
from sallyport.redaction.tagger.words import encode


def texts(data: Path, count: int, seed: int) -> Iterator[Text]:
    """Our own texts, then what people wrote: as it is, recased, and with other names."""
    own, random = Texts(seed), Random(seed)
    yield from own.texts(count)
    for made in labelled(data):
        yield made
        yield from recased(made, random)
        if made[1]:
            yield renamed(made, own)


def train(data: Path, out: Path, arguments: argparse.Namespace) -> None:
    started = time.monotonic()
    words = out / "names.words"
    words.write_bytes(encode(known_words()))
    tagged, trainer = Tagged(words), pycrfsuite.Trainer(verbose=False)
    count = 0
    for made in itertools.islice(texts(data, arguments.texts, arguments.seed), arguments.most):
        features, tags = tagged.read(made)
        if tags:
            trainer.append(features, tags)
            count += 1
    print(f"{count} texts read after {time.monotonic() - started:.0f} s")
    trainer.select("lbfgs", "crf1d")
    trainer.set_params(
        {
            "c1": arguments.l1,
            "c2": 0.01,
            "max_iterations": arguments.iterations,
            "feature.minfreq": 3,
            "feature.possible_transitions": True,
        }
    )
    with tempfile.NamedTemporaryFile(suffix=".crf") as file:
        trainer.train(file.name)
        kept = export(Path(file.name), out / "names.model")
    print(f"{kept} features kept after {time.monotonic() - started:.0f} s: {out}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the corpora")
    parser.add_argument("--out", type=Path, default=Path(tagger.__file__).parent, help="where the artefacts go")
    parser.add_argument("--texts", type=int, default=10_000, help="how many texts of our own templates")
    parser.add_argument("--most", type=int, help="stop reading after so many texts")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--iterations", type=int, default=80)
    parser.add_argument("--l1", type=float, default=1.0, help="the larger, the fewer features are kept")
    arguments = parser.parse_args()
    train(arguments.data, arguments.out, arguments)


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.execve(
            sys.executable,
            [sys.executable, "-m", "bench.redaction.train", *sys.argv[1:]],
            {**os.environ, "PYTHONHASHSEED": "0"},
        )
    main()
