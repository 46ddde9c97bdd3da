"""The broker's session socket, spoken to as keyhole-session does: who is let in, and what may be said when."""

import contextlib
import json
import os
import struct
import subprocess
import time

import pytest

import session_client as wire
from agents_for_tests import Agents
from private_gateway import processes
from session_client import Call, Session
from test_audit import audit_disabled

STRANGE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


@pytest.fixture
def keys(gateway):
    return gateway.sshd.public_key


@pytest.fixture
def agents(gateway):
    agents = Agents(gateway)
    yield agents
    agents.finish()


@pytest.fixture
def session(gateway, keys):
    with Session() as session:
        assert session.login(keys("agent"))[:2] == ("admitted", "tester")
        yield session
        session.send(wire.goodbye())


def greeted():
    session = Session()
    session.send(wire.hello())
    return session


def only(records):
    assert len(records) == 1, records
    return records[0]


# Who is let in.


def test_a_call_gives_output_and_status(recorded, session):
    assert session.call("probe mark") == (0, "marked\n", "", [])
    assert session.call("probe mark ; false")[0] == 1
    status, out, err, messages = session.call("rm -rf /")
    assert status == 127 and out == err == "" and messages[-1].startswith("hint: ")
    authentication = only(recorded("authentication"))
    decisions, ends = recorded("decision", 3), recorded("end", 2)
    assert authentication.res == "success" and authentication.acct == "tester" and authentication.addr == "192.0.2.9"
    assert authentication.type == "USER_AUTH" and authentication.key.startswith("SHA256:")
    assert {record.session for record in decisions + ends} == {authentication.session}
    assert {record.addr for record in decisions + ends} == {"192.0.2.9"}
    assert [record.verdict for record in decisions] == ["allowed", "allowed", "refused"]


def test_a_shell_request_is_the_help_text_and_126(session):
    status, out, _, _ = session.call(None)
    assert status == 126 and "journalctl" in out


def test_input_goes_to_the_command_and_calls_run_side_by_side(session):
    reader, writer = os.pipe()
    slow = session.begin("cat", stdin=reader)
    assert session.call("probe mark") == (0, "marked\n", "", [])
    os.write(writer, b"through\n")
    os.close(writer)
    assert slow.finish() == (0, "through\n", "", [])


def test_a_known_key_is_known_whoever_has_it_and_no_other(keys):
    with greeted() as session:
        assert session.ask(wire.offered(keys("agent"))) == ("known", True)
        assert session.ask(wire.offered(keys("suspended"))) == ("known", True)
        assert session.ask(wire.offered(keys("stranger"))) == ("known", False)
        kind, base64 = keys("agent").split()[:2]
        assert session.ask(wire.offered(f"ssh-rsa {base64}")) == ("known", False)
        assert session.ask(wire.offered(f"{kind} %%%%")) == ("known", False)
        session.send(wire.goodbye())


def test_an_unknown_key_is_refused_and_another_may_follow(keys, recorded):
    with greeted() as session:
        kind, reason, hint = session.ask(wire.proved(keys("stranger")))
        assert kind == "refused" and "no agent" in reason and "administrator" in hint
        assert session.ask(wire.proved(keys("agent")))[:2] == ("admitted", "tester")
        session.send(wire.goodbye())
    failed, succeeded = recorded("authentication", 2)
    assert (failed.res, failed.acct) == ("failed", "?") and "no agent" in failed.info
    assert (succeeded.res, succeeded.acct) == ("success", "tester") and failed.key != succeeded.key
    assert failed.session == succeeded.session


def test_a_suspended_agent_hears_why_only_after_the_proof(keys, recorded):
    with greeted() as session:
        assert session.ask(wire.offered(keys("suspended"))) == ("known", True)
        kind, reason, _ = session.ask(wire.proved(keys("suspended")))
        assert kind == "refused" and "suspended" in reason
        session.send(wire.goodbye())
    record = only(recorded("authentication"))
    assert (record.res, record.acct) == ("failed", "retired") and "suspended" in record.info


