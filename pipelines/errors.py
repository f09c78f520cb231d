"""Errors that a person can mend: each message says where, what is wrong and what to do. No logic."""


class GreenCapacityError(Exception):
    """Base of every error that ends with a message instead of a traceback."""


class WrongUseError(GreenCapacityError):
    """The command was called in a way that cannot work (exit code 2)."""


class GateError(GreenCapacityError):
    """A gate blocked the run: nothing was published, the last good scorecard stays (exit code 4)."""


class RuleFileError(GateError):
    """Rule files that cannot be read; the message lists every mistake of every file as `path:line: what; what to do`."""


class ModelFileError(GreenCapacityError):
    """A SQL model that cannot be read or built, with its file and line."""


class SourceFileError(GateError):
    """A received file that cannot be read, with file, row, column and what to do."""
