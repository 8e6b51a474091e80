"""What the package raises when it cannot go on."""


class AccordsError(Exception):
    """A sentence for the user: what is wrong, where, and what to do."""


class DatasetError(AccordsError):
    """The dataset cannot be read."""


class NoDataset(DatasetError):
    """No dataset lies here or above; ``missing`` says what was looked for and where."""

    def __init__(self, missing: str) -> None:
        self.missing = missing
        super().__init__(f"{missing} Name it: load('path/to/data').")
