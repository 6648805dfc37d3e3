"""Models behind any OpenAI-compatible address: OpenAI itself, vLLM, Ollama, or another server of one's own."""
