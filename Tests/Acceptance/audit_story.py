"""Weeks of an audit log: what agents did, with everything in it that a report tells. The same at every run."""

import random

from audit_log import BROKER
from chained_log import ZERO, encoded, following

DAY = 86_400
HOUR = 3_600
POLICY = "3f9c1a7be0d24456"
BOOT = "0123456789abcdef"
NONE = ZERO.hex()


class AuditStory:
    """Records in the order of their times, with call ids that count up; numbered and chained when `boot` names one."""

    def __init__(self, seed=1, node=None, boot=None):
        self.records = []
        self.calls = 0
        self.node = node
        self.boot = boot
        self.random = random.Random(seed)

    def record(self, time, type, fields, *, res="success", address="192.0.2.7", terminal="ssh", node=None):
        self.records.append((time, len(self.records), type, fields, address, terminal, res, node or self.node))

    def call(
        self, time, agent, line, *, refused=None, rule="", cause="exited", status=0, duration=40, bytes_out=2_000,
        accesses=(), key=None, address="192.0.2.7", vm=None, node=None, ended=True,
    ):
        self.calls += 1
        identity = f"{self.calls:016x}"
        key = key or ("?" if agent is None else f"SHA256:{agent}key")
        head = f"call={identity} acct={encoded(agent or '?')} key={encoded(key)}"
        if vm:
            head += f" vm={encoded(vm)}"
        cmd = "" if line is None else f" cmd={encoded(line)}"
        verdict = "allowed" if refused is None else "refused"
        info = "" if refused is None else f" info={encoded(refused)}"
        where = {"address": address, "node": node}
        self.record(
            time, "USER_CMD",
            f"op=keyhole:decision {head} policy={POLICY} verdict={verdict} rule={encoded(rule)}{cmd}{info}",
            res="success" if refused is None else "failed", **where,
        )
        if refused is None:
            for kind, name, reason in accesses:
                self.record(
                    time + 0.01, "ANOM_ACCESS_FS",
                    f"op=keyhole:refused-{kind} {head} name={encoded(name)} info={encoded(reason)}",
                    res="failed", **where,
                )
            if ended:
                self.record(
                    time + duration / 1_000, "USER_CMD",
                    f"op=keyhole:end {head} cause={cause} status={status} duration-ms={duration} bytes-out={bytes_out} "
                    f"refusals={len(accesses)}",
                    res="success" if cause == "exited" else "failed", **where,
                )
        return identity

    def service(self, time, type, fields, *, res="success"):
        self.record(time, type, fields, res=res, address="?", terminal="?")

    def session(self, time, agent, *, address="192.0.2.7", refused=None, cause="client-gone"):
        self.calls += 1
        key = encoded(f"SHA256:{agent or 'x'}key")
        head = f"acct={encoded(agent or '?')} key={key} session={self.calls:016x}"
        info = "" if refused is None else f" info={encoded(refused)}"
        self.record(
            time, "USER_AUTH", f"op=keyhole:authentication {head} policy={POLICY}{info}", address=address,
            res="success" if refused is None else "failed",
        )
        if refused is None:
            self.record(
                time + 60, "USER_END", f"op=keyhole:session-end {head} cause={cause} duration-ms=60000 calls=3",
                address=address,
            )

    @property
    def lines(self):
        """Each with its time."""
        records = sorted(self.records)
        if self.boot:
            head = f"op=keyhole:start unit=keyhole-broker policy={POLICY} boot={self.boot} "
            head += f"after=first open=0 prev={NONE}"
            records.insert(0, (records[0][0] - 1, -1, "SERVICE_START", head, "?", "?", "success", self.node))
        chain = ZERO
        for serial, (time, _, type, fields, address, terminal, res, node) in enumerate(records, 1):
            if self.boot:
                if "op=keyhole:start " in fields:
                    fields = fields.replace(f"prev={NONE}", f"prev={chain.hex()}")
                fields += f" seq={serial}"
                chain = following(chain, type, fields, address, terminal, res)
                fields += f" chain={chain.hex()}"
            seconds, milliseconds = divmod(int(time * 1_000), 1_000)
            yield time, (
                f"{f'node={node} ' if node else ''}type={type} msg=audit({seconds}.{milliseconds:03}:{serial}): pid=7 "
                f"uid=0 auid=4294967295 ses=4294967295 msg='{fields} exe=\"{BROKER}\" hostname=? addr={address} "
                f"terminal={terminal} res={res}'\x1dUID=\"root\" AUID=\"unset\""
            )

    @property
    def bytes(self):
        return b"".join(line.encode("utf-8", "surrogateescape") + b"\n" for _, line in self.lines)

    def write(self, path):
        path.write_bytes(self.bytes)
        return path


