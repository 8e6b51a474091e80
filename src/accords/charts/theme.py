"""One visual language: colours by name, marks of states, and the Plotly template.

Only the colours below may be used. The report's exporter replaces each by a CSS variable, which is
how charts follow the reader's light or dark mode. Only ``scatter`` and ``bar`` traces may be used:
they draw as vectors (Plotly's heatmap becomes a bitmap) and keep the shipped bundle small.
"""

import html
import re
import textwrap
from collections.abc import Mapping, Sequence

import plotly.graph_objects as go
import plotly.io as pio
from IPython.display import HTML, display

from accords.errors import AccordsError

FONT = "Liberation Sans, Arimo, Arial, Helvetica, sans-serif"
NBSP = "\N{NO-BREAK SPACE}"  # keeps a text off what it stands next to; a plain space is dropped
WIDE, NARROW = 760, 360  # px, for a desk and for a phone

COLOURS: dict[str, tuple[str, str]] = {
    # token: (light, dark)
    "paper": ("#ffffff", "#15181b"),
    "ink": ("#1b1f23", "#e9e7e2"),
    "muted": ("#59626c", "#a6aeb6"),
    "grid": ("#e2e5e8", "#2d343a"),
    "soft": ("#c3c9cf", "#4b545c"),
    "state-1": ("#0072b2", "#56b4e9"),
    "state-2": ("#c45500", "#f28e4b"),
    "accent": ("#00795a", "#33c69b"),
    "accent-2": ("#b0568c", "#d98cba"),
    "accent-3": ("#9f6b00", "#e0a52e"),
    "scale-0": ("#eef1f4", "#20262b"),
    "scale-1": ("#d0dae3", "#2f3d49"),
    "scale-2": ("#a3b8ca", "#3e5163"),
    "scale-3": ("#7796b1", "#4d6880"),
    "scale-4": ("#3f6688", "#86a8c4"),
    "scale-5": ("#1c3f5e", "#b5d0e6"),
}

STATES = ("state-1", "state-2", "accent", "accent-2", "accent-3")
SYMBOLS = ("circle", "diamond", "square", "triangle-up", "cross")
"""Colour and mark of the focus states, in the order in which the dataset names them."""


def colour(token: str) -> str:
    """Return the light colour of a token."""
    return COLOURS[token][0]


def state_colours(states: Sequence[str]) -> dict[str, str]:
    """Return the colour of each focus state, in the order in which the dataset names them."""
    return {state: colour(STATES[n % len(STATES)]) for n, state in enumerate(states)}


def state_symbols(states: Sequence[str]) -> dict[str, str]:
    """Return the mark of each focus state, so that colour is never alone."""
    return {state: SYMBOLS[n % len(SYMBOLS)] for n, state in enumerate(states)}


def safe(text: object) -> str:
    """Write text from the data so that Plotly shows it as it is.

    Plotly takes ``%{`` for the start of a placeholder and reads texts as HTML, whose entities it
    resolves last. Wrap, shorten and sort before: the result is longer than what is seen.
    """
    return html.escape(str(text), quote=False).replace("%{", "%&#123;")


def wrapped(text: str, width: int) -> str:
    """Break a text into lines, safe to show."""
    return "<br>".join(map(safe, textwrap.wrap(text, width)))


def use(colours: Mapping[str, tuple[str, str]] | None = None) -> None:
    """Make the house style the notebook's default, for charts of one's own too, light and dark.

    >>> use({"state-1": ("#7b2d8b", "#c58fd0")})  # doctest: +SKIP

    Charts drawn from now on have these tokens of :data:`COLOURS` in other colours (light, dark).
    """
    for token, pair in (colours or {}).items():
        if token not in COLOURS or not all(re.fullmatch("#[0-9a-f]{6}", c) for c in pair):
            tokens = f"one of {', '.join(COLOURS)}"
            raise AccordsError(f"{token}: give {tokens} two colours, as {COLOURS['ink']}.")
        COLOURS[token] = pair
    pio.templates["accords"] = _template()
    pio.templates.default = "accords"
    display(HTML(f"<style>{dark_rules()}</style>"))


def dark_rules() -> str:
    """Return the rules of CSS that draw each colour by its dark twin where JupyterLab is dark."""
    dark = '[data-jp-theme-light="false"] .js-plotly-plot'
    rules = [
        f"{dark} .modebar-group{{background:transparent!important}}",
        f"{dark} .modebar-btn path{{fill:{COLOURS['muted'][1]}!important}}",
    ]
    for light, twin in COLOURS.values():
        rgb = f"rgb({', '.join(str(int(light[i : i + 2], 16)) for i in (1, 3, 5))})"
        rules += [
            f'{dark} [style*="{part}: {rgb}"]{{{part}:{twin}!important}}'
            for part in ("fill", "stroke")
        ]
        # Words in an annotation keep their colour as it was written.
        rules.append(f'{dark} tspan[style*="{light}"]{{fill:{twin}!important}}')
    return "".join(rules)


def _template() -> go.layout.Template:
    small = {"size": 12, "color": colour("muted")}
    axis = {
        "gridcolor": colour("grid"), "linecolor": colour("soft"), "zerolinecolor": colour("soft"),
        "tickcolor": colour("soft"), "automargin": True, "title": {"font": small},
        "tickfont": small,
    }  # fmt: skip
    return go.layout.Template(
        data={
            "bar": [{"marker": {"line": {"width": 0}}, "textfont": {"size": 12}}],
            "scatter": [{"textfont": {"size": 12, "color": colour("ink")}}],
        },
        layout={
            "font": {"family": FONT, "size": 13, "color": colour("ink")},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": [colour(t) for t in ("state-1", "state-2", "muted", "accent")],
            "annotationdefaults": {"showarrow": False, "font": small},
            "title": {"x": 0, "xref": "container", "xanchor": "left", "yref": "container",
                      "yanchor": "top", "pad": {"l": 8}, "font": {"size": 16}},
            "margin": {"l": 8, "r": 12, "t": 90, "b": 40},
            "xaxis": axis,
            "yaxis": axis,
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "title": ""},
            "hoverlabel": {"font": {"family": FONT, "size": 13}},
            "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": colour("soft")},
            "bargap": 0.25,
        },
    )  # fmt: skip


pio.templates["accords"] = _template()
