"""What clients and auditors see when upstreams, clients and requests go wrong: `python -m bench.faults`."""
