"""`keyhole policy explain`: how a line is read, what would run, and why not."""

import socket
import subprocess

import pytest
from policy_tools import KEYHOLE, as_nobody, folder, has_no_control_bytes, policy_command, small_policy  # noqa: F401


@pytest.fixture
def place(folder):
    return folder()


def explain(place, line, *words):
    return policy_command("explain", "--policy", place, *words, line)


@pytest.mark.parametrize(
    "line, argv",
    [
        ("show", ["show"]),
        ("show a b", ["show", "--", "a", "b"]),
        ("show -n a", ["show", "-n", "--", "a"]),
        ("show a -n", ["show", "-n", "--", "a"]),
        ("show 'a b' \"c\"", ["show", "--", "a b", "c"]),
        ("first -n5 x", ["first", "-n", "5", "--", "x"]),
        ("first -qn 5 x", ["first", "-q", "-n", "5", "--", "x"]),
        ("first --lines=5", ["first", "--lines=5"]),
        ("first -20 -- x", ["first", "-20", "--", "x"]),
        ("first --by x", ["first", "--by", "--", "x"]),
        ("first --by=line x", ["first", "--by=line", "--", "x"]),
        ("units", ["units", "--no-pager", "list"]),
        ("units status -n 3 nginx -a", ["units", "--no-pager", "-n", "3", "-a", "status", "--", "nginx"]),
        ("units ls", ["units", "--no-pager", "ls"]),
        ("seek", ["seek", "."]),
        ("seek -L /etc ! -type d -name 'a*'", ["seek", "-L", "/etc", "!", "-type", "d", "-name", "a*"]),
        ("lookup -4 addr dev eth0", ["lookup", "-4", "dev", "eth0", "addr"]),
        ("show /etc/*.conf", ["show", "--", "/etc/*.conf"]),
    ],
)
def test_the_argument_vector_is_shown(place, line, argv):
    done = explain(place, line, "--json")
    (stage,) = done.json["stages"]
    assert done.status == 0 and stage["argv"] == argv, done
    assert stage["wildcards"] == ([len(argv) - 1] if line.endswith("*.conf") else [])
    # Each word of the vector stands in one binding.
    assert sum(len(word["text"].split(" ")) for word in stage["words"] if "'" not in word["text"]) <= len(argv)
    assert stage["words"][0] == {"text": argv[0], "meaning": "name", "type": None}


@pytest.mark.parametrize(
    "line, bound",
    [
        ("show -n a", [("-n", "option", "-n, --number: flag"), ("--", "sign", None), ("a", "operand", "path")]),
        ("first -5 a", [("-5", "option", "-NUM: count 0..100"), ("--", "sign", None), ("a", "operand", "path")]),
        ("first --by=line", [("--by=line", "option", "--by: optional one of [line, byte]")]),
        (
            "units -a status a.service b",
            [
                ("--no-pager", "fixed", None),
                ("-a", "option", "-a, --all: flag"),
                ("status", "verb", None),
                ("--", "sign", None),
                ("a.service", "operand", "unit"),
                ("b", "operand", "unit"),
            ],
        ),
        (
            "seek . -type f ! -name x",
            [
                (".", "operand", "path"),
                ("-type f", "option", "-type: one of [f, d]"),
                ("'!'", "sign", None),
                ("-name x", "option", "-name: pattern"),
            ],
        ),
        (
            "lookup link dev eth0 up",
            [
                ("dev eth0", "option", "dev: interface"),
                ("link", "operand", "one of [addr, link]"),
                ("up", "operand", "word /[a-z]+/"),
            ],
        ),
    ],
)
def test_each_word_is_bound_to_what_it_means(place, line, bound):
    (stage,) = explain(place, line, "--json").json["stages"]
    assert [(word["text"], word["meaning"], word["type"]) for word in stage["words"][1:]] == bound


def test_the_text_names_rules_types_needs_limits_and_what_runs(place):
    done = explain(place, "lookup addr dev eth0 | first -n 5 && cd /usr/share; show /usr/share/x")
    assert done.status == 0, done
    for text in (
        "line: lookup addr dev eth0 | first -n 5 && cd /usr/share; show /usr/share/x",
        "allowed",
        f"rule: lookup at {place}/policy.yaml:",
        "operand: one of [addr, link]",
        "option dev: interface",
        "needs: netlink route",
        "executable: /usr/bin/head",
        "limits: 5s, 8MiB output",
        "runs: show -- /usr/share/x",
        "cd: built in"[:2],
        "changes to /usr/share",
        "limits of the line: 30s",
    ):
        assert text in done.out, text


def test_public_trees_are_seen(folder):
    policy = small_policy()
    policy["commands"]["show"]["reads"] = "operands"
    place = folder(policy)
    assert "reads only public trees" in explain(place, "show /usr/share/x").out
    assert "reads only public trees" not in explain(place, "show /etc/x").out
    assert explain(place, "show /usr/share/x", "--json").json["stages"][0]["public"] is True


