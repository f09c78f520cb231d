"""Words of the page of countries."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "map.title": ("Host countries of {0} by the largest part of their exposure", "{0} 的东道国，按敞口最大部分着色"),
    "map.how": (
        "Colour, pattern and sign show which part of the exposure in a country is the largest; the table has all parts. Outlines: Natural "
        "Earth, simplified; they express no opinion on any boundary or status.",
        "颜色、图案和符号表示该国敞口中最大的部分；全部数字见表。轮廓来自 Natural Earth，经简化，不代表对任何边界或地位的立场。",
    ),
    "map.country": ("{0}: {1} USD, largest part {2}", "{0}：{1} 美元，最大部分为{2}"),
    "map.not_drawn": ("Too small for the outlines or not among them:", "轮廓中未包含："),
    "countries.host": ("Host countries of {0}", "{0} 的东道国"),
    "countries.unknown": ("country not known", "国家未知"),
    "countries.need": ("Need and capacity behind the exposure", "敞口背后的需求与产能"),
    "countries.need.how": (
        "Whether a country needs more capacity, beside the exposure to new capacity there; figures of publishers, each with its source.",
        "东道国是否需要更多产能，以及对当地新增产能的敞口；数据均注明来源。",
    ),
    "countries.capacity": ("Capacity, production and demand", "产能、产量与需求"),
    "countries.capacity.none": ("No figures for these countries have been received.", "未收到这些国家的数据。"),
    "countries.variance": ("Values of countries beside each other", "各国数值对比"),
    "countries.variance.how": (
        "Median of the plants of each country, with the limit of the country's law. Shown only where five plants or "
        "more stand behind a figure.",
        "各国工厂的中位数与该国法定限值。仅在至少五家工厂时显示。",
    ),
    "countries.withheld.one": ("1 group with fewer plants is withheld.", "另有 1 组因工厂过少而不予列示。"),
    "countries.withheld": ("{0} groups with fewer plants are withheld.", "另有 {0} 组因工厂过少而不显示。"),
    "need_state": ("Need", "需求状况"),
    "need.need_met": ("met", "已满足"),
    "need.excess": ("capacity in excess", "产能过剩"),
    "need.shortfall": ("shortfall", "存在缺口"),
    "need.unknown": ("not known", "未知"),
    "new_capacity": ("New capacity", "新增产能"),
    "utilisation": ("Utilisation", "产能利用率"),
    "capacity_t": ("Capacity, t/year", "产能（吨/年）"),
    "production_t": ("Production, t", "产量（吨）"),
    "consumption_t": ("Consumption, t", "消费量（吨）"),
    "excess_t": ("Excess, t", "过剩（吨）"),
    "year": ("Year", "年份"),
    "estimate": ("estimate", "估计"),
    "median": ("Median", "中位数"),
    "quartiles": ("Quartiles", "四分位"),
    "green_of_assessed": ("Green of assessed", "已评估中的绿色占比"),
    "lowest_highest": ("Lowest – highest possible", "可能的最低–最高"),
    "process": ("Process", "工序"),
}
