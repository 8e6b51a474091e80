"""Measures: tables in, tables out. Every count in the report is made here; nothing is drawn."""
