"""π by the Leibniz series, in the book's own lines: 4 · (1 - 1/3 + 1/5 - 1/7 + ...)."""

from core.lab.programs.pi_scaling import myPi

__all__ = ["myPi"]
