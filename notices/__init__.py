"""Notices in the console and e-mail: written with the change they tell of, sent afterwards."""
