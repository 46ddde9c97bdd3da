"""Audit logs with numbers and chain values, made as docs/audit.md says, by nothing of what is tested."""

import hashlib
import itertools

from audit_log import BROKER, NOON

KEY = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"
ZERO = bytes(16)
PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:/-@+%*?[]~#")
HEAD = "type=%s msg=audit(%d.%03d:%d): pid=7 uid=0 auid=4294967295 ses=4294967295 "


def encoded(value):
    """In double quotes, or in hexadecimal."""
    value = value if isinstance(value, bytes) else value.encode("utf-8", "surrogateescape")
    return f'"{value.decode()}"' if all(byte in PLAIN for byte in value) else value.hex().upper()


def following(chain, type, text, addr, terminal, res):
    """The chain value of a record behind the one with the value `chain`."""
    parts = [type.encode(), text.encode(), addr.encode(), terminal.encode(), res.encode()]
    return hashlib.sha256(chain + b"\n".join(parts)).digest()[:16]


class ChainedLog:
    """What the broker of one host writes, line by line."""

    def __init__(self, *, enriched=True, node=None, exe=BROKER, boot="b0070b0070b00700", began=NOON):
        self.lines = []
        self.enriched = enriched
        self.node = node
        self.exe = exe
        self.boot = boot
        self.milliseconds = began * 1000
        self.serial = 0
        self.seq = 0
        self.chain = ZERO
        self.ids = itertools.count(1)

    def raw(self, line):
        """A line as it stands."""
        self.lines.append(line if isinstance(line, bytes) else line.encode())
        return self

    def record(self, type, fields, *, addr="192.0.2.7", terminal="ssh", res="success", numbered=True, later=1000):
        self.serial += 1
        self.milliseconds += later
        if numbered:
            self.seq += 1
            fields += f" seq={self.seq}"
            self.chain = following(self.chain, type, fields, addr, terminal, res)
            fields += f" chain={self.chain.hex()}"
        head = HEAD % (type, self.milliseconds // 1000, self.milliseconds % 1000, self.serial)
        line = f"{head}msg='{fields} exe=\"{self.exe}\" hostname=? addr={addr} terminal={terminal} res={res}'"
        line = (f"node={self.node} " if self.node else "") + line
        return self.raw(line.encode() + (b'\x1dUID="root" AUID="unset"' if self.enriched else b""))

    def start(self, after="first", open=0, unsure=None, policy="3f9c1a7be0d24456"):
        fields = f"op=keyhole:start unit=keyhole-broker policy={policy} boot={self.boot} after={after} open={open}"
        fields += f" unsure={unsure}" if unsure else ""
        if after == "first":
            self.chain = ZERO
        previous = self.chain
        return self.record("SERVICE_START", f"{fields} prev={previous.hex()}", addr="?", terminal="?")

    def stop(self):
        return self.record("SERVICE_STOP", "op=keyhole:stop unit=keyhole-broker", addr="?", terminal="?")

    def reboot(self, boot, after="stop", **more):
        """The next records are those of another boot: their numbers begin again."""
        self.boot = boot
        self.seq = 0
        return self.start(after, **more)

    def trouble(self, missed=1, unsure=None, info="the disk is full"):
        fields = f"op=keyhole:audit-trouble unit=keyhole-broker missed={missed} duration-ms=1500"
        fields += f" unsure={unsure}" if unsure else ""
        return self.record("USYS_CONFIG", f"{fields} info={encoded(info)}", addr="?", terminal="?", res="failed")

    def policy_load(self, policy="3f9c1a7be0d24456", old="none", by="start", info=None, res="success"):
        fields = f"op=keyhole:policy-load policy={policy} old-policy={old} by={by}"
        fields += f" info={encoded(info)}" if info else ""
        return self.record("USYS_CONFIG", fields, addr="?", terminal="?", res=res)

    def new_call(self):
        return f"{next(self.ids):016x}"

    @staticmethod
    def caller(call, agent, key, vm, session):
        fields = f"call={call} acct={encoded(agent)} key={encoded(key)}"
        fields += f" vm={encoded(vm)}" if vm else ""
        return fields + (f" session={session}" if session else "")

    def decision(
        self,
        line,
        *,
        call=None,
        agent="claude",
        key=KEY,
        vm=None,
        session=None,
        verdict="allowed",
        rule=None,
        info=None,
        **more,
    ):
        """The id of the call that was judged."""
        call = call or self.new_call()
        words = line.split() if line else []
        rule = rule if rule is not None else (words[0] if words and verdict == "allowed" else "")
        rule = rule.decode("utf-8", "replace") if isinstance(rule, bytes) else rule
        fields = f"op=keyhole:decision {self.caller(call, agent, key, vm, session)} policy=3f9c1a7be0d24456 "
        fields += f"verdict={verdict} rule={encoded(rule)}"
        fields += f" cmd={encoded(line)}" if line is not None else ""
        fields += f" info={encoded(info)}" if info else ""
        self.record("USER_CMD", fields, res="success" if verdict == "allowed" else "failed", **more)
        return call

    def end(
        self,
        call,
        *,
        agent="claude",
        key=KEY,
        vm=None,
        session=None,
        cause="exited",
        status=0,
        ms=42,
        out=5120,
        refusals=0,
        info=None,
        **more,
    ):
        fields = f"op=keyhole:end {self.caller(call, agent, key, vm, session)} cause={cause} status={status} "
        fields += f"duration-ms={ms} bytes-out={out} refusals={refusals}"
        fields += f" info={encoded(info)}" if info else ""
        return self.record("USER_CMD", fields, res="success" if cause == "exited" else "failed", **more)

    def refused_access(
        self, call, name, *, kind="open", agent="claude", key=KEY, vm=None, session=None, info=None, **more
    ):
        fields = f"op=keyhole:refused-{kind} {self.caller(call, agent, key, vm, session)} name={encoded(name)}"
        fields += f" info={encoded(info)}" if info else ""
        return self.record("ANOM_ACCESS_FS", fields, res="failed", **more)

    def authentication(self, session, *, agent="claude", key=KEY, res="success"):
        fields = f"op=keyhole:authentication acct={encoded(agent)} key={encoded(key)} session={session} "
        fields += "policy=3f9c1a7be0d24456"
        return self.record("USER_AUTH", fields, res=res)

    def session_end(self, session, *, agent="claude", key=KEY, cause="client-gone", calls=1):
        fields = f"op=keyhole:session-end acct={encoded(agent)} key={encoded(key)} session={session} "
        return self.record("USER_END", f"{fields}cause={cause} duration-ms=900 calls={calls}")

    def agent_change(self, agent="claude", change="suspended", type="ACCT_LOCK", by="control"):
        fields = f"op=keyhole:agent-change acct={encoded(agent)} change={change} policy=3f9c1a7be0d24456 by={by}"
        return self.record(type, fields + " admin=0 login=1000", addr="?", terminal="?")

    def call(self, line, *, refused=None, accesses=(), **more):
        """A call that ends; refused for a reason, when there is one. Its id."""
        who = {name: more.pop(name) for name in ("agent", "key", "vm", "session") if name in more}
        call = more.pop("call", None)
        if refused:
            return self.decision(line, call=call, verdict="refused", info=refused, **who)
        call = self.decision(line, call=call, **who)
        for name in accesses:
            self.refused_access(call, name, info="password hashes", **who)
        self.end(call, refusals=len(accesses), **who, **more)
        return call

    @property
    def bytes(self):
        return b"".join(line + b"\n" for line in self.lines)

    def write(self, path):
        path.write_bytes(self.bytes)
        return path
