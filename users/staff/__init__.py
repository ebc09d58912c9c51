"""People of the operator and the companies they look after."""
