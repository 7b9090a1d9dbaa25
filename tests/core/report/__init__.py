"""Tests of the report and its charts."""
