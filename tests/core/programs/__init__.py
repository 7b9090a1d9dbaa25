"""The tests of the programs and their experiments."""
