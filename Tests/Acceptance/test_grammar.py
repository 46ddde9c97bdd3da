"""The command grammar through the real ssh client: what runs, byte for byte, and what is refused by name."""

import pytest

RUNS = [
    ("echo hello", "hello\n"),
    ("echo 'a  b' \"c d\" e\\ f", "a  b c d e f\n"),
    ("echo a | cat", "a\n"),
    ("echo b a | tr ' ' '\\n' | sort | head -n 1", "a\n"),
    ("true && echo yes", "yes\n"),
    ("false || echo no", "no\n"),
    ("false && echo never ; echo after", "after\n"),
    ("true || echo never ; echo after", "after\n"),
    ("false ; true && echo b || echo c", "b\n"),
    ("echo '*'", "*\n"),
    ("echo '$HOME `x` $(y)'", "$HOME `x` $(y)\n"),
    ("echo \"a;b|c&d\"", "a;b|c&d\n"),
    ("echo ''", "\n"),
    ("cat /run/grounds/open/nothing 2>/dev/null || echo quiet", "quiet\n"),
    ("cat /run/grounds/open/plain.txt >/dev/null && echo silent", "silent\n"),
    ("cat </dev/null && echo empty", "empty\n"),
    ("cat /run/grounds/open/plain.txt &>/dev/null && echo silent", "silent\n"),
    ("cd /run/grounds/open && cat plain.txt", "words for everybody\n"),
    ("cat /run/grounds/open/pl*.txt", "words for everybody\n"),
    ("cat /run/grounds/open/pl[a-b]in.t?t", "words for everybody\n"),
]


@pytest.mark.parametrize("line, output", RUNS, ids=lambda value: repr(value)[:60])
def test_a_line_of_the_grammar_runs_as_a_shell_would_run_it(call, line, output):
    assert tuple(call(line)) == (0, output, "")


def test_errors_join_the_output_where_the_line_says_so(call):
    status, out, err = call("cat /run/grounds/open/nothing 2>&1 | cat")
    assert status == 0 and "No such file" in out and err == ""


def test_standard_input_reaches_the_first_stage_byte_for_byte(call):
    everything = bytes(range(256)) * 4096
    result = call("cat", stdin=everything)
    assert result.status == 0 and result.stdout == everything


@pytest.mark.parametrize("line, status", [
    ("true", 0), ("false", 1), ("cat /run/grounds/open/nothing", 1), ("grep -q nothing /run/grounds/open/plain.txt", 1),
    ("false | true", 0), ("true | false", 1), ("false ; true", 0),
])
def test_the_exit_status_is_the_commands_own(call, line, status):
    assert call(line).status == status


REFUSED = [
    "echo $HOME", "echo `id`", "echo $(id)", "cat <(echo a)", "(echo a)", "{ echo a; }", "sleep 1 &", "echo a > /tmp/x",
    "echo a >> /tmp/x", "cat < /etc/passwd", "cat << EOF", "A=b echo a", "! true", "echo a\necho b", "echo a\recho b",
    "echo \x01", "echo \x1b[31m", "echo a |", "| echo a", "&& true", "echo a ;; echo b", "echo 'open", "echo \"open",
    "echo a 2>/tmp/x", "echo a >&3", "echo a |& cat", "~root/x", "if true", "while true; do echo; done", "echo a &&",
]


@pytest.mark.parametrize("line", REFUSED, ids=repr)
def test_what_is_not_in_the_grammar_is_refused_with_its_reason(call, recorded, line):
    status, out, err = call(line)
    assert status in (126, 127) and out == ""
    assert err.startswith("keyhole: ")
    assert len(recorded("decision", verdict="refused")) == 1


@pytest.mark.parametrize("line", ["echo $(id)", "echo a > /tmp/x", "sleep 1 &", "echo $HOME", "! true"], ids=repr)
def test_a_refusal_says_what_to_do_instead(call, line):
    assert "\nhint: " in "\n" + call(line).err


def test_one_refused_stage_refuses_the_whole_line(call, recorded):
    status, out, err = call("probe mark ; rm -rf /tmp/x ; probe mark")
    assert status in (126, 127) and out == "" and "rm" in err
    assert not recorded("end", count=0)


def test_built_ins_answer_without_a_process(call):
    assert "tester" in call("whoami").out
    assert "journalctl" in call("help").out
    assert "journalctl" in call("help journalctl").out
    assert call("explain rm -rf /").status in (0, 126, 127)


def test_explain_runs_nothing(call):
    result = call("explain 'probe mark'")
    assert "marked" not in result.out.splitlines()


def test_a_shell_request_prints_help_and_is_refused(call, recorded):
    status, out, err = call(None)
    assert status == 126 and "journalctl" in out + err
    assert len(recorded("decision")) == 1


def test_a_glob_never_becomes_an_option(call):
    status, out, err = call("cd /run/grounds/open && cat ?n")
    assert status == 0 and out == "a name that looks like an option\n"
