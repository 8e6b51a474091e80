"""Sentences: what the measures say, in words, each number a link to the rows that it counts."""
