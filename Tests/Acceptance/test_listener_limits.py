"""What keyhole-sshd lets in: how many, how often, and whom not."""

import os
import resource
import subprocess
import time

import pytest
from listener_harness import Listener, stand_in_listener
from private_gateway import processes


def open_clients(listener, count, source="127.0.0.1"):
    return [listener.client(source) for _ in range(count)]


def close_all(clients):
    for client in clients:
        client.close()


def test_all_but_the_first_connections_without_authentication_are_dropped_where_the_limit_says_so():
    with stand_in_listener(limits={"startups": "2:100:4"}) as listener:
        clients = open_clients(listener, 4)
        assert [client.served for client in clients] == [True, True, False, False]
        assert clients[2].greeting == (
            "keyhole: too many connections that are not authenticated yet, try again in a moment")
        assert clients[2].line() == ""
        close_all(clients)


def test_between_the_two_numbers_some_connections_are_dropped_and_some_are_served():
    with stand_in_listener(limits={"startups": "1:50:500"}) as listener:
        # Those that are served stay open, so that one at least is unauthenticated all the time.
        clients = open_clients(listener, 60)
        served = sum(client.served for client in clients)
        assert 10 < served < 50
        close_all(clients)


def test_an_authenticated_connection_no_longer_counts_among_the_startups():
    with stand_in_listener(limits={"startups": "2:100:2"}) as listener:
        first, second = open_clients(listener, 2)
        assert not listener.client().served
        first.authenticate()
        third = listener.client()
        assert third.served
        assert not listener.client().served
        close_all([first, second, third])


def test_a_connection_that_ends_makes_room_for_another():
    with stand_in_listener(limits={"startups": "1:100:1"}) as listener:
        for count in range(1, 6):
            with listener.client() as client:
                assert client.served
                assert not listener.client().served
                client.end("exit 0")
            assert listener.says("ended: served", count)


def test_one_source_has_only_so_many_connections_also_authenticated_ones():
    with stand_in_listener(limits={"connections-per-source": 3}) as listener:
        clients = open_clients(listener, 3)
        for client in clients:
            client.authenticate()
        refused = listener.client()
        assert refused.greeting == "keyhole: too many connections from this address"
        other = listener.client("127.0.0.2")
        assert other.served
        close_all([*clients, refused, other])


def test_addresses_of_one_source_network_count_together():
    settings = {"connections-per-source": 2, "source-networks": "24:64"}
    with stand_in_listener(limits=settings) as listener:
        clients = [listener.client("127.0.5.1"), listener.client("127.0.5.2")]
        assert not listener.client("127.0.5.3").served
        assert listener.client("127.0.6.1").served
        close_all(clients)


def test_all_sources_together_have_only_so_many_connections():
    with stand_in_listener(limits={"connections": 3}) as listener:
        clients = [listener.client(f"127.0.0.{last}") for last in range(2, 5)]
        refused = listener.client("127.0.0.9")
        assert refused.greeting == "keyhole: too many connections, try again in a moment"
        close_all(clients)


# exit statuses of keyhole-session, and what each costs with the settings below
@pytest.mark.parametrize(
    ("end", "key", "reason"), [
        ("exit 1", "left-early", "connections that end before authentication"),
        ("exit 2", "not-accepted", "keys that are not accepted"),
        ("exit 3", "timed-out", "connections that do not authenticate in time"),
        ("exit 4", "protocol-error", "connections that do not speak SSH"),
        ("signal 11", "crash", "its session crashed"),
    ])
def test_a_source_is_kept_out_for_what_its_connections_did(end, key, reason):
    with stand_in_listener(penalties={key: "10s", "threshold": "10s"}) as listener:
        listener.client().end(end)
        assert listener.says("127.0.0.1 is kept out for a while: " + reason)
        refused = listener.client()
        assert refused.greeting == (
            "keyhole: this address is kept out for a while, after connections that failed")
        assert listener.client("127.0.0.2").served


@pytest.mark.parametrize("end", ["exit 0", "exit 5", "exit 77"])
def test_a_connection_that_was_served_or_failed_by_our_fault_costs_nothing(end):
    everything = dict.fromkeys(
        ["crash", "not-accepted", "left-early", "timed-out", "protocol-error", "threshold"], "10s")
    with stand_in_listener(penalties=everything) as listener:
        listener.client().end(end)
        assert listener.says(" ended")
        assert listener.client().served


def test_penalties_add_up_to_the_threshold_and_pass_with_time():
    with stand_in_listener(penalties={"left-early": "1s", "threshold": "2s", "maximum": "2s"}) as listener:
        listener.client().end("exit 1")
        listener.client().end("exit 1")
        # The second one came a little later, so that the sum is just below two seconds.
        listener.client().end("exit 1")
        assert listener.says("is kept out for a while")
        assert not listener.client().served
        time.sleep(2.2)
        assert listener.client().served


def test_an_exempt_network_is_never_kept_out():
    penalties = {"crash": "60s", "threshold": "1s", "exempt": ["127.0.0.0/24"]}
    with stand_in_listener(penalties=penalties) as listener:
        listener.client().end("signal 11")
        assert listener.says("crashed: signal 11")
        assert listener.client().served
        listener.client("127.0.1.1").end("signal 11")
        assert listener.says("127.0.1.1 is kept out")
        assert not listener.client("127.0.1.1").served


def test_a_crash_is_logged_with_the_client():
    with stand_in_listener() as listener:
        client = listener.client()
        port = client.socket.getsockname()[1]
        client.end("signal 11")
        assert listener.says(f"of 127.0.0.1 port {port} crashed: signal 11")


def test_a_flood_of_dropped_connections_does_not_flood_the_log():
    with stand_in_listener(limits={"startups": "1:100:1"}) as listener:
        client = listener.client()
        for _ in range(300):
            listener.client().close()
        assert listener.log_since().count("turned 127.0.0.1 port") == 5
        assert processes.eventually(lambda: "turned 295 more away in 10s" in listener.log_since(), 12)
        client.close()


def test_without_descriptors_it_waits_and_then_goes_on():
    with stand_in_listener() as listener:
        assert processes.eventually(lambda: len(listener.sessions()) == 2)
        taken = {int(number) for number in os.listdir(f"/proc/{listener.process.pid}/fd")}
        limit_descriptors(listener, min(set(range(len(taken) + 1)) - taken))
        started = cpu_seconds(listener.process.pid)
        with listener.connect(1) as waiting:
            with pytest.raises(TimeoutError):
                waiting.recv(1)
            assert listener.says("no connection can be accepted for the moment: accept: Too many open files")
            assert cpu_seconds(listener.process.pid) - started < 0.3
            limit_descriptors(listener, 1024)
            waiting.settimeout(10)
            assert waiting.recv(8) == b"stand-in"


def test_the_soft_limit_of_descriptors_is_raised_for_its_connections():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    listener = Listener()
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, before[1]))
        listener.start(limits={"connections": 100})
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    clients = open_clients(listener, 80)
    assert all(client.served for client in clients)
    close_all(clients)
    listener.stop()


def limit_descriptors(listener, count):
    user = ["setpriv", "--reuid=keyhole-ssh", "--regid=keyhole-ssh", "--init-groups"]
    subprocess.run([*user, "prlimit", f"--pid={listener.process.pid}", f"--nofile={count}:"], check=True)


def cpu_seconds(pid):
    fields = open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
