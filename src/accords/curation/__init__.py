"""The curator's loop: workbooks, entries, corrections, differences between editions, releases.

Every change of the tables goes through here, checked and all or nothing. May use the dataset, the
checks and, for what a release says of its findings, the prose; never the report.
"""
