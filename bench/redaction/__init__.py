"""Benchmarks of the redaction engine, and the training of its model."""
