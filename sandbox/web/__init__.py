"""The HTTP side of the stand-in operator: TM Forum calls and admin calls."""
