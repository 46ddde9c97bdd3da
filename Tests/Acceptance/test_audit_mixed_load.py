"""Two thousand calls of every kind, many at once, over both fronts: the trail has exactly their records."""

import collections
import os
import subprocess
import time

import pytest

import audit_chain_check
import audit_consumers
from agents_for_tests import Agents
from mixed_ends import Revocation, abandon_connection, abandon_session, do_alone, logged_in, master
from mixed_load import SPILLED, TIME_LIMIT, TOKEN, Load, commands, expected_output, over_session, over_ssh
from private_gateway import EmbeddedServer, processes

CALLS = 2000
SESSIONS, ABANDONED_SESSIONS, MASTERS = 4, 2, 2
# Refused accesses of a call that have records of their own.
RECORDED = 16
# What ssh ends with when its connection ends: that of a revoked agent has half a second to tell why, and a busy machine
# may take longer.
CUT_OFF = 255
# Between the client's clock as it looks, the kernel's for records, and the broker's.
CLOCKS = 0.05


class Trail:
    """What the load left in the log."""

    def __init__(self, gateway, load, log):
        self.gateway, self.load, self.log = gateway, load, log
        self.records = audit_consumers.records(log)
        self.calls, self.decided = collections.defaultdict(list), collections.defaultdict(list)
        for record in self.records:
            if "call" in record.raw:
                self.calls[record.text("call")].append(record)
            if record.op == "decision":
                self.decided[b" ".join(TOKEN.findall(record.value("cmd")))].append(record.text("call"))

    def operations(self):
        return collections.Counter(record.op for record in self.records)

    def of(self, case):
        """The records of a case's calls, in the order of the log."""
        return [record for call in self.decided.get(case.token, []) for record in self.calls[call]]

    def shown(self, case):
        return "\n".join(f"{record.serial} {record.fields}" for record in self.of(case))

    def end(self, case):
        return next((record for record in self.of(case) if record.op == "end"), None)

    def are_complete(self):
        """Whether each call that was allowed has its end by now, and each session."""
        ends = {record.text("call") for record in self.records if record.op == "end"}
        allowed = {record.text("call") for record in self.records if record.text("verdict") == "allowed"}
        left = {record.text("session") for record in self.records if record.op == "session-end"}
        came = {record.text("session") for record in self.records if record.op == "authentication"}
        return allowed <= ends and came <= left


@pytest.fixture(scope="module")
def servers(session_gateway):
    embedded = EmbeddedServer(session_gateway.layout, "mixed")
    embedded.start()
    is_ours = session_gateway.sshd.process is None
    if is_ours:
        session_gateway.sshd.start()
    yield [session_gateway.sshd, embedded]
    if is_ours:
        session_gateway.sshd.stop()
    embedded.stop()


@pytest.fixture(scope="module")
def trail(session_gateway, servers):
    gateway = session_gateway
    seed = int(os.environ.get("KEYHOLE_TEST_SEED") or time.time())
    policy = gateway.add_policy("zz-mixed.yaml", {"commands": commands()})
    agents, load, masters, sessions = Agents(gateway), Load(seed), [], []
    position = gateway.audit.position()
    try:
        agents.put("leaver", limits={"calls": 100, "connections": 100})
        # Who connects to the broker takes the front's uid for a moment, with all threads: this is before there are any.
        public = gateway.sshd.public_key("agent")
        sessions = [logged_in(public) for _ in range(SESSIONS + ABANDONED_SESSIONS)]
        clients = [(f"session {number}", over_session(load, sessions[number])) for number in range(SESSIONS)]
        for server in servers:
            for number in range(MASTERS):
                process, words = master(gateway, server, f"{server.name}-{number}")
                masters.append(process)
                clients.append((server.name, over_ssh(load, words)))
        revocation = Revocation(gateway, load, agents, servers[0])
        revocation.begin()
        load.run(clients, beside=revocation.revoke)
        revocation.finish()
        for session in sessions[SESSIONS:]:
            abandon_session(load, session)
        for server in servers:
            do_alone(load, server)
            abandon_connection(gateway, load, server)
    finally:
        for process in masters:
            processes.stop(process)
        for session in sessions:
            session.close()
        policy.unlink()
        agents.finish()
    assert not load.errors, load.errors
    assert len(load.cases) >= CALLS

    def read():
        with open(gateway.audit.log, "rb") as log:
            log.seek(position)
            return Trail(gateway, load, log.read())

    processes.eventually(lambda: not gateway.running() and read().are_complete(), 10, 0.2)
    gateway.audit.position()
    return read()


