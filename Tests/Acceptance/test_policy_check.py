"""`keyhole policy check`: statuses for a CI, JSON for a program, and words for a person."""

import os
import subprocess

import pytest
from policy_tools import (
    KEYHOLE,
    as_nobody,
    folder,
    has_no_control_bytes,
    policy_command,
    shipped,
    small_policy,  # noqa: F401
)


def test_a_good_policy_has_status_0_and_a_summary_that_counts_examples(folder):
    done = policy_command("check", "--policy", folder())
    assert done.status == 0 and done.err == "", done
    assert "5 commands" in done.out and "2 secrets" in done.out and "2 agents" in done.out
    assert "13 examples pass" in done.out and "digest " in done.out


def test_json_says_what_the_text_says(folder):
    place = folder()
    done = policy_command("check", "--policy", place, "--json")
    assert done.status == 0 and done.err == "", done
    assert list(done.json) == ["policy", "digest", "counts", "diagnostics"]
    assert done.json["policy"] == str(place) and len(done.json["digest"]) == 64 and done.json["diagnostics"] == []
    assert done.json["counts"] == {
        "commands": 5,
        "secrets": 2,
        "public": 1,
        "roles": 2,
        "agents": 2,
        "examples": 13,
        "errors": 0,
        "warnings": 0,
    }


def policy_with_warning():
    policy = small_policy()
    policy["commands"]["show"]["exec"] = "/usr/bin/no-such-program"
    return policy


def test_a_warning_is_no_failure_unless_strict(folder):
    place = folder(policy_with_warning())
    for words, status in ([], 0), (["--strict"], 1), (["--json"], 0), (["--json", "--strict"], 1):
        assert policy_command("check", "--policy", place, *words).status == status
    text = policy_command("check", "--policy", place)
    assert "warning" in text.err and "/usr/bin/no-such-program" in text.err and "1 warning" in text.out
    (found,) = policy_command("check", "--policy", place, "--json").json["diagnostics"]
    assert (
        found["severity"] == "warning" and found["line"] > 0 and "no-such-program" in found["message"] + found["source"]
    )


def test_strict_passes_what_has_no_warning(folder):
    assert policy_command("check", "--policy", folder(), "--strict").status == 0


def test_a_policy_of_another_host_can_be_checked_strictly(folder):
    place = folder(policy_with_warning())
    assert policy_command("check", "--policy", place, "--strict", "--any-host").status == 0
    assert policy_command("explain", "--policy", place, "show a").status == 127
    assert policy_command("explain", "--policy", place, "--any-host", "show a").status == 0


def test_errors_have_their_place_line_and_hint_in_json(folder):
    place = folder(
        "commands:\n  show:\n    exec: /bin/cat\n    abuot: x\n    allow: [show]\n    deny: [show -x]\nsecrets: []\n"
    )
    done = policy_command("check", "--policy", place, "--json")
    assert done.status == 2 and done.json["digest"] is None, done
    found = next(one for one in done.json["diagnostics"] if "abuot" in one["message"])
    assert (found["severity"], found["file"], found["line"], found["column"]) == ("error", f"{place}/policy.yaml", 4, 5)
    assert "about" in found["hint"] and found["source"] == "    abuot: x"
    assert done.json["counts"]["errors"] == len(done.json["diagnostics"]) == 2 or done.json["counts"]["errors"] >= 1


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_a_policy_that_is_not_there_has_status_2(tmp_path, words):
    done = policy_command("check", "--policy", tmp_path / "nothing", *words)
    assert done.status == 2 and "nothing" in done.out + done.err


def test_control_bytes_of_a_file_do_not_reach_the_terminal(folder):
    place = folder(
        'commands: {"\\e[2Jshow\\x07": {exec: /bin/cat}}\n# \x1b[31m red\nsecrets: [{path: "/\\e]0;x\\a", reason: x}]\n'
    )
    for words in [], ["--json"]:
        done = policy_command("check", "--policy", place, *words)
        assert done.status == 2 and has_no_control_bytes(done.out + done.err), done


def test_a_policy_that_cannot_be_read_says_so(folder):
    place = folder()
    (place.path / "policy.yaml").chmod(0o600)
    done = as_nobody("check", "--policy", place)
    assert done.status == 2 and str(place) in done.err, done


def test_a_full_disk_is_no_success(folder):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([KEYHOLE, "policy", "check", "--policy", folder()], stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2 and b"No space left" in done.stderr


def test_a_reader_that_goes_away_ends_it_quietly(shipped):
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [KEYHOLE, "policy", "show", "--policy", shipped, "--secrets"],
        stdout=writing,
        stderr=subprocess.PIPE,
        timeout=60,
    )
    os.close(writing)
    assert done.stderr == b""


def test_a_file_that_is_too_large_is_refused_at_once(folder):
    place = folder()
    with open(place.path / "huge.yaml", "wb") as file:
        file.truncate(1 << 40)
    done = policy_command("check", "--policy", place, timeout=20)
    assert done.status == 2 and "larger than 1 MiB" in done.err


@pytest.mark.parametrize("name", ["", "check", "test", "explain", "show", "diff", "learn"])
def test_help_is_there_and_says_how_it_ends(name):
    done = policy_command(*filter(None, [name]), "--help")
    assert done.status == 0 and "USAGE" in done.out
    assert not name or "xits with" in done.out
