"""`rules/units.yaml` → the closed unit table, every spelling of a unit with its quantity and exact factor.

Units per product (`kgce/t clinker`) are composed of a quantity's units and a product's units, so that a tonne of clinker and a tonne of
cement are never the same denominator. Factors are exact fractions: `1/29.3076` is written as such.
"""

from __future__ import annotations

from fractions import Fraction

from pipelines.rulebook.fields import Section
from pipelines.rulebook.files import RuleFile
from pipelines.rulebook.keys import PER_PRODUCT, PRODUCT, QUANTITY, UNIT, UNITS_FILE
from pipelines.rulebook.mistakes import near_miss
from pipelines.rulebook.vocabulary import Unit

#: Volume fraction and mass concentration of a gas: joined by an indicator's molar mass, not by a factor.
VOLUME_CONCENTRATION, MASS_CONCENTRATION = "volume_concentration", "mass_concentration"
#: Molar volume of an ideal gas at 273.15 K and 101.325 kPa in litres.
MOLAR_VOLUME_L = Fraction("22.414")


def load_units(file: RuleFile) -> dict[str, Unit]:
    """Every spelling → its unit."""
    top = file.section(UNITS_FILE)
    units: list[Unit] = []
    by_quantity: dict[str, list[Unit]] = {}
    quantities = top.section("quantities", None)
    for quantity in quantities or ():
        assert quantities is not None
        part = quantities.section(quantity, QUANTITY)
        assert part is not None
        by_quantity[quantity] = _quantity(quantity, part)
        units += by_quantity[quantity]
    per_product = top.section("per_product", PER_PRODUCT)
    if per_product:
        units += _per_product(per_product, by_quantity)
    return _by_spelling(units, top)


def _quantity(quantity: str, part: Section) -> list[Unit]:
    canonical = part.text("canonical") or ""
    units = _units(quantity, canonical, part)
    if canonical and canonical not in {unit.name for unit in units if unit.factor == 1}:
        part.wrong("canonical", f"canonical unit {canonical!r} is not a unit with factor 1 of {quantity}", "list it with factor: 1")
    return units


def _units(quantity: str, canonical: str, part: Section) -> list[Unit]:
    units = []
    listed = part.section("units", None)
    for name in listed or ():
        assert listed is not None
        fields = listed.section(name, UNIT)
        assert fields is not None
        factor = _factor(fields)
        if factor is not None:
            units.append(Unit(name, quantity, factor, canonical, fields.texts("aliases")))
    return units


def _factor(fields: Section) -> Fraction | None:
    """A number, or a quotient of two numbers in quotes."""
    if "factor" not in fields:
        return None
    try:
        top, _, bottom = getattr(fields.node("factor"), "text", "").partition("/")
        factor = Fraction(top.strip()) / Fraction(bottom.strip() or 1)
    except (ValueError, ZeroDivisionError):
        factor = Fraction(0)
    if factor > 0:
        return factor
    fields.wrong("factor", "factor is not a number above 0", 'write a number such as 1000, or a quotient in quotes: "1/29.3076"')
    return None


def _per_product(part: Section, by_quantity: dict[str, list[Unit]]) -> list[Unit]:
    units: list[Unit] = []
    names = part.words("quantities", by_quantity, "quantity")
    products = part.section("products", None)
    for product in products or ():
        assert products is not None
        fields = products.section(product, PRODUCT)
        assert fields is not None
        denominators = _units(product, "", fields)
        if not any(unit.factor == 1 for unit in denominators):
            fields.add(fields.at, f"product {product!r} has no unit with factor 1", "give its tonne factor: 1")
            continue
        units += [unit for name in names for unit in _compose(name, by_quantity[name], product, denominators)]
    return units


def _compose(quantity: str, numerators: list[Unit], product: str, denominators: list[Unit]) -> list[Unit]:
    base = next(unit for unit in denominators if unit.factor == 1)
    composed = []
    for top in numerators:
        for bottom in denominators:
            spellings = [f"{a}/{b}" for a in (top.name, *top.aliases) for b in (bottom.name, *bottom.aliases)]
            composed.append(
                Unit(
                    spellings[0],
                    f"{quantity}_per_t_{product}",
                    top.factor / bottom.factor,
                    f"{top.canonical}/{base.name}",
                    tuple(spellings[1:]),
                )
            )
    return composed


def _by_spelling(units: list[Unit], top: Section) -> dict[str, Unit]:
    found: dict[str, Unit] = {}
    for unit in units:
        for spelling in (unit.name, *unit.aliases):
            if spelling in found:
                top.add(1, f"unit {spelling!r} stands twice ({found[spelling].quantity} and {unit.quantity})", "keep one")
            found[spelling] = unit
    return found


def read_unit(part: Section, key: str, units: dict[str, Unit]) -> Unit | None:
    """The unit that a key names; an unknown one is noted with the nearest known one."""
    text = part.text(key)
    if text is None:
        return None
    if text not in units:
        part.mistakes.add_unknown("units", part.path, part.line(key), f"unit {text!r} is unknown", _advice(text, units))
        return None
    return units[text]


def _advice(text: str, units: dict[str, Unit]) -> str:
    names = {unit.name for unit in units.values()}
    per_product = sorted(name for name in names if name.startswith(f"{text} "))
    if per_product:
        return f"say tonne of what: {', '.join(per_product)}"
    return near_miss(text, sorted(names), near_miss(text, units, "use one from rules/units.yaml"))


def factor_to(unit: Unit, target: Unit, molar_mass_g_per_mol: Fraction | None) -> Fraction | None:
    """What a value in `unit` is multiplied by to be in `target`; None where the quantities do not fit.

    ppm (by volume) → mg/m3 at 273.15 K and 101.325 kPa: molar mass over the molar volume 22.414 L/mol.
    """
    if unit.quantity == target.quantity:
        return unit.factor / target.factor
    if unit.quantity == VOLUME_CONCENTRATION and target.quantity == MASS_CONCENTRATION and molar_mass_g_per_mol:
        return unit.factor * molar_mass_g_per_mol / MOLAR_VOLUME_L / target.factor
    return None
