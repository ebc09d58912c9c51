"""Numbers: the list, the tree beside it, the card, uploaded lists."""
