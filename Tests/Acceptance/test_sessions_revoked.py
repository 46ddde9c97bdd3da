"""An agent that may no longer be there: within a second nothing of it is left, over either front, and it hears why."""

import datetime
import json
import os
import subprocess
import time

import pytest

import session_client as wire
from agents_for_tests import Agents
from private_gateway import processes
from session_client import Session

# What a revocation may take, in seconds.
SOON = 1.0 * processes.SCALE


@pytest.fixture
def agents(gateway):
    agents = Agents(gateway)
    yield agents
    agents.finish()


@pytest.fixture
def visiting(agents):
    """An agent with an open session."""
    agents.put("visitor")
    with Session() as session:
        assert session.login(agents.key("visitor"))[:2] == ("admitted", "visitor")
        yield session


def master(gateway, agents, name="visitor"):
    """A connection of OpenSSH's client that calls share (ControlMaster): the process, and the words of a call."""
    path = gateway.layout.control / f"{name}-{time.monotonic_ns()}"
    words = gateway.sshd.client(agents.identity(name), "-M", "-N", "-o", f"ControlPath={path}")
    process = processes.start(words, gateway.layout.logs / "ssh-revoked.log")
    assert processes.eventually(path.exists)
    return process, gateway.sshd.client(agents.identity(name), "-o", f"ControlPath={path}")


