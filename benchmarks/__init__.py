"""How fast Futures Lab is, beside what one would use instead; nothing here is a test."""
