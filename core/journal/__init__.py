"""The journal: entries in a chain per company, searching them, words for them."""
