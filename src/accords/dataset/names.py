"""Names as people write them: folded so that they can be compared, and resolved to codes."""

import difflib
import re
import unicodedata
from collections.abc import Iterable

import pandas as pd

from accords.errors import AccordsError

MOST_LISTED = 40  # codes that a message lists at most

# Letters that carry no separable mark, yet are typed without it, and Cyrillic ones that look Latin.
# As in the report's own search (publish/static/table.js).
_LETTERS = str.maketrans(
    {"ə": "e", "ǝ": "e", "ә": "e", "ı": "i", "ø": "o", "đ": "d", "ł": "l", "æ": "ae", "œ": "oe"}
    | dict(zip("аеорсх", "aeopcx", strict=True))
    | {"ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك", "ٱ": "ا"}
    | dict.fromkeys("'’ʼـ", "")
    | {digit: str(n % 10) for n, digit in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")}
)


def fold(text: str) -> str:
    """Take case, accents and punctuation off, so that 'Müdafiə' is found as 'mudafie'."""
    bare = text.casefold().translate(_LETTERS)
    bare = "".join(c for c in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(c))
    return " ".join(re.sub(r"[\W_]+", " ", bare.casefold().translate(_LETTERS)).split())


def resolve(what: str, wanted: str | Iterable[str], names: pd.DataFrame) -> tuple[str, ...]:
    """Return the codes of what people write: codes or names, one or several, in any case.

    ``names`` is by code, a column for each kind of name; of two written alike the earlier counts.
    An :class:`AccordsError` says ``what`` does not exist, and names the nearest one, else all.
    """
    written = pd.concat([names.index.to_series(), *(names[column] for column in names)]).dropna()
    codes = {fold(str(word)): str(code) for code, word in reversed(list(written.items()))}
    values = [str(value) for value in ([wanted] if isinstance(wanted, str) else wanted)]
    for value in values:
        if (folded := fold(value)) not in codes:
            remedy = _remedy(folded, codes, names)
            raise AccordsError(f"{what}: there is no '{value}'. {remedy}")
    return tuple(dict.fromkeys(codes[fold(value)] for value in values))


def _remedy(folded: str, codes: dict[str, str], names: pd.DataFrame) -> str:
    shown = names.iloc[:, 0]
    for word in difflib.get_close_matches(folded, codes, n=1):
        return f"Did you mean {codes[word]} ({shown[codes[word]]})?"
    if len(shown) > MOST_LISTED:
        return f"Use codes or names, such as {shown.index[0]} or {shown.iloc[0]}."
    return f"Use one of: {', '.join(shown.index)}."
