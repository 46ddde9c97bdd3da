"""Lines of an audit log, as auditd writes what keyhole's broker recorded: docs/audit.md."""

BROKER = "/usr/lib/keyhole/keyhole-broker"
# 2026-11-21 in every time zone of the world at noon of UTC.
NOON = 1_795_262_400


class AuditLog:
    """A log that is written line by line."""

    def __init__(self, enriched=True):
        self.lines = []
        self.enriched = enriched
        self.serial = 0

    def record(self, type, fields, *, time=None, exe=BROKER, res="failed"):
        self.serial += 1
        time = NOON + self.serial if time is None else time
        line = (
            f"type={type} msg=audit({time}.123:{self.serial}): pid=7 uid=0 auid=4294967295 ses=4294967295 "
            f'msg=\'{fields} exe="{exe}" hostname=? addr=192.0.2.7 terminal=ssh res={res}\''
        )
        self.lines.append(line.encode() + (b'\x1dUID="root" AUID="unset"' if self.enriched else b""))
        return self

    def refused(self, line, agent="claude", *, count=1, more="", **options):
        line = line if isinstance(line, bytes) else line.encode()
        for _ in range(count):
            self.record(
                "USER_CMD",
                f'op=keyhole:decision call=b986fb6560aa499c acct="{agent}" key="SHA256:x" policy=3f9c1a7be0d24456 '
                f'verdict=refused rule="x" cmd={line.hex().upper()}{more} info={b"why".hex().upper()}',
                **options,
            )
        return self

    def refused_open(self, name, reason="password hashes"):
        return self.record(
            "ANOM_ACCESS_FS",
            'op=keyhole:refused-open call=b986fb6560aa499c acct="claude" key="SHA256:x" '
            f"name={name.encode().hex().upper()} info={reason.encode().hex().upper()}",
        )

    def other(self, line):
        self.lines.append(line if isinstance(line, bytes) else line.encode())
        return self

    @property
    def bytes(self):
        return b"".join(line + b"\n" for line in self.lines)

    def write(self, path):
        path.write_bytes(self.bytes)
        return path
