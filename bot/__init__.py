"""A Slack sales coach: facts by code, judgement from evidence, words checked before a person sees them."""
