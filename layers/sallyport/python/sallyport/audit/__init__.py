"""The audit log: sealed records in signed batches, each of which names the one before."""
