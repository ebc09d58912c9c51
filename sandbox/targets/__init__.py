"""What orders change: lines with their cards and numbers, and billing accounts."""
