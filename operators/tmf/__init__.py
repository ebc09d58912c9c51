"""The TM Forum adapter, version 4 of the Open APIs: orders, reading, events."""
