"""Evidence: what was said and done about a deal, with source, person, date and grade (DOMAIN 3.1)."""
