"""Guidance as knowledge: load, clean, split, embed, index, search. Knows no deals."""
