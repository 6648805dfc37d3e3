"""The HTTP face of the gateway: speaks the clients' dialects, seals what comes in, restores what goes out."""
