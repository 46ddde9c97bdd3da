"""The broker's session socket, spoken to as keyhole-session does: who is let in, and what may be said when."""

import pytest

import session_client as wire
from session_client import Session


@pytest.fixture
def keys(gateway):
    return gateway.sshd.public_key


@pytest.fixture
def session(gateway, keys):
    with Session() as session:
        assert session.login(keys("agent")) == ("admitted", "tester", 16)
        yield session
        session.send(wire.goodbye())


def test_a_call_gives_output_and_status(recorded, session):
    assert session.call("probe mark") == (0, "marked\n", "", [])
    assert session.call("probe mark ; false")[0] == 1
    status, out, err, messages = session.call("rm -rf /")
    assert status == 127 and out == err == "" and messages[-1].startswith("hint: ")
    (authentication,) = recorded("authentication")
    ends = recorded("end", 2)
    assert authentication.res == "success" and authentication.acct == "tester" and authentication.addr == "192.0.2.9"
    assert {end.session for end in ends} == {authentication.session}


def test_a_known_key_is_known_whoever_has_it_and_no_other(keys):
    with Session() as session:
        session.send(wire.hello())
        assert session.ask(wire.offered(keys("agent"))) == ("known", True)
        assert session.ask(wire.offered(keys("suspended"))) == ("known", True)
        assert session.ask(wire.offered(keys("stranger"))) == ("known", False)
        session.send(wire.goodbye())
