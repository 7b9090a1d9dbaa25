"""What a person sees; no view knows a future, an engine or the controller."""
