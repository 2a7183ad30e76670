"""Saved views over deals: filters on any facet, sorted, for an audience."""

from bot.pipeline.views.catalogue import UnknownView, View, ViewDesk, Views, load_views

__all__ = ["UnknownView", "View", "ViewDesk", "Views", "load_views"]