def test_an_agent_that_has_expired_or_comes_from_elsewhere_is_refused(agents, recorded):
    agents.put("expired", expires="2020-01-01")
    agents.put("local", **{"from": ["198.51.100.0/24"]})
    with greeted() as session:
        for name, word in (("expired", "expired"), ("local", "192.0.2.9")):
            assert session.ask(wire.offered(agents.key(name))) == ("known", True)
            kind, reason, _ = session.ask(wire.proved(agents.key(name)))
            assert kind == "refused" and word in reason
        session.send(wire.goodbye())
    with Session() as session:
        assert session.login(agents.key("local"), connection=b"198.51.100.7 1 192.0.2.1 22")[0] == "admitted"
        session.send(wire.goodbye())
    assert [record.res for record in recorded("authentication", 3)] == ["failed", "failed", "success"]


@pytest.mark.parametrize("user", ["", "root", "Diag", "diagnose", "diag+", " diag", "diag\0", "diag-exec", b"\xff\xfe"])
def test_another_user_name_is_refused_whatever_the_key(keys, recorded, user):
    with Session() as session:
        assert session.login(keys("agent"), user)[0] == "refused"
        session.send(wire.goodbye())
    assert only(recorded("authentication")).res == "failed"


def test_a_user_name_may_name_a_machine(keys):
    with Session() as session:
        assert session.login(keys("agent"), "diag+web-02")[0] == "admitted"
        session.send(wire.goodbye())


def test_a_second_agent_is_another_one(agents, session, recorded):
    agents.put("second")
    with Session() as other:
        answer = other.login(agents.key("second"), connection=b"2001:db8::2 1 2001:db8::1 22")
        assert answer[:2] == ("admitted", "second")
        assert other.call("whoami")[1].split()[0] != session.call("whoami")[1].split()[0]
        other.send(wire.goodbye())
    mine = [record for record in recorded("end", 2) if record.acct == "second"]
    assert only(mine).addr == "2001:db8::2"


def test_principals_of_a_known_authority_are_told_and_of_another_none(gateway, agents):
    agents.key("authority")
    extra = gateway.add_policy("zz-authority.yaml", {"certificate-authorities": [agents.key("authority")]})
    try:
        agents.put("certified", principals=["certified-laptop"])
        with greeted() as session:
            assert session.ask(wire.authority(agents.key("authority"))) == ("principals", ["certified-laptop"])
            assert session.ask(wire.authority(STRANGE)) == ("principals", [])
            session.send(wire.goodbye())
    finally:
        extra.unlink()


def test_nobody_is_let_in_while_nothing_can_be_recorded(gateway, keys, session):
    with audit_disabled(gateway), greeted() as late:
        kind, reason, hint = late.ask(wire.proved(keys("agent")))
        assert kind == "refused" and "recorded" in reason and hint
        assert session.call("probe mark")[0] == 125
        late.send(wire.goodbye())
    assert session.call("probe mark")[0] == 0


# What may be said when.

MESSAGES = {
    "hello": wire.hello(), "offered": wire.offered(STRANGE), "proved": wire.proved(STRANGE), "call": wire.call("true"),
    "goodbye": wire.goodbye(), "authority": wire.authority(STRANGE),
}
ALLOWED = {
    "connected": {"hello"}, "greeted": {"offered", "proved", "authority", "goodbye"}, "admitted": {"call", "goodbye"},
}


@pytest.mark.parametrize("phase, message", [
    (phase, message) for phase in ALLOWED for message in MESSAGES if message not in ALLOWED[phase]])
def test_a_message_out_of_turn_ends_the_session(keys, recorded, phase, message):
    with Session() as session:
        if phase == "greeted":
            session.send(wire.hello())
        if phase == "admitted":
            assert session.login(keys("agent"))[0] == "admitted"
        begun = Call() if message == "call" else None
        session.send(MESSAGES[message], begun.passed if begun else ())
        assert session.is_closed()
        if begun:
            begun.sent()
            assert begun.finish() == (None, "", "", [])
    assert not recorded("decision", 0)
    if phase != "connected":
        end = only(recorded("session-end"))
        assert (end.cause, end.res, end.type) == ("misbehaved", "failed", "USER_END") and message in end.info


@pytest.mark.parametrize("packet", [
    b"\0", b"\1\x09", b"\1\x09\x06", b"\1\x09\xff", b"\2\x09\0" + wire.text(b"x"), b"\1\x01\0",
    wire.hello() + b"\0", wire.hello()[:-1], wire.request(0, struct.pack("<I", 0xFFFFFFFF)),
    wire.request(0, wire.text(b"x" * 257)), wire.request(1, wire.text(b"\xff") + wire.text(b"")),
    wire.request(1, wire.text(b"x" * 65) + wire.text(b"")), b"A" * 65536, b"A" * 65537, os.urandom(200),
], ids=lambda packet: f"{len(packet)} bytes")
def test_a_malformed_packet_ends_the_session_and_nothing_else(session, packet):
    with Session() as other:
        other.send(packet)
        assert other.is_closed()
    with greeted() as other:
        other.send(packet)
        assert other.is_closed()
    assert session.call("probe mark") == (0, "marked\n", "", [])


