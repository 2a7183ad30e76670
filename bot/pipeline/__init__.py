"""Deals as data: what CRM, mail and calendar say, imported and measured. Knows no Slack and no model."""
