"""OpenAI's chat completions, as the official SDK sends and reads them."""
