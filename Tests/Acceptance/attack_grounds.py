"""What the attacks aim at, and the commands that let them run inside: each has one thing that a real command may need."""

import grp
import os
import pathlib
import subprocess

from grounds import GROUNDS, SECRET_WORDS
from policy_for_tests import command

ATTACKS = GROUNDS / "attacks"
PLACE = GROUNDS / "for-attacks"
SERVICE = PLACE / "service.socket"
GROUP = "adm"
GROUP_WORDS = "for-the-group"


def prepare_attack_grounds(gateway):
    PLACE.mkdir()
    for folder in ("granted", "private"):
        (PLACE / folder).mkdir(mode=0o700)
        for name in ("file", "other"):
            (PLACE / folder / name).write_text(f"{folder} words\n")
            (PLACE / folder / name).chmod(0o600)
    (PLACE / "granted/way-out").symlink_to(PLACE / "private/file")
    (PLACE / "granted/folder-out").symlink_to(PLACE / "private")
    (PLACE / "granted/way-to-secret").symlink_to(GROUNDS / "secret/token")
    for_group = PLACE / "for-group"
    for_group.write_text(GROUP_WORDS + "\n")
    os.chown(for_group, 0, grp.getgrnam(GROUP).gr_gid)
    for_group.chmod(0o640)
    subprocess.run(
        ["gcc", "-O1", "-static", "-o", ATTACKS, pathlib.Path(__file__).parent / "probes/attacks.c"], check=True)
    ATTACKS.chmod(0o755)


def add_attack_policy(gateway):
    limits = {"time": "5s", "output": "1MiB", "memory": "256MiB", "processes": 32}

    def attack(about, **needs):
        name = "attack" + ("-" + "-".join(needs) if needs else "")
        more = {"needs": needs} if needs else {}
        return {name: command(str(ATTACKS), about, f"{name} calls", ["word /.*/*"], limits=limits, **more)}

    gateway.add_policy("zz-attack-commands.yaml", {
        "commands": attack("attacks with nothing")
        | attack("attacks with a service", sockets=[str(SERVICE)])
        | attack("attacks with netlink", netlink=["route"])
        | attack("attacks with a group", groups=[GROUP])
        | attack("attacks with a grant", read=[f"{PLACE}/granted/**"])
        | attack("attacks with temporary files", scratch="1MiB")
        | attack("attacks with other programs", scratch="4MiB", programs=["/bin/true"])
    })