@pytest.mark.parametrize(
    "line, status, offset, words",
    [
        ("show -x", 126, 5, ["option `-x` is not allowed", "policy.yaml"]),
        ("show a | first -n 500 b", 126, 18, ["500 is not between"]),
        ("first -n500", 126, 6, ["500 is not between"]),
        ("show a; first -qz", 126, 14, ["option `-z`"]),
        ("show   --nubmer a", 126, 7, ["did you mean --number?"]),
        ("show -A", 126, 5, ["hint: use show -n"]),
        ("show a b | show /etc/shadow", 126, 16, ["password hashes", "rule: secrets at"]),
        ("cd /etc && show x shadow", 126, 18, ["password hashes"]),
        ("show $x", 126, 5, ["variables"]),
        ("show a > b", 126, 7, ["rule: grammar"]),
        ("show a && nothing", 127, 10, ["not a known command"]),
        ("units restart nginx", 126, 6, ["verb `restart`"]),
        ("first a b c d", 126, 0, ["4 operands, and 3 are allowed"]),
        ("show 'ünïcode' -x", 126, 17, ["option `-x`"]),
        ("@web-01 show", 126, 0, ["no target `web-01`"]),
        ("cd / | show", 126, 0, ["no effect in a pipeline"]),
        ("", 126, 0, ["rule: grammar"]),
    ],
)
def test_a_refusal_has_a_caret_below_its_place(place, line, status, offset, words):
    done = explain(place, line)
    assert done.status == status and done.out.startswith("line:" if "grammar" not in done.out else "for:"), done
    for word in words:
        assert word in done.out, done
    lines = done.out.splitlines()
    caret = next(index for index, text in enumerate(lines) if text.strip() == "^")
    assert lines[caret - 1] == "  " + line
    assert lines[caret].index("^") - 2 == len(line.encode()[:offset].decode())
    refusal = explain(place, line, "--json").json["refusal"]
    assert refusal["offset"] == offset


def test_the_stages_of_a_refused_line_are_shown(place):
    done = explain(place, "show a | first -n 500 | show")
    assert "2  | first -n 500\n   refused here" in done.out, done
    assert [stage["refused"] for stage in explain(place, "show a | first -n 500", "--json").json["stages"]] == [
        False,
        True,
    ]


@pytest.mark.parametrize(
    "who, line, status",
    [
        (["--agent", "claude"], "units", 0),
        (["--agent", "watcher"], "units", 126),
        (["--agent", "watcher"], "show a", 0),
        (["--role", "reader"], "units", 126),
        (["--role", "observer"], "units", 0),
        ([], "units", 0),
    ],
)
def test_it_is_judged_for_an_agent_or_a_role(place, who, line, status):
    done = explain(place, line, *who)
    assert done.status == status, done
    assert "for: " + (f"{who[0][2:]} {who[1]}" if who else "someone") in done.out


def test_a_suspended_agent_gets_what_the_broker_says(folder):
    policy = small_policy()
    policy["agents"]["claude"]["suspended"] = True
    done = explain(folder(policy), "show a", "--agent", "claude")
    assert done.status == 126 and "the agent claude is suspended" in done.out and "rule: agents at" in done.out


@pytest.mark.parametrize(
    "who, words",
    [
        (["--agent", "cluade"], ["no agent cluade", "did you mean claude?"]),
        (["--role", "x"], ["no role x", "roles: observer, reader"]),
    ],
)
def test_a_name_that_is_not_there_is_an_error(place, who, words):
    done = explain(place, "show", *who)
    assert done.status == 2 and all(word in done.err for word in words), done


def test_agent_and_role_exclude_each_other(place):
    done = explain(place, "show", "--agent", "claude", "--role", "reader")
    assert done.status not in (0, 126, 127) and "exclude each other" in done.err


def test_the_line_comes_from_standard_input(place):
    for stdin in ("show -n a\n", "show -n a"):
        done = policy_command("explain", "--policy", place, "-", stdin=stdin)
        assert done.status == 0 and "runs: show -n -- a" in done.out, done
    # Only one newline is the pipe's: what is within the line is refused, as the broker does.
    done = policy_command("explain", "--policy", place, "-", stdin="show a\nshow b\n")
    assert done.status == 126 and "newline" in done.out


@pytest.mark.parametrize(
    "line",
    [b"show \x1b[31m", b"show \xff\xfe", b"show \xe2\x80\xae", b"\x00", b"show a\r", b"\x9b31m", b"show '\xc2\x9b'"],
)
def test_bytes_that_are_no_text_are_shown_harmlessly(place, line):
    for words in [], ["--json"]:
        done = policy_command("explain", "--policy", place, *words, "-", stdin=line)
        assert done.status == 126, done
        assert has_no_control_bytes(done.out) and done.err == "", done


def test_standard_input_may_be_a_socket(place):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(b"show a\n")
        ours.shutdown(socket.SHUT_WR)
        command = [KEYHOLE, "policy", "explain", "--policy", place, "-"]
        done = subprocess.run(command, stdin=theirs, capture_output=True, timeout=30)
    assert done.returncode == 0 and b"runs: show -- a" in done.stdout, done


def test_a_line_that_is_too_long_is_refused_whatever_follows(place):
    done = policy_command("explain", "--policy", place, "-", stdin=b"show " + b"a" * 50_000_000)
    assert done.status == 126 and "rule: grammar" in done.out, done


def test_the_line_is_one_argument(place):
    done = policy_command("explain", "--policy", place, "show", "a")
    assert done.status not in (0, 126, 127) and "'show a'" in done.err
    assert policy_command("explain", "--policy", place).status not in (0, 126, 127)


def test_a_command_that_is_not_installed_is_answered_so(folder):
    policy = small_policy()
    policy["commands"]["show"]["exec"] = "/usr/bin/no-such-program"
    done = explain(folder(policy), "show a")
    assert done.status == 127 and "not installed" in done.out


def test_any_user_can_ask(folder):
    done = as_nobody("explain", "--policy", "/nonexistent", "x")
    assert done.status == 2 and "/nonexistent" in done.err
