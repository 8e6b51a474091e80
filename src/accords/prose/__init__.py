"""All English that is computed: sentences, findings, titles and alternative texts.

A passage takes its numbers from the table that it is given. May use the dataset and the analysis.
"""
