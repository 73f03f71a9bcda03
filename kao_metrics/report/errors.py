"""What can go wrong with a report, apart from its data."""


class UsageError(ValueError):
    """The call cannot work as it was written: exit status 2."""


class ReportError(Exception):
    """The report could not be made or written: exit status 1."""
