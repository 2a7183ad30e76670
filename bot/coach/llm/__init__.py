"""The only place that talks to a language model: prompts, calls within limits, and the two jobs.

A model proposes evidence and words. Whether they are used is decided elsewhere, by code.
"""
