"""Tests of the checks themselves: each is broken on purpose and must say so."""
