"""What git stores of a notebook: ``make setup`` makes this its filter for ``notebooks/``.

So what running the cells gave stays in the analyst's file, and out of the history.
"""

import json
import sys
from typing import Any

OF_A_RUN = {"collapsed", "execution", "papermill", "scrolled", "trusted", "widgets"}
"""Metadata that running and viewing leave in a notebook or in its cells."""

OF_A_MACHINE = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
"""What a notebook says of its kernel, without the versions of the machine that ran it."""


def stored(text: str) -> str:
    """Return a notebook without what is of a run or a machine; anything else as it is."""
    try:
        notebook: dict[str, Any] = json.loads(text)
        for part in (notebook, *notebook["cells"]):
            part["metadata"] = {k: v for k, v in part["metadata"].items() if k not in OF_A_RUN}
            if part.get("cell_type") == "code":
                part["outputs"], part["execution_count"] = [], None
        notebook["metadata"] |= OF_A_MACHINE
    except (ValueError, TypeError, KeyError, AttributeError):
        return text
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    content = sys.stdin.buffer.read().decode("utf-8", errors="surrogateescape")
    sys.stdout.buffer.write(stored(content).encode("utf-8", errors="surrogateescape"))
