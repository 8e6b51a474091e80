"""What the package raises when it cannot go on."""


class AccordsError(Exception):
    """A sentence for the user: what is wrong, where, and what to do."""


class DatasetError(AccordsError):
    """The dataset cannot be read."""
