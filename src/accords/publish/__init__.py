"""From notebooks to the report: run, draw, write, print, put into place, watch and serve.

Stands on all other rooms but the command line, which alone may use it.
"""