def begin(words, line):
    return subprocess.Popen(
        [*words, "--", line], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def only(records):
    assert len(records) == 1, records
    return records[0]


CHANGES = {
    "suspended": (lambda agents: agents.put("visitor", suspended=True), "suspended"),
    "removed": (lambda agents: agents.remove("visitor"), "no agent"),
    "expired": (lambda agents: agents.put("visitor", expires="2020-01-01"), "expired"),
    "given another key": (lambda agents: agents.put("visitor", key="another"), "no agent"),
    "kept out of its network": (lambda agents: agents.put("visitor", **{"from": ["198.51.100.0/24"]}), "192.0.2.9"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_session_and_its_calls_end_when_the_agent_is(gateway, agents, visiting, recorded, what):
    change, word = CHANGES[what]
    agents.key("another")
    running = visiting.begin("sleep 1000 | sleep 1000")
    assert processes.eventually(lambda: len(gateway.running()) >= 3)
    change(agents)
    kind, reason = visiting.receive(2)
    assert kind == "revoked" and word in reason
    assert visiting.is_closed(1) and agents.since_change() < SOON
    status, messages = running.reply(2)
    assert agents.since_change() < SOON
    assert status == 126 and word in messages[0] and messages[-1].startswith("hint: ")
    assert processes.eventually(lambda: not gateway.running(), 1)
    running.close()
    end, session = only(recorded("end")), only(recorded("session-end"))
    assert (end.cause, end.status, end.res) == ("revoked", "126", "failed") and word in end.info
    assert (session.cause, session.res, session.acct) == ("revoked", "failed", "visitor") and word in session.info


def test_a_key_that_goes_to_another_agent_ends_what_the_first_has_open(agents, visiting):
    agents.entries["heir"] = {"keys": [agents.key("visitor")], "roles": ["everything"]}
    del agents.entries["visitor"]
    agents.write()
    assert visiting.receive(2) == ("revoked", "the key belongs to the agent heir now, no longer to visitor")


def test_nobody_else_is_touched(gateway, agents, visiting, recorded):
    agents.put("bystander")
    with Session() as other:
        assert other.login(agents.key("bystander"))[0] == "admitted"
        running = other.begin("sleep 2 ; probe mark")
        front = begin(gateway.ssh(), "sleep 2 ; probe mark")
        assert processes.eventually(lambda: len(gateway.running()) >= 4)
        agents.put("visitor", suspended=True)
        assert visiting.receive(2)[0] == "revoked"
        assert running.finish() == (0, "marked\n", "", [])
        assert front.communicate(timeout=20) == ("marked\n", "") and front.returncode == 0
        assert other.call("probe mark") == (0, "marked\n", "", [])
        other.send(wire.goodbye())
    assert [record.cause for record in recorded("end", 3)] == ["exited"] * 3


def test_an_expiry_that_passes_ends_sessions_and_calls_of_both_fronts(gateway, agents, recorded):
    end = time.time() + 6 * processes.SCALE
    moment = datetime.datetime.fromtimestamp(int(end), datetime.UTC)
    agents.put("visitor", expires=moment.strftime("%Y-%m-%dT%H:%M:%SZ"))
    with Session() as session:
        assert session.login(agents.key("visitor"))[0] == "admitted"
        running = session.begin("sleep 1000")
        front = begin(gateway.sshd.client(agents.identity("visitor"), "-o", "ControlPath=none"), "sleep 1000")
        assert processes.eventually(lambda: len(gateway.running()) >= 4)
        assert time.time() < int(end), "the test was too slow"
        kind, reason = session.receive(20 * processes.SCALE)
        assert kind == "revoked" and "expired" in reason
        assert -0.1 < time.time() - int(end) < SOON
        assert running.reply(2)[0] == 126
        _, err = front.communicate(timeout=20)
        assert -0.1 < time.time() - int(end) < SOON
        assert front.returncode == 126 and "keyhole: the agent visitor has expired" in err and "\nhint: " in err
    assert [record.cause for record in recorded("end", 2)] == ["revoked"] * 2


def test_after_a_revocation_the_agent_may_come_again_once_it_is_resumed(agents, visiting):
    agents.put("visitor", suspended=True)
    assert visiting.receive(2)[0] == "revoked"
    with Session() as session:
        assert session.login(agents.key("visitor"))[0] == "refused"
        agents.put("visitor")
        assert session.ask(wire.proved(agents.key("visitor")))[0] == "admitted"
        session.send(wire.goodbye())


def test_an_openssh_call_ends_with_126_and_both_lines_and_its_connection_as_well(gateway, agents, recorded):
    agents.put("visitor")
    shared, words = master(gateway, agents)
    running = begin(words, "sleep 1000")
    assert processes.eventually(lambda: len(gateway.running()) >= 2)
    agents.put("visitor", suspended="gone for the day")
    out, err = running.communicate(timeout=10)
    assert agents.since_change() < SOON
    assert running.returncode == 126 and out == ""
    assert err.startswith("keyhole: the agent visitor is suspended: gone for the day") and "\nhint: " in err
    shared.wait(timeout=10)
    assert agents.since_change() < 2 * SOON
    assert processes.eventually(lambda: not gateway.running(), 1)
    end = only(recorded("end"))
    assert (end.cause, end.status) == ("revoked", "126") and "gone for the day" in end.info


def test_an_openssh_connection_that_made_a_call_before_is_ended_though_none_runs(gateway, agents):
    agents.put("visitor")
    agents.put("bystander")
    shared, words = master(gateway, agents)
    spared, others = master(gateway, agents, "bystander")
    for line in (words, others):
        done = begin(line, "probe mark")
        assert done.communicate(timeout=20) == ("marked\n", "")
    agents.remove("visitor")
    shared.wait(timeout=10)
    assert agents.since_change() < SOON
    done = begin(others, "probe mark")
    assert done.communicate(timeout=20) == ("marked\n", "") and spared.poll() is None
    processes.stop(spared)


def test_ten_calls_over_one_connection_all_hear_why(gateway, agents):
    agents.put("visitor")
    shared, words = master(gateway, agents)
    running = [begin(words, "sleep 1000") for _ in range(10)]
    assert processes.eventually(lambda: len(gateway.running()) >= 20, 20)
    agents.put("visitor", suspended=True)
    for one in running:
        _, err = one.communicate(timeout=10)
        assert one.returncode == 126 and err.startswith("keyhole: the agent visitor is suspended")
    assert agents.since_change() < 2 * SOON
    shared.wait(timeout=10)


def test_ended_openssh_connections_do_not_stay_in_the_brokers_memory(gateway, agents):
    agents.put("visitor")

    def descriptors():
        return len(os.listdir(f"/proc/{gateway.broker.process.pid}/fd"))

    def calls(count):
        for _ in range(count):
            assert gateway.call("true", identity=agents.identity("visitor"), shared=False).status == 0

    calls(3)
    before = descriptors()
    calls(20)
    # The sandboxes that wait to be used come and go.
    assert processes.eventually(lambda: descriptors() <= before + 8), (before, descriptors())


def test_a_revoked_agent_is_ended_also_while_nothing_can_be_recorded(gateway, agents, visiting):
    from test_audit import audit_disabled

    running = visiting.begin("sleep 1000")
    assert processes.eventually(gateway.running)
    with audit_disabled(gateway):
        agents.put("visitor", suspended=True)
        assert visiting.receive(2)[0] == "revoked"
        assert running.reply(2)[0] == 126
        assert agents.since_change() < SOON
        assert processes.eventually(lambda: not gateway.running(), 1)
    running.close()


def test_many_sessions_and_calls_end_within_a_second(gateway, agents):
    agents.put("visitor", limits={"connections": 200, "calls": 50})
    sessions = [Session() for _ in range(200)]
    assert {session.login(agents.key("visitor"))[0] for session in sessions} == {"admitted"}
    calls = [session.begin("sleep 1000") for session in sessions[:50]]
    assert processes.eventually(lambda: len(gateway.running()) >= 100, 30)
    agents.put("visitor", suspended=True)
    assert {session.receive(5)[0] for session in sessions} == {"revoked"}
    took = agents.since_change()
    assert {call.reply(5)[0] for call in calls} == {126}
    assert agents.since_change() < 2 * SOON and took < SOON
    for each in sessions + calls:
        each.close()
    assert processes.eventually(lambda: not gateway.running(), 5)


# What the trail says of it.


def test_each_change_of_an_agent_is_a_record_of_the_type_for_accounts(gateway, agents, recorded):
    agents.put("first")
    agents.put("first", roles=[], about="x")
    agents.put("first", roles=[], about="x", suspended=True)
    agents.put("first", roles=[], about="x")
    agents.remove("first")
    records = recorded("agent-change", 5)
    assert [(record.type, record.change) for record in records] == [
        ("ADD_USER", "added"), ("USER_MGMT", "changed"), ("ACCT_LOCK", "suspended"), ("ACCT_UNLOCK", "resumed"),
        ("DEL_USER", "removed")]
    assert {record.acct for record in records} == {"first"} and {record.by for record in records} == {"signal"}
    assert records[1].info == "about, roles"
    assert [record.policy for record in records] == [record.policy for record in recorded("policy-load", 5)]


def test_the_administrator_who_reloads_stands_in_the_records(gateway, agents, recorded):
    agents.entries["first"] = {"keys": [agents.key("first")], "roles": []}
    agents.path.write_text(json.dumps({"agents": agents.entries}))
    agents.path.chmod(0o644)
    program = [gateway.layout.programs / "keyhole", "policy", "reload", "--config", gateway.broker.configuration]
    subprocess.run(list(map(str, program)), check=True, capture_output=True)
    record = only(recorded("agent-change"))
    assert (record.by, record.admin, record.acct) == ("control", "0", "first")


def test_aureport_and_ausearch_know_what_agents_do(gateway, agents, visiting):
    with Session() as session:
        assert session.login(gateway.sshd.public_key("stranger"))[0] == "refused"
        session.send(wire.goodbye())
    agents.put("visitor", suspended=True)
    assert visiting.receive(2)[0] == "revoked"
    log = str(gateway.audit.log)

    def said(*words):
        return subprocess.run([*words, "--input", log], capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout

    def authentications():
        lines = [line for line in said("aureport", "--auth").splitlines() if "192.0.2.9" in line]
        return any(" visitor " in line and " yes " in line for line in lines) and any(" no " in line for line in lines)

    assert processes.eventually(authentications), said("aureport", "--auth")
    assert "visitor" in said("aureport", "--mods"), said("aureport", "--mods")
    assert "keyhole:session-end" in said("ausearch", "-m", "USER_END", "-i")
    assert "keyhole:authentication" in said("ausearch", "-m", "USER_AUTH", "--success", "no", "-hn", "192.0.2.9", "-i")


def test_keyholes_own_reader_of_the_log_understands_every_record_of_the_broker(gateway, agents, visiting, tmp_path):
    start = gateway.audit.log.stat().st_size
    part = tmp_path / "audit.log"
    running = visiting.begin("sleep 1000")
    assert processes.eventually(gateway.running)
    agents.put("visitor", suspended=True)
    assert visiting.receive(2)[0] == "revoked" and running.reply(2)[0] == 126
    running.close()
    program = gateway.layout.programs
    command = [
        program / "keyhole", "policy", "learn", "--json", "--policy", gateway.layout.policy, "--log", part,
        "--broker", program / "keyhole-broker"]

    def report():
        part.write_bytes(gateway.audit.log.read_bytes()[start:])
        return json.loads(subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stdout)

    written = lambda: {record.op for record in gateway.audit.records()}
    wanted = {f"keyhole:{name}" for name in ("authentication", "session-end", "agent-change", "end", "policy-load")}
    assert processes.eventually(lambda: wanted <= written()), written()
    log = report()["log"]
    assert log["malformed"] == 0 and log["records"] >= len(wanted)
