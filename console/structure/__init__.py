"""The company's tree of departments and what the operator has."""
