"""Finding Pythons, asking them who they are, and running on several."""
