"""Commands for the people who run the console: `python -m console.cli`."""
