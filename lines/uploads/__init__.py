"""Uploaded lists of numbers: reading, keeping, the sample to fill in."""
