"""Words of what the run's tables tell in sentences (`mart_plants__suspicions`, `mart_plants__return_checks`), and of processes.

A sentence of a table is found by its English form (`words.told`), with its own figures in the blanks; tests/unit/report/test_site_told.py
holds both forms together.
"""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "suspicion.flat_line": (
        "Readings repeat the same value for at least {0} hours, from {1}; a verifier would look at the analyser and its raw signal.",
        "自 {1} 起，读数至少连续 {0} 小时为同一数值；核查者会查看分析仪及其原始信号。",
    ),
    "suspicion.copied_days": (
        "{0} of {1} varied days repeat another day hour by hour, among them {2} and {3}; a verifier would look at how the file was made.",
        "{1} 个有波动的日子中，有 {0} 天逐小时重复另一天（如 {2} 与 {3}）；核查者会查看文件的生成方式。",
    ),
    "suspicion.last_digit": (
        "Last digits of the readings are not equally frequent (effect {0}); a verifier would look at rounding and at values set by hand.",
        "读数末位数字出现频率不均（效应量 {0}）；核查者会查看取整方式及人工设定的数值。",
    ),
    "suspicion.pile_up": (
        "{0} % of {1} readings next to the limit lie just under it; a verifier would look at control set-points and at data handling.",
        "限值附近的 {1} 个读数中有 {0}% 恰低于限值；核查者会查看控制设定值与数据处理。",
    ),
    "suspicion.gaps_after_highs": (
        "Gaps begin {0} times as often after readings near or above the limit ({1} of {2} gaps); a verifier would look at the analyser log of "
        "those hours.",
        "读数接近或超过限值后，数据缺口出现的频率为平时的 {0} 倍（{2} 个缺口中的 {1} 个）；核查者会查看相应小时的分析仪日志。",
    ),
    "suspicion.gaps_only_after_highs": (
        "Gaps begin only after readings near or above the limit ({0} of {1} gaps); a verifier would look at the analyser log of those hours.",
        "数据缺口仅在读数接近或超过限值后出现（{1} 个缺口中的 {0} 个）；核查者会查看相应小时的分析仪日志。",
    ),
    "suspicion.ambient_oxygen": (
        "{0} % of running hours show the oxygen of ambient air; a verifier would look at air leaks and at the sampling line.",
        "{0}% 的运行小时显示环境空气的氧含量；核查者会查看漏风与采样管线。",
    ),
    "suspicion.calibration_step": (
        "The mean changes by {0} % across {1} calibrations; a verifier would look at the calibration records.",
        "{1} 次校准前后均值变化 {0}%；核查者会查看校准记录。",
    ),
    "suspicion.low_variation": (
        "Readings vary far less than those of {0} series of the same process; a verifier would look at averaging and range of the analyser.",
        "读数波动远小于同一工序的 {0} 个序列；核查者会查看分析仪的平均方式与量程。",
    ),
    "suspicion.emission_flat": (
        "Monthly production varies by {0} %, this emission by {1} %; a verifier would look at how the emission was worked out.",
        "月产量波动 {0}%，该排放量仅波动 {1}%；核查者会查看排放量的核算方式。",
    ),
    "suspicion.unit_slip": (
        "{0} of {1} days lie a power of 1,000 away from the series' own level, from {2} to {3}; a verifier would look at the unit that the "
        "files of these days declare.",
        "{1} 天中有 {0} 天（{2} 至 {3}）与该序列自身水平相差 1,000 的幂次；核查者会查看这些日子的文件所声明的单位。",
    ),
    "suspicion.unit_slip_ppm": (
        "{0} days in a row, from {1} to {2}, differ from the series' own level by {3}, the factor between ppm and mg/Nm3; a verifier would "
        "look at the unit that the files of these days declare.",
        "{1} 至 {2} 连续 {0} 天与该序列自身水平相差 {3} 倍，即 ppm 与 mg/Nm3 的换算系数；核查者会查看这些日子的文件所声明的单位。",
    ),
    "suspicion.unit_slip_peers": (
        "The level is 10^{0} times that of {1} series of the same process; a verifier would look at the unit that the files declare.",
        "水平为同一工序 {1} 个序列的 10^{0} 倍；核查者会查看文件所声明的单位。",
    ),
    "suspicion.not_believed.one": (
        "On 1 day most values are higher than is believed, from {0}; they are not used, and a verifier would look at the unit that the files "
        "declare.",
        "有 1 天（{0}）的多数数值高于可信水平；这些数值不予采用，核查者会查看文件所声明的单位。",
    ),
    "suspicion.not_believed": (
        "On {0} days most values are higher than is believed, from {1}; they are not used, and a verifier would look at the unit that the "
        "files declare.",
        "自 {1} 起有 {0} 天的多数数值高于可信水平；这些数值不予采用，核查者会查看文件所声明的单位。",
    ),
    "flag.flat_line": ("flat line", "读数不变"),
    "flag.copied_days": ("copied days", "重复日"),
    "flag.last_digit": ("last digit", "末位数字"),
    "flag.pile_up": ("pile up", "限值下方聚集"),
    "flag.gaps_after_highs": ("gaps after highs", "高值后缺口"),
    "flag.ambient_oxygen": ("ambient oxygen", "环境空气氧含量"),
    "flag.calibration_step": ("calibration step", "校准阶跃"),
    "flag.low_variation": ("low variation", "波动过小"),
    "flag.emission_flat": ("emission flat", "排放量不随产量变化"),
    "flag.unit_slip": ("unit slip", "单位误用"),
    "flag.unit_slip_ppm": ("unit slip ppm", "单位误用（ppm）"),
    "flag.unit_slip_peers": ("unit slip peers", "单位误用（对照同类）"),
    "flag.not_believed": ("not believed", "数值不可信"),
    "flag.emissions_and_energy": ("emissions and energy", "排放量与能源"),
    "flag.total_and_kinds": ("total and kinds", "总量与分项"),
    "flag.returned_and_metered": ("returned and metered", "申报与电表"),
    "flag.returned_and_meter_readings": ("returned and meter readings", "申报与表计读数"),
    "flag.used_and_supplied": ("used and supplied", "使用量与供应量"),
    "flag.works_and_units": ("works and units", "全厂与机组"),
    "flag.load_and_stack": ("load and stack", "排放量与烟道"),
    "flag.stack_and_manual_test": ("stack and manual test", "在线监测与手工监测"),
    "flag.value_and_usual": ("value and usual", "数值与常值"),
    "flag.amount_and_product": ("amount and product", "用量与产量"),
    "flag.amount_and_fuel": ("amount and fuel", "排放量与燃料"),
    "check.emissions_and_energy": (
        "reported, beside what fuel, process and electricity give at default factors",
        "申报值，对照按缺省系数由燃料、工艺和电力得出的数值",
    ),
    "check.total_and_kinds": ("the total, beside the sum of the fuels by kind", "总量，对照各种燃料之和"),
    "check.returned_and_metered": ("electricity as returned, beside the meter", "申报电量，对照电表"),
    "check.returned_and_meter_readings": (
        "the month as returned, beside the sum of the meter's readings",
        "当月申报值，对照表计读数之和",
    ),
    "check.used_and_supplied": ("electricity used, beside bought and made", "用电量，对照外购与自发电量"),
    "check.works_and_units": ("the whole works, beside the sum of its units", "全厂，对照各机组之和"),
    "check.load_and_stack": (
        "the load as returned, beside the stack: mean concentration times flue gas",
        "申报排放量，对照烟道：平均浓度乘以烟气量",
    ),
    "check.stack_and_manual_test": (
        "the stack on the days of the test, beside the manual reference test",
        "监测当日的在线数据，对照手工参比监测",
    ),
    "check.amount_and_product": (
        "the amount, beside what the tonnes of product make of a figure with a source; too far apart to be counted",
        "申报量，对照按有来源的单位产品数值与产量得出的数量；相差过大，不计入",
    ),
    "check.amount_and_fuel": (
        "fuel and its CO2 beside each other at the default of coal; too far apart to be counted",
        "燃料与其二氧化碳按煤的缺省系数相互对照；相差过大，不计入",
    ),
    "check.value_and_usual": (
        "the period, beside what is usual here; it is not counted, because a slip of unit is likely",
        "该时段，对照此处常值；因可能误用单位，不计入",
    ),
    "process.clinker_kiln": ("clinker kiln", "熟料窑"),
    "process.cement_mill": ("cement mill", "水泥磨"),
    "process.clinker_cooler": ("clinker cooler", "熟料冷却机"),
    "process.raw_mill": ("raw mill", "生料磨"),
    "process.coal_mill": ("coal mill", "煤磨"),
    "process.dryer": ("dryer", "烘干机"),
    "process.crusher": ("crusher", "破碎机"),
    "process.packer": ("packer", "包装机"),
    "process.material_handling": ("material handling", "物料输送与储存"),
    "process.bag_line": ("bag line", "水泥袋生产线"),
    "process.site_boundary": ("site boundary", "厂界"),
    "process.coke_oven": ("coke oven", "焦炉"),
    "process.coke_charging": ("coke charging", "装煤"),
    "process.coke_pushing": ("coke pushing", "推焦"),
    "process.coke_dry_quenching": ("coke dry quenching", "干熄焦"),
    "process.coke_handling": ("coke handling", "焦化备煤与筛焦"),
    "process.sinter_strand": ("sinter strand", "烧结机"),
    "process.sinter_tail": ("sinter tail", "烧结机尾"),
    "process.pellet_plant": ("pellet plant", "球团生产线"),
    "process.blast_furnace": ("blast furnace", "高炉"),
    "process.bf_hot_stove": ("bf hot stove", "高炉热风炉"),
    "process.bf_cast_house": ("bf cast house", "高炉出铁场"),
    "process.bf_stockhouse": ("bf stockhouse", "高炉矿槽"),
    "process.hot_metal_pretreatment": ("hot metal pretreatment", "铁水预处理"),
    "process.bof_converter": ("bof converter", "转炉"),
    "process.bof_secondary": ("bof secondary", "转炉二次除尘"),
    "process.refining_furnace": ("refining furnace", "精炼炉"),
    "process.casting_cutting": ("casting cutting", "连铸切割"),
    "process.slag_treatment": ("slag treatment", "钢渣处理"),
    "process.electroslag_remelting": ("electroslag remelting", "电渣重熔"),
    "process.steelmaking_other": ("steelmaking other", "炼钢其他设施"),
    "process.lime_kiln": ("lime kiln", "石灰窑"),
    "process.eaf": ("eaf", "电炉"),
    "process.dri_furnace": ("dri furnace", "直接还原炉"),
    "process.induction_furnace": ("induction furnace", "感应炉"),
    "process.open_hearth": ("open hearth", "平炉"),
    "process.reheating_furnace": ("reheating furnace", "加热炉"),
    "process.heat_treatment_furnace": ("heat treatment furnace", "热处理炉"),
    "process.pickling_line": ("pickling line", "酸洗线"),
    "process.iron_casting": ("iron casting", "铸铁"),
    "process.ferroalloy_furnace": ("ferroalloy furnace", "铁合金炉"),
    "process.power_boiler": ("power boiler", "自备电厂锅炉"),
    "process.gas_turbine": ("gas turbine", "自备燃气轮机"),
    "process.rolling_mill": ("rolling mill", "轧机"),
    "process.float_line": ("float line", "浮法线"),
    "process.sheet_glass_line": ("sheet glass line", "平拉线"),
    "process.rolled_glass_line": ("rolled glass line", "压延线"),
    "process.batch_preparation": ("batch preparation", "配料"),
    "process.glass_coating": ("glass coating", "在线镀膜"),
}
