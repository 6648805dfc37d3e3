"""Names of people, places, organisations and parts of addresses, found by a small model that was trained on text.

A linear-chain conditional random field over words, decoded in plain Python. `bench/redaction/train` makes its two
artefacts, `names.model` and `names.words`; ATTRIBUTION.md beside them says of what.
"""
