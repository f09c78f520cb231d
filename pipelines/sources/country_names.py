"""Country names as publishers write them → ISO 3166-1 alpha-3, from `data/reference/countries.csv`."""

from __future__ import annotations

import csv
import re
import unicodedata
from functools import lru_cache

from pipelines.settings import REFERENCE_FOLDER

#: Words that publishers put where the country would stand, for money that goes to no single country.
_NOT_A_COUNTRY = re.compile(r"\b(region|subregion|regional|multi region|world|unknown|pending|unspecified|global)\b")


def country_iso3(name: str) -> str | None:
    """Alpha-3 code of a country's name, alias or code in any case, accents and apostrophes ignored; None if unknown.

    Namibia's alpha-2 code `NA` is a code like any other.
    """
    return _codes_by_name().get(_name_key(name))


def is_region(name: str) -> bool:
    """Whether the text names a group of countries, or none at all, on purpose ("World Region", "Country Name Pending")."""
    return bool(_NOT_A_COUNTRY.search(_name_key(name)))


def _name_key(name: str) -> str:
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", " ", plain.replace("’", "'")).strip()


@lru_cache(maxsize=1)
def _codes_by_name() -> dict[str, str]:
    codes: dict[str, str] = {}
    with (REFERENCE_FOLDER / "countries.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            names = [row["country_iso3"], row["country_iso2"], row["country_name"], *row["aliases"].split(";")]
            codes.update({_name_key(name): row["country_iso3"] for name in names if name.strip()})
    return codes
