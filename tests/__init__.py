"""The tests of Futures Lab."""
