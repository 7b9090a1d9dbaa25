"""Qt models and arrays over runs and tasks."""
