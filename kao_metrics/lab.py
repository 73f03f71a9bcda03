"""How JupyterLab is started on a project: its command and its environment.

Nothing is installed and no setting of the user is touched. The folder ``jupyter`` of the
package has what is different here: the kernel ``python3`` is this Python, the theme is light
or dark as the system is, the server listens on this machine only, and neither news nor updates
are asked for from other machines. Jupyter looks there first, because the environment says so; what
the user chooses in JupyterLab, or on the command line, comes before it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

from kao_metrics.readers import DATA_DIR

SETTINGS: Final = Path(__file__).parent / "jupyter"


def lab_command(notebooks_dir: Path, more: Sequence[str] = ()) -> list[str]:
    """Return the command that starts JupyterLab on the notebooks of a project.

    Parameters
    ----------
    notebooks_dir
        The folder with the notebooks; the one above it is what JupyterLab shows. It opens
        the notebook that comes first in the report, or the folder if it has none.
    more
        Options of Jupyter.

    >>> lab_command(Path("notebooks"))[-1]
    '--LabApp.default_url=/lab/tree/notebooks/01_overview.ipynb'
    """
    folder = notebooks_dir.resolve()
    first = min((path.name for path in folder.glob("[0-9]*.ipynb")), default="")
    address = quote(f"{folder.name}/{first}".rstrip("/"))
    return [
        *(sys.executable, "-m", "jupyterlab", *more),
        f"--ServerApp.root_dir={folder.parent}",
        f"--LabApp.default_url=/lab/tree/{address}",
    ]


def lab_environment(given: Mapping[str, str], data_dir: Path | None = None) -> dict[str, str]:
    """Return the environment of JupyterLab, and so of its kernels.

    Parameters
    ----------
    given
        The environment to start from.
    data_dir
        The data folder that notebooks find; the nearest one above them if left out.

    >>> lab_environment({"JUPYTER_PATH": "/srv/jupyter"})["JUPYTER_PATH"].endswith("/srv/jupyter")
    True
    """
    made = dict(given)
    for name in ("JUPYTER_PATH", "JUPYTER_CONFIG_PATH"):
        made[name] = os.pathsep.join(filter(None, (str(SETTINGS), given.get(name))))
    if data_dir is not None:
        made[DATA_DIR] = str(data_dir.resolve())
    return made


def run(command: list[str], environment: Mapping[str, str]) -> int:
    """Become the command where the system allows it; elsewhere run it, and return its status.

    So signals reach it as if it had been started by hand; an interrupt ends it and its kernels.
    """
    if sys.platform != "win32":
        os.execve(command[0], command, environment)  # noqa: S606 - that is what it is for
    with subprocess.Popen(command, env=environment) as process:  # noqa: S603 - as above
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:  # the command has been interrupted, too
                continue
