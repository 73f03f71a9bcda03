"""The command line, as ``python -m kao_metrics``."""

from __future__ import annotations

from kao_metrics.cli import app

if __name__ == "__main__":
    app(prog_name="kao-metrics")
