"""Every run kept, and files of runs."""