@pytest.mark.parametrize("count", [0, 1, 3, 5, 12])
def test_a_call_with_another_number_of_descriptors_ends_the_session(keys, recorded, count):
    null = os.open("/dev/null", os.O_RDWR)
    with Session() as session:
        assert session.login(keys("agent"))[0] == "admitted"
        session.send(wire.call("true"), [null] * count)
        assert session.is_closed()
    os.close(null)
    assert only(recorded("session-end")).cause == "misbehaved" and not recorded("decision", 0)


def test_a_message_that_brings_a_descriptor_it_needs_none_of_ends_the_session():
    null = os.open("/dev/null", os.O_RDWR)
    with greeted() as session:
        session.send(wire.offered(STRANGE), [null])
        assert session.is_closed()
    os.close(null)


def test_an_answer_is_not_lost_when_the_session_is_closed_over_unread_messages():
    """The kernel tells the other side of unread messages before it gives what was sent to it: unix(7), ECONNRESET."""
    for _ in range(20):
        with greeted() as session:
            for packet in (wire.offered(STRANGE), b"nonsense", *[wire.offered(STRANGE)] * 5):
                try:
                    session.send(packet)
                except BrokenPipeError:
                    break
            assert session.socket.recv(100) == b"\x01\x0a\0\0"
            with contextlib.suppress(ConnectionResetError):
                assert session.socket.recv(100) == b""


def test_a_session_asks_only_so_often():
    with greeted() as session:
        answers = 0
        while answers < 100 and session.ask(wire.offered(STRANGE)):
            answers += 1
        assert answers == 64
    with greeted() as session:
        answers = 0
        while answers < 100 and session.ask(wire.proved(STRANGE)):
            answers += 1
        assert answers == 16


def test_a_session_that_does_not_read_its_answers_is_ended(gateway, agents, session, recorded):
    """Sixteen answers of 32 KiB find no room in the socket; the broker waits for none of them."""
    extra = gateway.add_policy("zz-authority.yaml", {"certificate-authorities": [agents.key("authority")]})
    try:
        for number in range(8):
            principals = [f"{number}-{principal}-".ljust(120, "x") for principal in range(32)]
            agents.entries[f"many-{number}"] = {"principals": principals, "roles": ["everything"]}
        agents.write()
        with greeted() as deaf:
            for _ in range(16):
                try:
                    deaf.send(wire.authority(agents.key("authority")))
                except BrokenPipeError:
                    break
            assert session.call("probe mark") == (0, "marked\n", "", [])
            assert processes.eventually(lambda: recorded("session-end"))
    finally:
        extra.unlink()
    end = only(recorded("session-end"))
    assert end.cause == "misbehaved" and "does not read" in end.info


def test_a_session_that_says_nothing_is_ended_after_ten_seconds(gateway):
    with Session() as session:
        time.sleep(9 * processes.SCALE)
        session.send(b"")
    with Session() as session:
        began = time.monotonic()
        assert session.is_closed(15 * processes.SCALE)
        assert 8 < time.monotonic() - began


def test_a_line_that_was_cut_is_refused_with_its_length(session, recorded):
    status, _, _, messages = session.call("echo x", length=9000)
    assert status == 126 and "9000" in messages[0]
    assert only(recorded("decision")).verdict == "refused"


def test_another_user_than_the_peers_is_turned_away(gateway):
    position = gateway.broker.log_position()
    with Session(user=None) as session:
        try:
            session.send(wire.hello())
        except BrokenPipeError:
            pass
        assert session.is_closed()
    assert "not among the peers" in gateway.broker.log_since(position)
    with pytest.raises(PermissionError):
        Session(user="nobody")


# How a session ends.


