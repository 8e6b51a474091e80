"""The report: executed notebooks in, one finished page and its pictures out."""
