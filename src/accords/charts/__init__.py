"""Drawing: one function a chart, from the table of a measure to a figure in the house style.

A chart counts nothing and takes its words from the prose. May use the dataset, the analysis and
the prose.
"""