@pytest.mark.parametrize("cause, word, res", [
    ("client-gone", "client-gone", "success"), ("authentication-timeout", "timed-out", "failed"),
    ("too-many-attempts", "too-many-attempts", "failed"), ("protocol-error", "protocol-error", "failed"),
    ("idle", "idle", "success"), ("limit", "limit", "failed"), ("revoked", "revoked", "failed"),
    ("draining", "draining", "success"),
])
def test_the_end_of_a_session_is_recorded_with_its_cause(keys, recorded, cause, word, res):
    with Session() as session:
        assert session.login(keys("agent"))[0] == "admitted"
        session.call("true")
        session.send(wire.goodbye(cause))
        assert session.is_closed()
    end = only(recorded("session-end"))
    assert (end.cause, end.res, end.acct, end.calls) == (word, res, "tester", "1")
    assert end.session == only(recorded("authentication")).session


def test_a_session_that_ends_without_a_word_has_crashed(keys, recorded):
    with Session() as session:
        assert session.login(keys("agent"))[0] == "admitted"
    end = only(recorded("session-end"))
    assert (end.cause, end.res, end.acct) == ("crashed", "failed", "tester")


def test_a_crash_before_authentication_is_recorded_and_an_orderly_end_is_not(recorded):
    with greeted() as session:
        session.send(wire.goodbye("too-many-attempts"))
        assert session.is_closed()
    with greeted():
        pass
    end = only(recorded("session-end"))
    assert (end.cause, end.acct, end.addr) == ("crashed", "?", "192.0.2.9")


def test_a_client_that_is_gone_ends_its_call_and_no_other(gateway, session, recorded):
    first, second = session.begin("sleep 1000"), session.begin("sleep 2 ; probe mark")
    assert processes.eventually(lambda: len(gateway.running()) >= 2)
    first.close()
    assert second.finish() == (0, "marked\n", "", [])
    causes = [record.cause for record in recorded("end", 2)]
    assert sorted(causes) == ["client-gone", "exited"]


def test_a_reply_socket_without_room_holds_nobody_up(gateway, session):
    begun = Call()
    begun.theirs.setblocking(False)
    with pytest.raises(BlockingIOError):
        while True:
            begun.theirs.send(b"x" * 4096)
    # The broker shares this flag with us.
    begun.theirs.setblocking(True)
    session.send(wire.call("probe mark"), begun.passed)
    for number in begun.passed[:3]:
        os.close(number)
    assert begun.output() == ("marked\n", "")
    assert processes.eventually(lambda: status(gateway)["running-calls"] == 0)
    begun.theirs.close()
    begun.close()


def test_something_else_than_a_socket_for_the_reply_harms_nobody(gateway, session):
    begun = Call()
    null = os.open("/dev/null", os.O_RDWR)
    session.send(wire.call("sleep 1000"), [*begun.passed[:3], null])
    begun.sent()
    os.close(null)
    begun.output()
    assert processes.eventually(lambda: status(gateway)["running-calls"] == 0)
    begun.close()
    assert session.call("probe mark") == (0, "marked\n", "", [])


# Limits.


def test_an_agent_has_so_many_connections_and_no_more(agents, session, recorded):
    agents.put("few", limits={"connections": 2})
    held = [Session() for _ in range(3)]
    assert [one.login(agents.key("few"))[0] for one in held] == ["admitted", "admitted", "refused"]
    assert held[2].ask(wire.proved(agents.key("few")))[1].startswith("the agent few has 2 connections open already")
    held[0].send(wire.goodbye())
    assert held[0].is_closed()
    assert held[2].ask(wire.proved(agents.key("few")))[0] == "admitted"
    for one in held[1:]:
        one.send(wire.goodbye())
        one.close()
    held[0].close()
    assert [record.res for record in recorded("authentication", 5)] == [
        "success", "success", "failed", "failed", "success"]


def test_an_agent_has_so_many_calls_over_both_fronts_and_no_more(gateway, agents, recorded):
    agents.put("few", limits={"calls": 2})
    with Session() as session:
        assert session.login(agents.key("few")) == ("admitted", "few", 2)
        first = session.begin("sleep 1000")
        second = gateway.begin("sleep 1000", identity=agents.identity("few"), shared=False)
        assert processes.eventually(lambda: len(gateway.running()) >= 4), gateway.running()
        code, _, _, messages = session.call("true")
        assert code == 126 and "2 calls running already" in messages[0] and messages[-1].startswith("hint: ")
        front = gateway.call("true", identity=agents.identity("few"), shared=False)
        assert front.status == 126 and "2 calls running already" in front.err
        first.close()
        assert processes.eventually(lambda: session.call("true")[0] == 0)
        second.kill()
        second.communicate()
        session.send(wire.goodbye())
    refused = [record for record in recorded("decision", 4) if record.verdict == "refused"]
    assert {record.rule for record in refused} == {"calls"} and {record.acct for record in refused} == {"few"}


