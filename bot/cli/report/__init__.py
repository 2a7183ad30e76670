"""The reports, one a file: fetched as plain data for JSON, and printed as tables people read."""
