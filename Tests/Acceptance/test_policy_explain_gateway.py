"""`keyhole policy explain` says what the gateway does: one line after the other through the real broker and sandbox.

What runs is compared with what explain said would: the commands of this policy are a probe that prints its arguments.
What is refused is compared word for word. The lines that people type and those that attack are judged by the broker
with its built-in `explain`, which is the broker's own judgement of them.
"""

import concurrent.futures

import corpora
import pytest
from policy_tools import policy_command
from probe_programs import place_probe

PROBE = "/run/grounds/arguments"


def probe(**rule):
    return {"exec": PROBE, "about": "prints its arguments", "deny": ["true $x"]} | rule


COMMANDS = {
    "arg-getopt": probe(
        options={
            "-a, --all": "flag",
            "-n, --lines": "count 0..500",
            "-o, --by": "optional one of [x, y]",
            "-e": "pattern, repeated",
            "-u, --unit": "unit, repeated",
            "-s": "size",
            "-NUM": "count 0..99",
            "--at": "time",
        },
        operands=["pattern unless -e", "path*"],
        exclusive=[["-a", "-s"]],
        allow=["arg-getopt x"],
    ),
    "arg-posix": probe(
        arguments="posix", options={"-a": "flag", "-i": "interface"}, operands=["word /.*/*"], allow=["arg-posix"]
    ),
    "arg-plain": probe(separator=False, fixed=["--color=never", "-x"], operands=["path*"], allow=["arg-plain"]),
    "arg-words": probe(
        arguments="words",
        options={"dev": "interface", "-4": "flag", "to": "address"},
        operands=["one of [addr, link]?", "host?"],
        allow=["arg-words addr"],
    ),
    "arg-find": probe(
        arguments="find",
        options={
            "-L": "flag",
            "-name": "pattern",
            "-type": "one of [f, d]",
            "-perm": "word /-?[0-7]+/",
            "-empty": "flag",
        },
        allow=["arg-find"],
    ),
    "arg-verbs": probe(
        arguments="verbs-getopt",
        fixed=["--quiet"],
        options={"-a, --all": "flag"},
        verbs={"status": {"operands": ["unit*"], "options": {"-n": "count 0..9"}}, "list, ls": {"operands": "none"}},
        **{"default-verb": "list"},
        allow=["arg-verbs status x"],
    ),
    "arg-ip": probe(
        arguments="verbs-words",
        options={"-4": "flag"},
        verbs={
            "addr, a": {"operands": ["one of [show]?"], "options": {"-dev": "interface"}},
            "route": {"operands": ["address?"]},
        },
        allow=["arg-ip addr"],
    ),
}

