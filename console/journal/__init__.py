"""The journal: search, words, addresses of its objects."""
