"""Words that grading and pages share, without any model."""

LEVEL_WORDS: dict[int, str] = {4: "重大（红）", 3: "较大（橙）", 2: "一般（黄）", 1: "低（蓝）"}
SCALE_WORDS: dict[str, str] = {"super": "超过一定规模的危大工程", "dangerous": "危大工程"}
FACTOR_NAMES: dict[str, dict[str, str]] = {
    "lec": {"likelihood": "可能性 L", "exposure": "暴露频次 E", "consequence": "后果 C"},
    "ls": {"likelihood": "可能性 L", "consequence": "严重性 S"},
}
