"""The tabs of an enterprise's page; people and projects add theirs from above."""

from apps.core.tabs import Tab, Tabs

enterprise_tabs = Tabs(
    "uscc",
    Tab("overview", "概况", "enterprises:detail"),
    Tab("history", "操作记录", "enterprises:history"),
)
