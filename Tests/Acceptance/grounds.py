"""Files and mounts that the tests aim at: an open folder, a secret folder, and ways from one to the other."""

import os
import pathlib
import subprocess

from probe_programs import place_probe

# A folder of its own in the private host's /run: nothing of the machine is used as a target.
GROUNDS = pathlib.Path("/run/grounds")
SECRET_WORDS = "the-words-nobody-may-read"
OPEN_WORDS = "words for everybody"
PROBES = pathlib.Path(__file__).parent / "probes"


def prepare_grounds(gateway):
    """Every secret here is readable by every user of the host: only Keyhole keeps it."""
    open_, secret = GROUNDS / "open", GROUNDS / "secret"
    for folder in (open_, secret, secret / "below", GROUNDS / "alias-before", GROUNDS / "alias-after", GROUNDS / "writable"):
        folder.mkdir(parents=True, exist_ok=True)
    (open_ / "plain.txt").write_text(OPEN_WORDS + "\n")
    (open_ / "-n").write_text("a name that looks like an option\n")
    (open_ / "numbers.txt").write_text("".join(f"{n}\n" for n in range(1, 1001)))
    for path in (secret / "token", secret / "below/deep", GROUNDS / "single-secret"):
        path.write_text(SECRET_WORDS + "\n")
        path.chmod(0o644)
    (open_ / "link").symlink_to(secret / "token")
    (open_ / "relative-link").symlink_to("../secret/token")
    (open_ / "chain").symlink_to("link")
    (open_ / "folder-link").symlink_to(secret)
    os.link(secret / "token", open_ / "hard-link")
    os.mkfifo(open_ / "fifo", 0o644)
    (GROUNDS / "writable").chmod(0o1777)
    bind(secret, GROUNDS / "alias-before")
    place_probe("probe", GROUNDS / "probe")


def bind(source, target):
    subprocess.run(["mount", "-n", "--bind", source, target], check=True)
