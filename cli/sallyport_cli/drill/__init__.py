"""`sallyport drill`: a gateway in front of a fleet of simulated providers, and what becomes of its requests."""
