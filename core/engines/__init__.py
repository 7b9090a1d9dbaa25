"""Where work can be sent: each engine is a concurrent.futures.Executor."""
