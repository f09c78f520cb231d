"""Where a page stands: made from ids alone, so that a link kept from one night leads to the same thing in another."""

from __future__ import annotations

import hashlib
import posixpath

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-")
#: Longest name of a file made from an id; a longer one keeps its beginning and a hash of all of it.
_LONGEST = 100

HOME = "index.html"
#: The overview as one file for mail, beside the site.
MAIL = "../scorecard.html"
PORTFOLIOS = "portfolios/index.html"
PLANTS = "plants/index.html"
BORROWERS = "borrowers/index.html"
FINDINGS = "findings.html"
RULES = "rules/index.html"
COUNTRIES = "countries.html"
METHOD = "method.html"
COVERAGE = "coverage.html"


def slug(key: object) -> str:
    """An id as the name of a file: letters, digits, dot and dash stay, any other sign becomes its code between underscores.

    Two ids never share a name where the file system tells capital letters apart.
    """
    text = str(key)
    name = "".join(sign if sign in _PLAIN else f"_{ord(sign):x}_" for sign in text)
    name = f"_{name}" if name.startswith(".") or name == "index" else name
    return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 17]}_{hashlib.sha256(text.encode('utf-8')).hexdigest()[:16]}"


def portfolio_address(portfolio_id: str) -> str:
    """Page of a portfolio."""
    return f"portfolios/{slug(portfolio_id)}.html"


def borrower_address(borrower_id: str) -> str:
    """Page of a borrower over all portfolios."""
    return f"borrowers/{slug(borrower_id)}.html"


def plant_address(plant_id: str) -> str:
    """Page of a plant."""
    return f"plants/{slug(plant_id)}.html"


def indicator_address(entity_id: str, indicator_id: str) -> str:
    """Page of an indicator of a stack: `entity_id` is `stack:P1-K1-ST`."""
    return f"indicators/{indicator_fragment(entity_id, indicator_id)}.html"


def returns_address(plant_id: str) -> str:
    """Page of all indicators of a plant that come from returns, each at its own `indicator_fragment`."""
    return f"indicators/{slug(plant_id)}.html"


def indicator_fragment(entity_id: str, indicator_id: str) -> str:
    """Place of an indicator on that page."""
    return f"{slug(entity_id.replace(':', '-'))}.{slug(indicator_id)}"


def place_address(plant_id: str, entity_id: str, indicator_id: str | None, operator: str | None) -> str:
    """Where a verdict stands: the page of the indicator for a stack, else its place among the returns, without a number on the plant's."""
    if not indicator_id or operator in (None, "prohibited", "required"):
        place = {"prohibited": "#units", "required": "#required"}.get(operator or "", "")
        return plant_address(plant_id) + place
    if entity_id.startswith("stack:"):
        return indicator_address(entity_id, indicator_id)
    return f"{returns_address(plant_id)}#{indicator_fragment(entity_id, indicator_id)}"


def instrument_address(instrument_id: str) -> str:
    """Page of an instrument with all its rules."""
    return f"rules/{slug(instrument_id)}.html"


def rule_address(rule_id: str) -> str:
    """Place of a rule on the page of its instrument, whose id the rule's id begins with."""
    return f"{instrument_address(rule_id.partition('__')[0])}#{rule_anchor(rule_id)}"


def rule_anchor(rule_id: str) -> str:
    """Id of a rule on that page: letters, digits, dot, dash and underscore stay."""
    return "".join(sign if sign in _PLAIN or sign == "_" else f"_{ord(sign):x}_" for sign in rule_id)


def relative(here: str, target: str) -> str:
    """`target` as a link from the page `here`; both relative to the site's folder, which lies in the folder of the run."""
    site = "/run/site"  # a made-up place: no path of the machine enters, and `../` from the site still leads to the run
    return posixpath.relpath(f"{site}/{target}", f"{site}/{posixpath.dirname(here)}")