RUN = [
    "arg-getopt x",
    "arg-getopt x a b",
    "arg-getopt -a x",
    "arg-getopt x -a",
    "arg-getopt -an5 x",
    "arg-getopt -an 5 x",
    "arg-getopt --all x",
    "arg-getopt --lines=5 x",
    "arg-getopt --lines 5 x",
    "arg-getopt -n 5 -- x y",
    "arg-getopt x -",
    "arg-getopt -o x",
    "arg-getopt -ox z",
    "arg-getopt --by=y z",
    "arg-getopt --by z",
    "arg-getopt -e p -e q a",
    "arg-getopt -e-x a",
    "arg-getopt -ep",
    "arg-getopt -20 x",
    "arg-getopt -u a -u b.service x",
    "arg-getopt -s +10k x",
    "arg-getopt --at='2 hours ago' x",
    "arg-getopt 'a b' \"c'd\" e\\ f",
    "arg-getopt '' a",
    "arg-getopt ünïcode",
    "arg-getopt '$HOME' '`x`' '*'",
    "arg-getopt x ./-y",
    "arg-getopt 'x' 2>/dev/null",
    "arg-getopt x </dev/null",
    "arg-getopt 'tab\tbed'",
    "arg-posix",
    "arg-posix -a x y",
    "arg-posix -a -i eth0 x",
    "arg-posix -- x",
    "arg-posix x y",
    "arg-plain",
    "arg-plain a",
    "arg-plain a b",
    "arg-words",
    "arg-words addr",
    "arg-words addr dev eth0",
    "arg-words -4 link host.example to 192.0.2.1",
    "arg-find",
    "arg-find /etc -name 'a*'",
    "arg-find -L /etc /usr -type f ! -empty",
    "arg-find . '(' -type f -o -type d ')' -perm -644",
    "arg-find -empty -a -name x , -type d",
    "arg-verbs",
    "arg-verbs -a",
    "arg-verbs ls",
    "arg-verbs status",
    "arg-verbs status a b.service -n 3",
    "arg-verbs -a status -- x",
    "arg-ip addr",
    "arg-ip -4 a show -dev eth0",
    "arg-ip route 10.0.0.0/8",
    "arg-getopt a; arg-posix b",
    "arg-getopt a && arg-posix b || arg-plain c",
    "true && arg-plain d",
    "false || arg-plain e",
    "cd /usr/share && arg-getopt x",
    "echo -n; arg-getopt y 2>&1",
    "command -v arg-getopt >/dev/null; arg-posix z",
    "arg-getopt /etc/hostname",
    "arg-getopt x /usr/share/doc",
]
REFUSED = [
    "arg-getopt",
    "arg-getopt -z x",
    "arg-getopt -n 501 x",
    "arg-getopt -n",
    "arg-getopt --line 5 x",
    "arg-getopt -a -s 1k x",
    "arg-getopt -a -a x",
    "arg-getopt x /etc/shadow",
    "cd /etc && arg-getopt x shadow",
    "arg-posix -b",
    "arg-posix -a x -b",
    "arg-words x/y",
    "arg-find -delete",
    "arg-find ( -empty",
    "arg-verbs restart",
    "arg-verbs list x",
    "arg-ip link",
    "arg-getopt x | arg-nothing",
    "arg-gteopt x",
    "sudo arg-getopt x",
    "arg-getopt $x",
    "arg-getopt x > y",
    "arg-getopt x &",
    "arg-getopt x;; y",
    "",
    "arg-getopt 'x",
    "@web-1 arg-getopt x",
    "arg-getopt x\ny",
    "arg-getopt \x07",
    "arg-getopt x \\-y",
    "/bin/ls",
    "bash -c id",
    "cat /etc/shadow | arg-plain -",
    "arg-getopt x /etc/sha*w /root/*",
    "arg-getopt *x",
]


@pytest.fixture(scope="module")
def probed(session_gateway):
    """The gateway with the commands above, and without them afterwards."""
    place_probe("arguments", PROBE)
    path = session_gateway.add_policy("zz-test-explain.yaml", {"commands": COMMANDS})
    session_gateway.broker.restart()
    yield session_gateway
    path.unlink()
    session_gateway.broker.restart()


@pytest.fixture
def explained(probed):
    def explain(line):
        done = policy_command(
            "explain", "--policy", probed.layout.policy, "--agent", probed.agent, "--json", "-", stdin=line
        )
        assert done.status in (0, 126, 127), done
        assert done.json["status"] == done.status
        return done.json

    return explain


def vectors(output):
    """The argument vectors that probes printed, one after the other; each begins with the name of a command."""
    result = []
    for line in output.splitlines():
        word = bytes.fromhex(line).decode()
        if word in COMMANDS and (not result or len(result[-1]) > 0):
            result.append([])
        result[-1].append(word)
    return result


def expected_vectors(explanation):
    """Of the stages that run: after `&&` what follows a success, after `||` what follows a failure."""
    result, status = [], 0
    for stage in explanation["stages"]:
        runs = {"": True, ";": True, "&&": status == 0, "||": status != 0}[stage["joint"]]
        if not runs:
            continue
        status = 1 if stage["rule"] == "false" else 0
        if not stage["builtin"]:
            result.append(stage["argv"])
    return result


