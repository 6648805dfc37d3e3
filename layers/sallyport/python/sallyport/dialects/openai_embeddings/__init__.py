"""OpenAI's Embeddings API: its body as our request, our answer as its list."""
