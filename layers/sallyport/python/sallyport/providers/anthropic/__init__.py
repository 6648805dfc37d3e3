"""Models behind Anthropic's Messages API, or a server that speaks it."""
