"""Opportunity consults: preparing, holding, wrapping up and following up (DOMAIN 6)."""
