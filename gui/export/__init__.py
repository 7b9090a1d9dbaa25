"""What can be taken away from the window: pictures, tables, reports and files of runs."""
