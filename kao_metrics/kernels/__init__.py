"""Kernels for notebooks that are run: of this Python, on private sockets, warm where possible.

`folders` has private folders for sockets; `forkserver` is a process that has done the
imports and forks kernels from itself; `warm` starts it and speaks with it; `provisioner`
offers its kernels to Jupyter; `manager` is what Papermill is given.
"""
