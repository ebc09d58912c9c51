"""A small mail server for the demo: takes every mail, keeps the newest as files and shows them on a page."""
