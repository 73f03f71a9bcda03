"""Statistics of plain numbers: intervals, trends and tests, without tables, labels or files."""
