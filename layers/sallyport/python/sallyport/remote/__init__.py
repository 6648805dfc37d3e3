"""What a client names by its address, fetched by us: from which hosts, from which addresses, and how."""
