"""Everything that leaves a record, once at least, and with values that somebody else chose."""

import os
import random
import time

import audit_consumers
import audit_hostile as hostile
import session_client as wire
from agents_for_tests import Agents
from grounds import GROUNDS
from private_gateway import processes
from private_gateway.audit_daemon import configure
from session_client import Session

FOLDER = GROUNDS / "hostile"
RANDOM_LINES = 120
PUBLIC_STRANGER = "stranger"


class Scenario:
    """Plays it through at a gateway and keeps what was sent; `log` is what auditd wrote meanwhile."""

    def __init__(self, gateway, folder):
        self.gateway = gateway
        self.seed = int(os.environ.get("KEYHOLE_TEST_SEED") or time.time())
        self.random = random.Random(self.seed)
        #: What was sent as lines, in the order of the decisions.
        self.lines = []
        #: How many calls were made with a target that does not exist.
        self.refused_users = 0
        self.path = folder / "audit.log"
        position = gateway.audit.position()
        self.play()
        gateway.audit.position()
        with open(gateway.audit.log, "rb") as log:
            log.seek(position)
            self.log = log.read()
        self.path.write_bytes(self.log)
        self.records = audit_consumers.records(self.log)

    def of(self, operation):
        return [record for record in self.records if record.op == operation]

    def play(self):
        secrets = {"secrets": [{"path": f"{FOLDER}/*", "reason": "names that somebody chose"}]}
        policy = self.gateway.add_policy("zz-hostile.yaml", secrets)
        agents = Agents(self.gateway)
        try:
            # Stop, start, policy.
            self.gateway.broker.restart()
            self.change_agents(agents)
            self.authenticate()
            self.call()
            self.open_files()
            self.load_what_does_not_load()
            self.lose_records()
        finally:
            policy.unlink()
            agents.finish()

    def change_agents(self, agents):
        agents.put("eve")
        agents.put("eve", suspended=True)
        agents.put("eve")
        agents.put("eve", limits={"calls": 3})
        agents.remove("eve")

    def authenticate(self):
        agent, stranger = (self.gateway.sshd.public_key(name) for name in ("agent", PUBLIC_STRANGER))
        for user in hostile.USERS:
            self.refused_users += self.knock(wire.key_fields(agent) + wire.text(user))
        self.knock(wire.key_fields(stranger) + wire.text("diag"))

    def knock(self, fields):
        """Whether the broker answered that nobody is let in."""
        with Session() as session:
            session.send(wire.hello())
            reply = session.ask(wire.request(2, fields))
            return reply is not None and reply[0] == "refused"

    def call(self):
        with Session() as session:
            assert session.login(self.gateway.sshd.public_key("agent"))[0] == "admitted"
            lines = [line for line in hostile.LINES + hostile.WITH_NUL if line.strip()]
            lines += [hostile.random_line(self.random) for _ in range(RANDOM_LINES)]
            for line in lines:
                self.lines.append(line)
                session.call(line)
            for target in hostile.TARGETS:
                self.lines.append(b"echo target")
                session.call(b"echo target", target=target)

    def open_files(self):
        FOLDER.mkdir(exist_ok=True)
        for name in hostile.NAMES:
            (FOLDER / os.fsdecode(name)).write_text("secret\n")
        line = f"script -c 'for name in {FOLDER}/*; do true < \"$name\"; done; echo tried'"
        self.lines.append(line.encode())
        result = self.gateway.call(line)
        assert result.out == "tried\n", result

    def load_what_does_not_load(self):
        broker = self.gateway.broker
        path = self.gateway.add_policy("zz-broken.yaml", {"a' res=success op=\"keyhole:end\"": 1})
        position = broker.log_position()
        broker.reload()
        assert processes.eventually(lambda: "is not loaded" in broker.log_since(position), 10)
        path.unlink()

    def lose_records(self):
        """A call that cannot be recorded, and one after it."""
        if not self.gateway.audit.own:
            return
        configure("-e", 0)
        try:
            assert self.gateway.call("echo lost").status == 125
        finally:
            configure("-e", 1)
        self.lines.append(b"echo found")
        assert self.gateway.call("echo found").status == 0


def set_format(gateway, name):
    """Has auditd write its log as RAW or ENRICHED from now on."""
    configuration = gateway.audit.layout.audit / "auditd.conf"
    text = configuration.read_text()
    before = "RAW" if "log_format = RAW" in text else "ENRICHED"
    if before != name:
        configuration.write_text(text.replace(f"log_format = {before}", f"log_format = {name}"))
        gateway.audit.process.send_signal(1)
        # It says so in the log, and writes in the new format from then on.
        assert processes.eventually(lambda: formats(gateway)[-1:] == [name], 5), "auditd does not change its format"


def formats(gateway):
    """In which of the formats the latest records are: a mark at a time."""
    gateway.audit.position()
    line = gateway.audit.log.read_bytes().rstrip(b"\n").rpartition(b"\n")[2]
    return ["ENRICHED" if b"\x1d" in line else "RAW"]
