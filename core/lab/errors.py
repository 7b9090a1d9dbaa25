"""What can go wrong in the lab process, beside what the work itself raises."""


class NotHere(ImportError):
    """This Python lacks what the work, or the kind of workers, needs; says what that is."""


class WrongAnswer(ArithmeticError):
    """The parts were computed, but their sum is not what it must be."""
