"""Runs the acceptance tests inside one private host, with one gateway for the session.

The real ssh client, sshd, audit daemon and programs; nothing here imports Keyhole's own code. Everything that a test adds
to the policy stands in test_policy.py. Calls go through OpenSSH, or with KEYHOLE_FRONT=embedded through Keyhole's own server.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "scripts/lib"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True


def pytest_cmdline_main(config):
    """Outside a private host: makes one, runs the same command line in it, and passes its exit status on."""
    if "KEYHOLE_PRIVATE_HOST" in os.environ or config.option.collectonly:
        return None
    if os.geteuid() != 0:
        print("acceptance tests: need root, for a namespace with users of its own and the kernel's audit", file=sys.stderr)
        print("hint: run sudo scripts/test, or scripts/test --fast for what needs no root", file=sys.stderr)
        return pytest.ExitCode.USAGE_ERROR
    folder = tempfile.mkdtemp(prefix="keyhole-test-", dir="/tmp")
    command = [
        str(REPOSITORY / "scripts/private-host"), folder, "--",
        sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *config.invocation_params.args,
    ]
    try:
        with config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
            return subprocess.run(command).returncode
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def pytest_addoption(parser):
    parser.addoption(
        "--part", choices=["gateway", "rest"],
        help="only the files with tests that need the gateway, of which there can be one at a time, or only the others")
    parser.addoption("--share", metavar="K/N", help="only every Nth test, from the Kth on: N runs with K from 1 pass all")


def pytest_collection_modifyitems(config, items):
    chosen, part, share = items, config.getoption("part"), config.getoption("share")
    if part is not None:
        files = {item.path for item in items if "session_gateway" in item.fixturenames}
        chosen = [item for item in chosen if (item.path in files) == (part == "gateway")]
    if share is not None:
        first, step = map(int, share.split("/"))
        chosen = chosen[first - 1::step]
    kept = set(chosen)
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = chosen


@pytest.fixture(scope="session")
def session_gateway():
    from attack_grounds import add_attack_policy, prepare_attack_grounds
    from grounds import prepare_grounds
    from policy_for_tests import add_test_policy
    from private_gateway import Gateway

    with Gateway(front=os.environ.get("KEYHOLE_FRONT", "openssh")) as gateway:
        prepare_grounds(gateway)
        prepare_attack_grounds(gateway)
        add_test_policy(gateway)
        add_attack_policy(gateway)
        gateway.broker.start()
        yield gateway


@pytest.fixture
def gateway(session_gateway):
    """The gateway, up and with its usual settings; what a test leaves running or changes fails that test."""
    yield session_gateway
    from private_gateway import processes

    broker = session_gateway.broker
    gone = broker.process is None or broker.process.poll() is not None
    left = [] if processes.eventually(lambda: not session_gateway.running(), 3) else session_gateway.running()
    if gone or left:
        # The next test is to start from what it expects.
        told = broker.log_since()[-4000:]
        broker.restart()
        assert not gone, f"the broker is gone:\n{told}"
        assert not left, f"processes of calls are left: {left}"


@pytest.fixture(scope="session")
def session_ssh(session_gateway):
    from ssh_under_test import started

    with started(session_gateway) as server:
        yield server


@pytest.fixture
def ssh(gateway, session_ssh):
    """The embedded server beside the gateway, for what is about SSH itself."""
    return session_ssh


@pytest.fixture
def leaves_a_server_that_serves(ssh):
    """Whatever the test did to it: an honest call works, no session has crashed, and nothing is left."""
    quiet = ssh.quiet()
    yield
    assert ssh.run("echo served").out == "served\n"
    quiet()


@pytest.fixture
def call(gateway):
    return gateway.call


@pytest.fixture
def grounds(session_gateway):
    from grounds import GROUNDS

    return GROUNDS


@pytest.fixture
def recorded(gateway):
    """Waits for the audit records of what this test did: `recorded("end", verdict=…)` gives those that match."""
    from private_gateway import processes

    after = gateway.audit.position()

    def matching(operation, count=1, **fields):
        def found():
            return [
                record for record in gateway.audit.records(after)
                if record.op == f"keyhole:{operation}"
                and all(record.fields.get(name) == value for name, value in fields.items())
            ]

        processes.eventually(lambda: len(found()) >= count, 4, 0.1)
        return found()

    return matching
