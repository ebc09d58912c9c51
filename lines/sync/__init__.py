"""Synchronisation of lines and SIM cards with the operator."""
