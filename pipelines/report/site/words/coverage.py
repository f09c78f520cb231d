"""Words of the page of coverage."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "coverage.page_how": (
        "Unknown is never green. This page says what is missing, how much exposure stands behind it, and what would close the gap.",
        "未知绝不算绿色。本页说明缺什么、涉及多少敞口以及如何补齐。",
    ),
    "coverage.rate": ("Coverage", "覆盖率"),
    "coverage.drawn": ("Drawn", "图示"),
    "coverage.of": ("Portfolio {0}", "组合 {0}"),
    "coverage.parts": ("Exposure by what is known of it", "按已知程度划分的敞口"),
    "coverage.scope": ("In scope", "范围内"),
    "coverage.gaps": ("Loans without an answer", "没有结论的贷款"),
    "coverage.gaps.none": ("Every loan in scope has an answer.", "范围内每笔贷款均有结论。"),
    "coverage.inputs": ("What has not been received or cannot be computed", "尚未收到或无法计算的数据"),
    "coverage.inputs.how": (
        "One line for each indicator and reason; a plant can stand in several lines, so lines do not add up.",
        "每个指标和原因一行；同一工厂可出现在多行，各行不可相加。",
    ),
    "coverage.inputs.none": ("Every rule that concerns these plants could be judged.", "与这些工厂有关的规则均可判定。"),
    "coverage.files": ("Files received", "收到的文件"),
    "coverage.rejects": (
        "Rows not taken over: {0} unreadable, {1} repeating another row, {2} outside the scope.",
        "未采用的行：无法读取 {0} 行，重复 {1} 行，超出范围 {2} 行。",
    ),
    "coverage.equipment": ("equipment or written evidence", "设备或书面证据"),
    "gap.kind": ("Gap", "缺口"),
    "gap.reason": ("Reason", "原因"),
    "gap.do": ("What to do", "处理办法"),
    "binding_plants": ("Of them bound by law", "其中受法律约束"),
    "file": ("File", "文件"),
    "file.reader": ("Read as", "格式"),
    "file.rows": ("Rows", "行数"),
    "file.rejected": ("Refused", "未采用"),
    "file_state.read": ("read", "已读取"),
    "file_state.header_only": ("header only, no rows", "仅表头，无数据"),
    "file_state.empty": ("empty file", "空文件"),
    "file_state.unrecognised": ("not recognised", "无法识别"),
    "file_state.unreadable": ("could not be read", "无法读取"),
    "others_in": ("{0} more rows stand in {1}.", "另有 {0} 行，见 {1}。"),
    "rejects": ("Rows not taken over: {0}", "未接收的行：{0}"),
    "rejects.row": ("Row", "行号"),
    "rejects.column": ("Column", "列"),
    "restated": ("Readings that later deliveries changed: {0}, on {1} stack-days", "被之后交付更正的读数：{0} 个，涉及 {1} 个排口日"),
    "restated.how": (
        "Means as sent of the readings that changed, before and after.",
        "被更正读数的原始均值（更正前后）。",
    ),
    "restated.readings": ("Readings", "读数"),
}
