"""Rubric cards (DOMAIN 7): small scores computed from evidence, each point with its reason, unknown as a question."""
