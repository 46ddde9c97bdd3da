"""The same attack without Keyhole: as an ordinary user of the host. A refusal proves nothing where this fails too."""

import subprocess

from grounds import GROUNDS
from private_gateway import processes

NOBODY = 65534


def probe(*words, timeout=30):
    done = subprocess.run(
        ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", GROUNDS / "probe", *map(str, words)],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout * processes.SCALE, start_new_session=True)
    return done.stdout


def outcomes(text):
    """The probe's lines by their first word: the rest of the line, which begins with "ok" or "failed"."""
    return dict(line.split(" ", 1) for line in text.splitlines() if " " in line)
