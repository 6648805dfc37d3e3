"""Half an hour of requests with faults on, and books that must agree: `python -m bench.soak`."""
