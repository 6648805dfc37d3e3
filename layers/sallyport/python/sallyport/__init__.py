"""Sallyport: the gateway's domain, its ports, and their implementations on AWS."""
