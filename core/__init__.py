"""What the lab can do, without any window: experiments, the engines they run on, their results."""

__version__ = "0.1.0"
