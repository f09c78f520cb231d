"""Names out of what leaves the bank: each replaced by a hash that is the same everywhere in one bank's packs; amounts told as bands."""

from __future__ import annotations

import hashlib
import hmac
import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

_AMOUNT_ENDS = ("_usd", "_amount")
#: Columns left empty: where a plant stands, and what it calls its parts (words such as `Kiln 1`, which a rule's text uses too).
_LEFT_OUT = ("latitude", "longitude", "city", "unit_name", "stack_name", "note")
#: Names shorter than this are replaced as whole words only, else they would break other words.
_SHORT = 4
_DIGITS = 10


class Redaction:
    """Replaces names in texts and rows.

    Args: names: what to hide. key: known to the bank only, so that nobody finds a name by hashing a list of names.
    """

    def __init__(self, names: Iterable[str], key: str) -> None:
        self._key = key.encode("utf-8")
        wanted = sorted({name.strip() for name in names if name and name.strip()}, key=lambda name: (-len(name), name))
        self._pattern = re.compile("|".join(map(_pattern, wanted)), re.IGNORECASE) if wanted else None

    def alias(self, name: str) -> str:
        """What stands for a name: `name-` and ten hex digits; capital letters make no difference."""
        return f"name-{hmac.new(self._key, name.strip().casefold().encode('utf-8'), hashlib.sha256).hexdigest()[:_DIGITS]}"

    def text(self, text: str) -> str:
        """The text with every name replaced, the longest first."""
        return self._pattern.sub(lambda found: self.alias(found[0]), text) if self._pattern else text

    def value(self, value: Any, column: str = "") -> Any:
        """A value, list or mapping with names replaced, amounts banded and places left out, by the name of its column."""
        if isinstance(value, Mapping):
            return {self._key_of(name): self.value(part, name) for name, part in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.value(part, column) for part in value]
        if column in _LEFT_OUT:
            return None
        if column.endswith(_AMOUNT_ENDS) and value is not None:
            return band(float(value))
        return self.text(value) if isinstance(value, str) else value

    def _key_of(self, name: str) -> str:
        """Keys are columns, but those with a dot or blank are names of files."""
        return self.text(name) if "." in name or " " in name else name


def band(amount: float) -> str:
    """An amount as the power of ten it lies in: `10,000,000 to 100,000,000`."""
    if amount <= 0:
        return "0" if amount == 0 else "below 0"
    low = 10 ** max(0, math.floor(math.log10(amount)))
    return f"under {10:,}" if amount < 1 else f"{low:,} to {low * 10:,}"


def _pattern(name: str) -> str:
    return re.escape(name) if len(name) >= _SHORT else rf"(?<!\w){re.escape(name)}(?!\w)"
