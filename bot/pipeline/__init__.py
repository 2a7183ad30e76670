"""Deals as data: what CRM, mail and calendar say, imported, measured, compared. Knows no Slack, no model, no handbook."""
