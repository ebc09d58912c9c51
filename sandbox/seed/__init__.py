"""Made-up but well-formed customers, accounts and lines, the same again for the same seed."""
