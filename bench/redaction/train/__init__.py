"""The training of the tagger: `python -m bench.redaction.train`."""
