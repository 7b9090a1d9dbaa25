"""What came of a run: its record, where it was measured, and what the numbers say."""
