"""The command that writes the dictionary of data and methods."""

from __future__ import annotations

from kao_metrics.cli.ending import errors, write
from kao_metrics.cli.options import Lang, LangOption, OutputOption


def dictionary(lang: LangOption = Lang.zh_tw, output: OutputOption = None) -> None:
    """Write what each table, column, indicator, method and code stands for, as Markdown.

    It is made from the contracts that the data are held against and from labels.toml.

    \b
    Examples:
      kao-metrics dictionary
      kao-metrics dictionary --output data/DICTIONARY.zh-TW.md
      kao-metrics dictionary --lang en --output data/DICTIONARY.md
    """
    with errors():
        from kao_metrics.dictionary import dictionary as made

        write(made(lang.value), output)
