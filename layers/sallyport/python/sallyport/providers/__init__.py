"""Who answers. A provider has `build` for its request, `read` for its reply, and `client`, which calls it."""
