"""The programs in probes/, which the tests run inside and outside of the sandbox.

They are compiled here, unless KEYHOLE_PROBES names a folder that holds them: a host under test need not have a compiler.
`probe_programs.py DIR` fills such a folder.
"""

import os
import pathlib
import shutil
import subprocess
import sys

SOURCES = pathlib.Path(__file__).resolve().parent / "probes"


def place_probe(name, target):
    """Puts the program of probes/NAME.c, or of all in probes/NAME/, at the path `target`, for everybody to run."""
    place(name, target, ["-static", "-pthread", *sources_of(name)])


def place_library(name, target):
    """Puts the shared library of probes/libraries/NAME.c at the path `target`."""
    place(f"{name}.so", target, ["-shared", "-fPIC", SOURCES / f"libraries/{name}.c"])


def place(name, target, what):
    ready_made = os.environ.get("KEYHOLE_PROBES")
    if ready_made:
        shutil.copyfile(pathlib.Path(ready_made) / name, target)
    else:
        subprocess.run(["gcc", "-O1", "-o", target, *what], check=True)
    os.chmod(target, 0o755)


def sources_of(name):
    return sorted((SOURCES / name).glob("*.c")) or [SOURCES / f"{name}.c"]


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.pop("KEYHOLE_PROBES", None)
    libraries = {source.stem for source in SOURCES.glob("libraries/*.c")}
    names = {source.stem for source in SOURCES.glob("*.c")} | {source.parent.name for source in SOURCES.glob("*/*.c")}
    for name in sorted(names - {"libraries"}):
        place_probe(name, folder / name)
    for name in sorted(libraries):
        place_library(name, folder / f"{name}.so")
