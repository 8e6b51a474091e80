"""Tables in, tables out: what is counted, compared and estimated.

A measure draws nothing and says nothing; its table is what a chart draws and a passage words. May
use the dataset alone.
"""