@pytest.fixture(autouse=True)
def how_to_repeat(trail):
    print(f"KEYHOLE_TEST_SEED={trail.load.seed}")


def complaints(trail, check):
    """What `check` says of each case: an empty list is what every test here wants."""
    said = [(check(case, trail.of(case)), case) for case in trail.load.cases]
    return [f"{what}: {case}\n{trail.shown(case)}" for what, case in said if what][:3]


def test_each_call_has_one_decision_and_an_end_if_it_was_allowed(trail):
    def check(case, records):
        operations = collections.Counter(record.op for record in records)
        if not case.is_heard and not records:
            return None
        if operations["decision"] != 1:
            return f"{operations['decision']} decisions"
        verdict = next(record for record in records if record.op == "decision").text("verdict")
        if verdict != ("refused" if case.wanted.cause is None else "allowed"):
            return f"it was {verdict}"
        if operations["end"] != (verdict == "allowed"):
            return f"{operations['end']} ends"
        return None

    assert not (said := complaints(trail, check)), "\n".join(said)


def test_the_decision_has_the_line_and_who_sent_it(trail):
    def check(case, records):
        for record in records:
            if record.op == "decision" and record.value("cmd") != case.line.encode():
                return "another line"
            if record.text("acct") != ("leaver" if case.kind == "is revoked" else "tester"):
                return "another agent"
            good = {"decision": record.text("verdict") == "allowed", "end": record.text("cause") == "exited"}
            if (record.text("res") == "success") != good.get(record.op, False):
                return "another result"
        return None

    assert not (said := complaints(trail, check)), "\n".join(said)


def test_what_the_client_saw_is_what_is_recorded(trail):
    def check(case, _):
        if case.front == "leaver over ssh" and case.status == CUT_OFF:
            return None
        if case.wanted.status is not None and case.status != case.wanted.status:
            return f"the client was told {case.status}: {case.err}"
        wanted = expected_output(case)
        if wanted is not None and case.out != wanted:
            return f"the client got {case.out}"
        end = trail.end(case)
        if end is None or case.status is None:
            return None
        if end.number("status") != case.status:
            return "another status"
        # Over ssh the client hears Keyhole's own words on the same stream.
        heard = len(case.out) + (len(case.err) if case.front.startswith("session ") else 0)
        if case.kind != "refused opens" and end.number("bytes-out") != heard:
            return f"the client got {heard} bytes"
        if case.kind == "spills" and end.number("bytes-out") != SPILLED:
            return "another limit"
        return None

    assert not (said := complaints(trail, check)), "\n".join(said)


def test_each_end_has_its_cause(trail):
    def check(case, _):
        end = trail.end(case)
        return end and end.text("cause") not in case.wanted.cause.split("|") and f"it {end.text('cause')}"

    assert not (said := complaints(trail, check)), "\n".join(said)


def test_calls_whose_clients_go_away_are_in_the_trail(trail):
    gone = [case for case in trail.load.cases if case.wanted.status is None]
    assert sum(1 for case in gone if trail.of(case)) > 0.5 * len(gone), "nearly none of them was heard"


def test_a_call_took_as_long_as_its_client_waited(trail):
    def check(case, _):
        end = trail.end(case)
        if end is None:
            return None
        seconds = end.number("duration-ms") / 1000
        if case.status is not None and seconds > case.ended - case.began + CLOCKS:
            return "longer"
        return case.kind == "late" and seconds < TIME_LIMIT and "shorter than its limit"

    assert not (said := complaints(trail, check)), "\n".join(said)


