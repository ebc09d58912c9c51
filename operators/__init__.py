"""The gateway to the operator's business systems."""
