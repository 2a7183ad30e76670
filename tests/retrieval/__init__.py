"""How well the handbook search finds, and how well it stays silent: questions, measures, baselines, one table."""
