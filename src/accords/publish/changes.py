"""The chapter on what changed since the last edition, as the report shows it."""

from markupsafe import Markup
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from accords.curation.changes import Difference, FindingChange
from accords.curation.telling import account, counted, excerpts
from accords.dataset import edtf
from accords.templates import render
from accords.words import Text, linked


def as_notebook(difference: Difference) -> NotebookNode:
    """Return the chapter as an executed notebook, for the report to set beside the others."""
    told = account(difference, edtf.spoken)
    told["counted"] = Markup(counted(difference, linked))
    told["findings"] = [(f.lead, *_sides(f)) for f in difference.findings]
    shown = render("accords.publish", "changes.html.j2", nothing=not difference, **told)
    cells = [
        new_markdown_cell("# What changed since the last edition", id="title"),
        new_code_cell(
            "", outputs=[new_output("display_data", {"text/html": Text(shown).html})], id="changes"
        ),
    ]
    return new_notebook(cells=cells, metadata={"title": "what-changed"})


def _sides(finding: FindingChange) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    if finding.before is not None and finding.after is not None:
        return excerpts(finding.before, finding.after)
    none = "No such finding."
    return [(finding.before or none, False)], [(finding.after or none, False)]
