"""A run on one page: charts as SVG, and the report that has them, for people who have no lab."""