def test_a_broker_without_a_place_says_so_to_sessions_as_well(gateway, keys, recorded):
    gateway.broker.restart(calls=1)
    try:
        with Session() as session:
            assert session.login(keys("agent"))[0] == "admitted"
            running = session.begin("sleep 1000")
            assert processes.eventually(gateway.running)
            code, _, _, messages = session.call("true")
            assert code == 125 and "1 calls are running already" in messages[0]
            running.close()
            assert processes.eventually(lambda: session.call("true")[0] == 0)
            session.send(wire.goodbye())
        refused = [record for record in recorded("decision", 3) if record.verdict == "refused"]
        assert {(record.rule, record.acct) for record in refused} == {("calls", "tester")}
    finally:
        gateway.broker.restart()


# The broker itself.


def status(gateway):
    keyhole = gateway.layout.programs / "keyhole"
    command = [keyhole, "policy", "status", "--json", "--config", gateway.broker.configuration]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_the_status_counts_sessions(gateway, keys):
    before = status(gateway)["sessions"]
    with Session() as session, greeted():
        assert session.login(keys("agent"))[0] == "admitted"
        assert status(gateway)["sessions"] == before + 1
        session.send(wire.goodbye())
        assert session.is_closed()
    assert status(gateway)["sessions"] == before


def footprint(gateway):
    """Descriptors and threads of the broker."""
    process = f"/proc/{gateway.broker.process.pid}"
    return len(os.listdir(f"{process}/fd")), len(os.listdir(f"{process}/task"))


def test_two_hundred_sessions_are_served_and_leave_nothing(gateway, keys, recorded):
    gateway.call("true")
    assert processes.eventually(lambda: status(gateway)["running-calls"] == 0)
    before = footprint(gateway)
    sessions = [Session() for _ in range(200)]
    assert {session.login(keys("agent"))[0] for session in sessions} == {"admitted"}
    calls = [session.begin("probe mark") for session in sessions]
    assert [call.finish() for call in calls] == [(0, "marked\n", "", [])] * 200
    for session in sessions[:100]:
        session.send(wire.goodbye())
    for session in sessions:
        session.close()
    assert processes.eventually(lambda: status(gateway)["sessions"] == 0)

    def small():
        now = footprint(gateway)
        return now[0] <= before[0] + 4 and now[1] <= before[1] + 2

    assert processes.eventually(small), (before, footprint(gateway))
    assert len(recorded("session-end", 200)) == 200


def test_a_stop_lets_calls_of_sessions_end_and_closes_the_sessions(gateway, keys, recorded):
    sessions = [Session(), Session()]
    assert [session.login(keys("agent"))[0] for session in sessions] == ["admitted"] * 2
    running = sessions[0].begin("sleep 2 ; probe mark")
    assert processes.eventually(gateway.running)
    gateway.broker.process.terminate()
    try:
        assert gateway.broker.notified("STOPPING=1")
        assert sessions[1].is_closed(1)
        status, _, _, messages = sessions[0].call("true")
        assert status == 125 and "stopped" in messages[0]
        assert running.finish() == (0, "marked\n", "", [])
        assert sessions[0].is_closed(5)
        assert gateway.broker.process.wait(10) == 0
        ends = recorded("session-end", 2)
        assert [(end.cause, end.res) for end in ends] == [("stopped", "success")] * 2
        assert recorded("stop")[0].serial > max(end.serial for end in ends)
    finally:
        gateway.broker.restart()


def test_a_broker_that_is_killed_leaves_no_call_and_no_session(gateway, keys):
    with Session() as session:
        assert session.login(keys("agent"))[0] == "admitted"
        running = session.begin("sleep 1000")
        assert processes.eventually(gateway.running)
        gateway.broker.process.kill()
        try:
            assert session.is_closed(2) and running.reply(2) is None
            assert processes.eventually(lambda: not gateway.running(), 1)
            running.close()
        finally:
            gateway.broker.restart()


def test_a_broker_that_is_back_serves_sessions_again(gateway, keys):
    gateway.broker.restart()
    with Session() as session:
        assert session.login(keys("agent"))[0] == "admitted"
        session.send(wire.goodbye())