USUAL = [
    ("journalctl -u nginx -n {n}", 9), ("systemctl status nginx", 5), ("df -h", 6), ("free -m", 4), ("uptime", 6),
    ("ps aux", 4), ("journalctl -u nginx -n {n} | grep 'not found'", 6), ("ss -tln", 2), ("cat /etc/hostname", 2),
    ("tail -n {n} /var/log/syslog | grep -i error", 5), ("du -sh /var/log", 2), ("ls -l /var/log/nginx", 3),
]
REFUSED = [
    ("rm -rf /tmp/x", "", "rm is not a known command", 2),
    ("journalctl -f -u nginx", "journalctl", "-f is not among the options of journalctl; use -n", 5),
    ("cat /etc/shadow", "secrets", "/etc/shadow: password hashes", 1),
    ("curl http://example.org/", "", "curl is not a known command; use ss to look at sockets", 2),
]


def weeks(end, *, weeks=6, scale=1):
    """Weeks up to `end`, a time in seconds, of which the last has what a reviewer should find."""
    story = AuditStory(node="gateway-01", boot=BOOT)
    chance = story.random
    begin = end - weeks * 7 * DAY
    lines = [line for line, weight in USUAL for _ in range(weight)]
    refused = [one[:3] for one in REFUSED for _ in range(one[3])]
    agents = [
        ("claude", range(7, 19), 34, "192.0.2.7"), ("ops-bot", range(0, 24), 26, "192.0.2.20"),
        ("triage", range(8, 17), 12, "198.51.100.4"),
    ]
    for day in range(weeks * 7):
        midnight = begin + day * DAY
        for agent, hours, most, address in agents:
            # Fewer at the weekend.
            share = 0.25 if (midnight // DAY + 3) % 7 >= 5 and agent != "ops-bot" else 1
            for _ in range(int(most * scale * share * chance.uniform(0.7, 1.2))):
                time = midnight + chance.choice(hours) * HOUR + chance.uniform(0, HOUR)
                dice = chance.random()
                if dice < 0.06:
                    line, rule, reason = chance.choice(refused)
                    story.call(time, agent, line, refused=reason, rule=rule, address=address)
                    continue
                line = chance.choice(lines).format(n=chance.choice([20, 50, 100, 200]))
                duration, size = chance.lognormvariate(3.8, 0.9), chance.lognormvariate(8, 1.3)
                options = {"duration": int(duration), "bytes_out": int(size)}
                if dice < 0.09:
                    options |= {"cause": chance.choice(["timed-out", "output-limit", "client-gone"]), "status": 124}
                elif dice < 0.2 and "grep" in line:
                    options |= {"status": 1, "bytes_out": 0}
                if dice > 0.985:
                    options |= {"accesses": [("open", "/etc/shadow", "password hashes")]}
                vm = "web-02" if 0.5 < dice < 0.62 else None
                story.call(time, agent, line, rule=line.split()[0], address=address, vm=vm, **options)
        story.session(midnight + 9 * HOUR, "claude")
    return story


def tell(story, end):
    """What is new in the last week."""
    # At ten in the morning, three days before.
    at = end - 3 * DAY + 10 * HOUR
    for minute in range(14):
        story.call(at + minute * 60, "newcomer", "journalctl -u sshd -n 20", address="203.0.113.50")
    story.call(at + HOUR, "claude", "kubectl get pods", rule="kubectl")
    story.call(at + HOUR + 5, "claude", "kubectl logs web-7f9c", rule="kubectl")
    story.call(at + 2 * HOUR, "triage", "lsblk", key="SHA256:triagesecondkey", address="203.0.113.99")
    for minute in range(6):
        story.call(end - 2 * DAY + 2 * HOUR + minute * 60, "claude", "df -h")
    for minute in range(3):
        story.call(at + minute, None, "id", refused="unknown key", address="203.0.113.9")
    story.call(end - DAY + 9 * HOUR, "claude", "journalctl -u nginx -n 50", cause="lost", status=125)
    story.call(end - 600, "ops-bot", "tail -n 50 /var/log/syslog", ended=False, address="192.0.2.20")
    for minute in range(4):
        story.session(at + minute, "triage", address="203.0.113.77", refused="suspended")
    story.service(
        end - 5 * DAY, "USYS_CONFIG",
        f"op=keyhole:policy-load policy=aaaa1a7be0d24456 old-policy={POLICY} by=control admin=0 login=1000",
    )
    story.service(
        end - 4 * DAY, "USYS_CONFIG",
        f"op=keyhole:policy-load policy=aaaa1a7be0d24456 old-policy=aaaa1a7be0d24456 by=signal "
        f"info={encoded('commands/ps.yaml:3:5: unknown key `exce`')}", res="failed",
    )
    story.service(
        end - 5 * DAY, "ADD_USER",
        'op=keyhole:agent-change acct="newcomer" change=added policy=aaaa1a7be0d24456 by=control admin=0 login=1000',
    )
    story.service(
        end - DAY + 9 * HOUR + 60, "SERVICE_START",
        f"op=keyhole:start unit=keyhole-broker policy=aaaa1a7be0d24456 boot={BOOT} after=crash open=1 "
        f"prev={NONE}",
    )
    story.service(
        end - 2 * DAY, "USYS_CONFIG",
        f"op=keyhole:audit-trouble unit=keyhole-broker missed=3 duration-ms=2500 info={encoded('backlog full')}",
        res="failed",
    )
    return story
