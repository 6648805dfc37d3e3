"""The gateway's own dialect for texts to be anonymized, and for getting the originals back."""
