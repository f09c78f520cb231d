"""One way to write a value down, so that equal values have equal hashes on every machine."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical_text(value: Any) -> str:
    """JSON of `value` with sorted keys, no blanks and no escapes: one text for one value."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def value_hash(value: Any) -> str:
    """sha256 of `canonical_text`, hex."""
    return hashlib.sha256(canonical_text(value).encode("utf-8")).hexdigest()
