"""MEDDPPICC: evidence in, statuses and gaps out. Code decides; nothing here asks a model (DOMAIN 3)."""
