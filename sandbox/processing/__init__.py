"""The back office of the stand-in operator: orders that are due are carried out."""
