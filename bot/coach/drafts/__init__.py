"""Drafts for the rep to copy: recorded facts only, and a named placeholder wherever nothing is recorded (F038, F042)."""
