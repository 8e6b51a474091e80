"""What is said of claims: the sentences of their verdicts, the tally and the table."""

from functools import partial

import pandas as pd
from markupsafe import Markup

from accords.dataset import Dataset
from accords.prose.names import Row
from accords.prose.passage import BLOCK, Parts, passage, said
from accords.words import VERDICTS

VERDICT = "claims/verdicts.html.j2"  # a macro for each code of what a test found

NO_CLAIMS = "the data hold none about an agreement of these states."


def reason(dataset: Dataset, row: Row) -> Markup:
    """Say what the test of one claim found (a row of :func:`accords.analysis.claims.verdicts`)."""
    own = dataset.claims.loc[dataset.claims["claim_id"] == row["claim_id"], "agreement_id"]
    sentences = [
        said(dataset, {"own": own, **found}, file=VERDICT, macro=code.replace("-", "_"))
        for code, found in row["found"]
    ]
    return Markup(" ".join(sentences))


@passage(f"The claims: {NO_CLAIMS}")
def tally(dataset: Dataset, verdicts: pd.DataFrame) -> Parts:
    """Say whose claims are tested and how they fare (see :mod:`accords.analysis.claims`)."""
    return {"n": verdicts["verdict"].value_counts().reindex(VERDICTS, fill_value=0)}


@passage(f"The table of claims: {NO_CLAIMS}", BLOCK)
def table(dataset: Dataset, verdicts: pd.DataFrame) -> Parts:
    """Set out each claim, its verdict, and what the data show, folded under a heading."""
    return {"reason": partial(reason, dataset)}
