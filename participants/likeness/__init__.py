"""How likely two records are one person. Knows nothing of the database or of the web."""
