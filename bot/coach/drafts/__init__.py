"""Drafts for the rep to copy: recorded facts only, a named placeholder where nothing is recorded (F038, F042)."""
