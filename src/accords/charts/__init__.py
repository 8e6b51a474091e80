"""Charts: Plotly figures of measures. Nothing is counted here."""
