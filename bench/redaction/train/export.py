"""A model of CRFsuite as the tagger reads it."""

from collections import defaultdict
from pathlib import Path

import pycrfsuite

from sallyport.redaction.tagger.model import KINDS, TAGS, encode


def export(trained: Path, out: Path) -> int:
    """Write the model; how many features it has. Tags that no text had get no weight."""
    tagger = pycrfsuite.Tagger()
    tagger.open(str(trained))
    info = tagger.info()
    weights: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for (feature, tag), weight in info.state_features.items():
        weights[feature][tag] = weight
    assert set(info.labels) <= set(TAGS), KINDS
    out.write_bytes(encode(weights, info.transitions))
    return len(weights)
