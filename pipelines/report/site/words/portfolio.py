"""Words of the overview and of portfolio pages."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "home.title": (
        "Which share of the financed cement, steel and flat-glass capacity is green?",
        "所融资的水泥、钢铁与平板玻璃产能中，绿色占多少？",
    ),
    "home.rate": ("{0} of assessed exposure is green", "已评估敞口中 {0} 为绿色"),
    "home.not_assessable": ("Not assessable", "无法评估"),
    "portfolio.title": ("Portfolio {0}", "组合 {0}"),
}
