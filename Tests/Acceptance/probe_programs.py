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
    """Puts the program probes/NAME.c at the path `target`, for everybody to run."""
    ready_made = os.environ.get("KEYHOLE_PROBES")
    if ready_made:
        shutil.copyfile(pathlib.Path(ready_made) / name, target)
    else:
        subprocess.run(["gcc", "-O1", "-static", "-pthread", "-o", target, SOURCES / f"{name}.c"], check=True)
    os.chmod(target, 0o755)


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.pop("KEYHOLE_PROBES", None)
    for source in sorted(SOURCES.glob("*.c")):
        place_probe(source.stem, folder / source.stem)
