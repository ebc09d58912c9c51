"""The pages: one blueprint per area, each a thin layer over the domain's services."""
