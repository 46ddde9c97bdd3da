"""What an agent has open ends when the agent may no longer be there: within a second, with OpenSSH in front."""

import datetime
import time

import pytest

from agents_gateway import AgentsGateway, seconds_until
from private_gateway import processes


@pytest.fixture(scope="module")
def front(session_gateway):
    with AgentsGateway(session_gateway) as front:
        yield front


@pytest.fixture
def agents(gateway, front):
    return front


def in_seconds(seconds):
    time = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ"), time.replace(microsecond=0)


def running(agents, key, line="sleep 60"):
    """A call that has begun."""
    before = len(agents.gateway.running())
    call = agents.begin(key, line)
    assert processes.eventually(lambda: len(agents.gateway.running()) > before)
    return call


@pytest.mark.parametrize("change", [
    ("suspend", "claude", "--reason", "now"), ("remove", "claude"), ("rotate", "claude", "--key", "{new}"),
], ids=["suspended", "removed", "rotated"])
def test_a_running_call_ends_within_a_second(agents, change):
    key = agents.add("claude")
    call = running(agents, key)
    agents.agents(*[word.format(new=agents.keys.public("new")) for word in change])
    # `keyhole agents` returns when the policy is in force.
    assert seconds_until(call) < 1
    out, complaint = call.communicate()
    assert call.returncode == 126 and out == "", complaint
    assert complaint.startswith("keyhole: ") and "hint: " in complaint
    if change[0] == "suspend":
        assert "the agent claude is suspended: now" in complaint
    if change[0] != "remove":
        agents.agents("remove", "claude")


def test_a_running_call_goes_on_when_something_else_changes(agents):
    with agents.agent("claude") as key:
        call = running(agents, key, "sleep 3")
        with agents.agent("other"):
            pass
        call.communicate(timeout=30)
        assert call.returncode == 0


def test_an_agent_expires_with_its_running_call(agents):
    text, end = in_seconds(4)
    key = agents.add("brief", "--expires", text)
    try:
        assert agents.call(key)[0] == 0
        call = running(agents, key)
        call.communicate(timeout=30)
        late = (datetime.datetime.now(datetime.timezone.utc) - end).total_seconds()
        assert call.returncode == 126 and 0 <= late < 1.5
        status, _, complaint = agents.call(key)
        assert status == 126 and f"the agent brief has expired: it was there until {text}" in complaint
    finally:
        agents.agents("remove", "brief")


def test_a_certificate_expires_with_its_running_call(agents):
    agents.trust("ca")
    with agents.agent("claude", "--principal", "claude", key=False):
        end = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=4)
        local = end.astimezone().strftime("%Y%m%d%H%M%S")
        key = agents.keys.certificate("ca", "user", "-V", f"20200101:{local}")
        call = running(agents, key)
        _, complaint = call.communicate(timeout=30)
        late = time.time() - int(end.timestamp())
        assert call.returncode == 126 and 0 <= late < 1.5, complaint
        assert "has expired" in complaint