@pytest.mark.parametrize("line", RUN)
def test_what_runs_is_what_explain_said(probed, explained, line):
    said = explained(line)
    assert said["verdict"] == "allowed", said["refusal"]
    done = probed.call(line)
    assert done.status == 0 and done.err == "", done
    assert vectors(done.out) == expected_vectors(said)
    assert all(stage["executable"] == PROBE for stage in said["stages"] if not stage["builtin"])


@pytest.mark.parametrize("line", REFUSED, ids=repr)
def test_what_is_refused_is_refused_in_the_same_words(probed, explained, line):
    said = explained(line)
    assert said["verdict"] == "refused"
    done = probed.call(line)
    if not line:
        # No command at all is answered with help, and with the same status.
        assert done.status == said["status"]
        return
    refusal = said["refusal"]
    assert (done.status, done.out) == (said["status"], "")
    hint = f"hint: {refusal['hint']}\n" if refusal["hint"] else ""
    place = f" ({refusal['place']})" if refusal["place"] else ""
    assert done.err == f"keyhole: {refusal['reason']}{place}\n{hint}", done


def test_wildcards_are_what_the_sandbox_expands(probed, explained):
    line = "arg-getopt x /usr/share/common-licenses/GPL-*"
    said = explained(line)
    (stage,) = said["stages"]
    assert stage["wildcards"] == [len(stage["argv"]) - 1]
    (ran,) = vectors(probed.call(line).out)
    assert ran[:-1][: len(stage["argv"]) - 1] == stage["argv"][:-1] and all("*" not in word for word in ran)


def corpus(name):
    lines = [entry.line for entry in getattr(corpora, name)()]
    # What the grammar cannot carry inside of `explain '…'` is judged above; `explain` explains nothing in itself.
    lines = [line for line in dict.fromkeys(lines) if line.isprintable() and "explain" not in line and len(line) < 1500]
    # Several hundred of each: one call of the program for each line takes its time.
    return lines[:: len(lines) // 300]


def quoted(line):
    return "'" + line.replace("'", "'\\''") + "'"


def judged_by_the_broker(gateway, lines):
    """What the broker's `explain` says of each line, some at a time."""
    answers = []
    for start in range(0, len(lines), 10):
        part = lines[start : start + 10]
        outer = "; ".join(f"explain {quoted(line)}; echo @@@@" for line in part)
        if len(outer) > 3900:
            answers += [gateway.call(f"explain {quoted(line)}").out for line in part]
            continue
        done = gateway.call(outer)
        answers += done.out.split("@@@@\n")[:-1]
    assert len(answers) == len(lines)
    return answers


@pytest.mark.parametrize("name", ["useful", "attacks"])
def test_the_broker_judges_a_corpus_as_explain_does(probed, explained, name):
    lines = corpus(name)
    assert len(lines) > 200
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        judgements = list(pool.map(explained, lines))
    for line, answer, said in zip(lines, judged_by_the_broker(probed, lines), judgements):
        if said["verdict"] == "refused":
            refusal = said["refusal"]
            place = f" at {refusal['place']}" if refusal["place"] else ""
            hint = f"hint: {refusal['hint']}\n" if refusal["hint"] else ""
            assert answer == f"refused: {refusal['reason']}\nrule: {refusal['rule']}{place}\n{hint}", line
        else:
            assert answer.startswith("allowed\n"), (line, answer)
            for stage in said["stages"]:
                if stage["builtin"]:
                    assert f"{stage['rule']}: built in" in answer, (line, answer)
                    continue
                assert f"{stage['rule']}: rule at {stage['place']}\n" in answer, (line, answer)
                assert f"  executable: {stage['executable']}\n" in answer, (line, answer)
                if not stage["wildcards"] and all(
                    word.replace("-", "a").replace("/", "a").replace(".", "a").isalnum() for word in stage["argv"]
                ):
                    assert "  runs: " + " ".join(stage["argv"]) + "\n" in answer, (line, answer)


def test_at_least_sixty_lines_are_run():
    assert len(RUN) >= 60 and len(set(RUN)) == len(RUN)
