"""`needs.read` and `needs.groups`: one command gets what the policy grants it, and nobody and nothing else does."""

import shutil

import pytest

from grounds import GROUNDS, SECRET_WORDS
from policy_for_tests import command

FOLDER = GROUNDS / "granted"
ROOTS_WORDS = "only root may read this"


@pytest.fixture(scope="module")
def granted(session_gateway):
    """Files of root's, below a granted folder and beside it; /usr/bin/cat with and without the grants."""
    def file(path, text, mode, group="root"):
        path.write_text(text + "\n")
        path.chmod(mode)
        shutil.chown(path, "root", group)

    (FOLDER / "closed").mkdir(parents=True)
    file(FOLDER / "log", ROOTS_WORDS, 0o600)
    file(FOLDER / "closed/log", ROOTS_WORDS, 0o600)
    (FOLDER / "closed").chmod(0o700)
    file(FOLDER / "secret", SECRET_WORDS, 0o600)
    file(GROUNDS / "beside", ROOTS_WORDS, 0o600)
    file(GROUNDS / "grouped", ROOTS_WORDS, 0o640, "adm")
    (FOLDER / "out").symlink_to(GROUNDS / "beside")

    def cat(name, **needs):
        return command("/usr/bin/cat", "reads", f"{name} /etc/hostname", ["path*"], deny=[f"{name} -x"], needs=needs)

    session_gateway.add_policy("zz-grants.yaml", {
        "commands": {
            "granted-cat": cat("granted-cat", read=[f"{FOLDER}/**"]),
            "grouped-cat": cat("grouped-cat", groups=["adm"]),
            "plain-cat": cat("plain-cat"),
        },
        "secrets": [{"path": f"{FOLDER}/secret", "reason": "a secret among what is granted"}],
    })
    session_gateway.broker.restart()
    return session_gateway.call


@pytest.mark.parametrize("line", [
    f"granted-cat {FOLDER}/log", f"granted-cat {FOLDER}/closed/log", f"cd {FOLDER}; granted-cat log",
    f"granted-cat {FOLDER}/closed/../log", f"granted-cat {GROUNDS}/../grounds/granted/log"])
def test_a_granted_file_is_opened_for_the_command(granted, line):
    status, out, err = granted(line)
    assert (status, out.strip()) == (0, ROOTS_WORDS), err


@pytest.mark.parametrize("line", [
    f"plain-cat {FOLDER}/log", f"plain-cat {FOLDER}/closed/log", f"granted-cat {GROUNDS}/beside", f"granted-cat {FOLDER}/out",
    f"granted-cat {FOLDER}/../beside", f"granted-cat {GROUNDS}/grouped", f"plain-cat {GROUNDS}/grouped",
    f"grouped-cat {FOLDER}/log"])
def test_what_is_not_granted_stays_closed(granted, line):
    status, out, err = granted(line)
    assert status == 1 and ROOTS_WORDS not in out + err


def test_a_denial_wins_over_a_grant(granted):
    for line in (f"granted-cat {FOLDER}/secret", f"cd {FOLDER}; granted-cat secret", f"granted-cat {FOLDER}/secre*"):
        status, out, err = granted(line)
        assert status != 0 and SECRET_WORDS not in out + err


def test_what_is_missing_below_a_closed_folder_looks_like_what_is_there(granted):
    """An error that differed would tell which names exist."""
    messages = {granted(f"granted-cat {GROUNDS}/no-grant-{name}").err.split(":")[-1] for name in "ab"}
    assert len(messages) == 1


def test_a_group_is_for_its_command_alone(granted):
    assert granted(f"grouped-cat {GROUNDS}/grouped").out.strip() == ROOTS_WORDS
    status, out, err = granted(f"grouped-cat {GROUNDS}/grouped /proc/self/status | plain-cat - /proc/self/status {GROUNDS}/grouped")
    groups = [line.split()[1:] for line in out.splitlines() if line.startswith("Groups:")]
    assert len(groups) == 2 and groups[0] and not groups[1]
    assert status == 1 and out.count(ROOTS_WORDS) == 1


def test_a_read_grant_is_for_its_command_alone(granted):
    status, out, err = granted(f"granted-cat {FOLDER}/log | plain-cat - {FOLDER}/log")
    assert status == 1 and out.count(ROOTS_WORDS) == 1


def test_the_commands_have_no_capability_whatever_the_supervisor_keeps(granted):
    for line in ("granted-cat", "grouped-cat"):
        out = granted(f"{line} /proc/self/status").out
        sets = {row.split()[0]: row.split()[1] for row in out.splitlines() if row.startswith("Cap")}
        assert {sets[name] for name in ("CapPrm:", "CapEff:", "CapInh:", "CapAmb:")} == {"0" * 16}
