"""OpenAI's Responses API: `POST /v1/responses`, as the official SDK sends and reads it. Nothing is kept between two."""
