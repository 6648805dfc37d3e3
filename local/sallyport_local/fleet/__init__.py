"""A fleet of simulated providers on HTTP: `python -m sallyport_local.fleet`. No model is behind it, and it says so.

It speaks Bedrock's Converse and ConverseStream, OpenAI's chat completions, and as much of STS as assumes a role.
Quotas, latencies and faults come from a script. It counts what it served, so that a gateway's own books can be held
to that.
"""