def test_refused_opens_are_recorded_up_to_sixteen_and_then_counted(trail):
    def check(case, records):
        opens = [record for record in records if record.op == "refused-open"]
        if len(opens) != min(case.opens, RECORDED):
            return f"{len(opens)} records of {case.opens}"
        end = trail.end(case)
        if end and end.text("cause") != "client-gone" and end.number("refusals") != case.opens:
            return "another count"
        if any(record.type != "ANOM_ACCESS_FS" or record.text("res") != "failed" for record in opens):
            return "another type or result"
        return None

    assert not (said := complaints(trail, check)), "\n".join(said)


def test_a_decision_comes_before_the_command_and_the_end_after_its_last_byte(trail):
    def check(case, records):
        if [record.op for record in records] != sorted(
                (record.op for record in records), key=("decision", "refused-open", "end").index):
            return "another order"
        if sorted(record.serial for record in records) != [record.serial for record in records]:
            return "the kernel's numbers have another order"
        if records and records[0].time / 1000 < case.began - CLOCKS:
            return "a record before the call"
        if case.status is not None and records and records[-1].time / 1000 > case.ended + CLOCKS:
            return "the client was told before the end was recorded"
        return None

    assert not (said := complaints(trail, check)), "\n".join(said)


def test_no_record_is_without_a_call(trail):
    cases = {case.token: case for case in trail.load.cases}
    strangers = [token for token, calls in trail.decided.items() if token not in cases or len(calls) != 1]
    assert not strangers
    known = {call for calls in trail.decided.values() for call in calls}
    assert not set(trail.calls) - known, "records of calls that nobody decided"
    operations = trail.operations()
    assert set(operations) == {
        "decision", "end", "refused-open", "authentication", "session-end", "policy-load", "agent-change"}, operations
    # The agent comes and goes, and the test puts the policy back.
    assert (operations["policy-load"], operations["agent-change"]) == (3, 2), operations


def test_each_session_has_a_beginning_an_end_and_its_number_of_calls(trail):
    came = [record.text("session") for record in trail.records if record.op == "authentication"]
    left = {record.text("session"): record for record in trail.records if record.op == "session-end"}
    ends = [record for record in trail.records if record.op == "session-end"]
    assert sorted(came) == sorted(left) and len(ends) == len(left)
    decided = collections.Counter(
        record.text("session") for record in trail.records if record.op == "decision" and "session" in record.raw)
    assert {session: record.number("calls") for session, record in left.items()} == {
        session: decided[session] for session in left}
    causes = collections.Counter(record.text("cause") for record in left.values())
    # Those of this test close without a word, as one does whose process died; the removed agent's is closed.
    assert causes["crashed"] == SESSIONS + ABANDONED_SESSIONS and causes["revoked"] == 1, causes


def test_the_numbers_have_no_gap_and_the_chain_holds(trail):
    assert audit_chain_check.defects(trail.records)[:5] == []


def test_a_record_that_is_altered_or_missing_shows_in_the_chain(trail):
    middle = len(trail.records) // 2
    without = trail.records[:middle] + trail.records[middle + 1:]
    assert audit_chain_check.defects(without)
    altered = [index for index, record in enumerate(trail.records) if record.text("verdict") == "refused"][3]
    line = trail.records[altered].line.replace(b"verdict=refused", b"verdict=allowed")
    records = [*trail.records[:altered], audit_consumers.parse(line), *trail.records[altered + 1:]]
    assert audit_chain_check.defects(records)


def test_keyhole_verifies_the_trail_and_finds_what_is_missing(trail, tmp_path):
    programs, log = trail.gateway.layout.programs, tmp_path / "audit.log"
    words = [programs / "keyhole", "audit", "verify", "--broker", programs / "keyhole-broker", log]

    def verify(content):
        log.write_bytes(content)
        return subprocess.run(words, capture_output=True, text=True)

    done = verify(trail.log)
    assert done.returncode == 0, done.stdout + done.stderr
    line = trail.records[len(trail.records) // 2].line
    assert line in trail.log
    done = verify(trail.log.replace(line + b"\n", b""))
    assert done.returncode == 1, done.stdout + done.stderr
