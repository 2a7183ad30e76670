"""The check between a model's words and the person: what no recorded fact supports is taken out."""
