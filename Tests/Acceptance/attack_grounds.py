"""What the attacks aim at, and the commands that let them run inside, each with one thing that a command may need."""

import grp
import os
import pathlib
import subprocess

from attacking import scaled
from grounds import GROUNDS, OPEN_WORDS, SECRET_WORDS
from policy_for_tests import command
from probe_programs import place_probe

ATTACKS = GROUNDS / "attacks"
PLACE = GROUNDS / "for-attacks"
SERVICE = PLACE / "service.socket"
GROUP = "adm"
DENIED_FUSE = PLACE / "fuse/Kept"
DENIED_BY_LINK = PLACE / "by-link"
# A public tree and a secret folder on one file system. A folder that every host has, and none of ours below /run.
SHOWN = pathlib.Path("/media/shown")
HIDDEN = pathlib.Path("/media/hidden")


def prepare_attack_grounds(gateway):
    PLACE.mkdir()
    decoy = PLACE / "decoy"
    for folder in (decoy, PLACE / "granted", PLACE / "behind-link", PLACE / "fuse"):
        folder.mkdir()
    # The same names as in the secret folder, for what is swapped.
    (decoy / "token").write_text(OPEN_WORDS + "\n")
    (decoy / "alone").write_text(OPEN_WORDS + "\n")
    # With one name only: what is judged by its number of names is no help here.
    (GROUNDS / "secret/alone").write_text(SECRET_WORDS + "\n")
    (PLACE / "granted/token").write_text("for whom it is granted\n")
    (PLACE / "granted/token").chmod(0o600)
    (PLACE / "granted/hard-link").hardlink_to(GROUNDS / "secret/token")
    (PLACE / "behind-link/alone").write_text(SECRET_WORDS + "\n")
    DENIED_BY_LINK.symlink_to("behind-link")
    (GROUNDS / "secret/pointer").symlink_to("token")
    os.setxattr(GROUNDS / "secret/token", "trusted.mark", b"secret")
    for_group = PLACE / "for-group"
    for_group.write_text("for the group\n")
    os.chown(for_group, 0, grp.getgrnam(GROUP).gr_gid)
    for_group.chmod(0o640)
    prepare_public_tree()
    place_probe("attacks", GROUNDS / "attacks")


def prepare_public_tree():
    subprocess.run(["mount", "-n", "-t", "tmpfs", "-o", "mode=0755", "media", SHOWN.parent], check=True)
    for folder in (SHOWN / "mount-point", HIDDEN):
        folder.mkdir(parents=True)
    (SHOWN / "plain").write_text(OPEN_WORDS + "\n")
    for name in ("alone", "linked"):
        (HIDDEN / name).write_text(SECRET_WORDS + "\n")
    (SHOWN / "link").symlink_to(HIDDEN / "alone")
    (SHOWN / "relative-link").symlink_to("../hidden/alone")
    (SHOWN / "folder-link").symlink_to(HIDDEN)
    (SHOWN / "hard-link").hardlink_to(HIDDEN / "linked")


def add_attack_policy(gateway):
    limits = {"time": f"{scaled(10)}s", "output": "1MiB", "memory": "256MiB", "processes": 32}

    def attack(about, name="attack", limits=limits, **needs):
        more = {"needs": needs} if needs else {}
        return {name: command(str(ATTACKS), about, f"{name} calls", ["word /.*/*"], limits=limits, **more)}

    attack_shown = {"attack-shown": command(
        str(ATTACKS), "attacks on public trees", f"attack-shown in-one read {SHOWN}/plain", ["word /.*/", "word /.*/",
            "path"], limits=limits,
        reads="operands")}

    gateway.add_policy("zz-attack-commands.yaml", {
        "commands": attack("attacks with nothing")
        | attack("attacks that take long", "attack-long", limits | {"time": f"{scaled(60)}s"})
        | attack("attacks with a service", "attack-sockets", sockets=[str(SERVICE)])
        | attack("attacks with netlink", "attack-netlink", netlink=["route"])
        | attack("attacks with both", "attack-sockets-netlink", sockets=[str(SERVICE)], netlink=["route"])
        | attack("attacks with a group", "attack-groups", groups=[GROUP])
        | attack("attacks with a grant", "attack-read", read=[f"{PLACE}/granted/**"])
        | attack("attacks with temporary files", "attack-scratch", scratch="1MiB")
        | attack_shown
        | attack("attacks with other programs", "attack-programs", scratch="4MiB", programs=["/bin/true"]),
        "public": [str(SHOWN)],
        "secrets": [
            {"path": str(HIDDEN), "reason": "a secret folder beside a public tree"},
            {"path": f"{DENIED_FUSE}/**", "reason": "a secret folder of a file system in user space"},
            {"path": f"{DENIED_BY_LINK}/**", "reason": "a secret folder that the policy names by a link"},
        ],
    })
