"""Drawing: one function a chart, from the table of a measure to a figure in the house style.

A chart takes the dataset, for names, and the table of the measure that its decorator names. It
counts nothing and takes its words from the prose. May use the dataset, the analysis and the prose.
"""
