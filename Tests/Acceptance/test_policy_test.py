"""`keyhole policy test`: the policy's examples, and cases in files."""

import pytest
from policy_tools import folder, has_no_control_bytes, policy_command, shipped, small_policy  # noqa: F401

CASES = """\
cases:
  - {line: show /etc/hosts, expect: allowed}
  - {line: show /etc/hosts, as: watcher, expect: allowed}
  - {line: units status nginx, as: watcher, expect: refused, because: roles}
  - {line: units status nginx, as: role reader, because: not among the commands}
  - {line: show /etc/shadow, because: password hashes}
  - {line: first -5 /etc/hosts, runs: first -5 -- /etc/hosts}
  - line: show -n a | first -n 3; cd /etc && units
    runs: "show -n -- a | first -n 3; cd /etc && units --no-pager list"
  - as: agent watcher
    allow: [show x, "first -q x"]
    deny: [units, "seek /etc"]
allow: [seek /etc -type f]
deny: ["show $x", "show > x"]
"""


@pytest.fixture
def cases(tmp_path):
    def write(text, name="some.cases"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


def test_the_examples_alone_are_cases(folder):
    done = policy_command("test", "--policy", folder())
    assert (done.status, done.out) == (0, "13 of 13 cases pass\n"), done


def test_every_form_of_a_case_passes_when_it_should(folder, cases):
    done = policy_command("test", "--policy", folder(), cases(CASES))
    assert (done.status, done.out) == (0, "27 of 27 cases pass\n"), done


@pytest.mark.parametrize(
    "case, words",
    [
        ("{line: show -x, expect: allowed}", ["must be allowed", "-x"]),
        ("{line: show a, expect: refused}", ["must be refused", "show -- a"]),
        ("{line: show /etc/shadow, because: unicorns}", ["not because of unicorns", "password hashes"]),
        ("{line: first -5, runs: first -n 5}", ["runs something else", "first -5"]),
        ("{line: units, as: watcher, expect: allowed}", ["must be allowed", "watcher"]),
        ("{line: show a, as: wacher, expect: allowed}", ["no agent or role wacher", "watcher"]),
        ("{line: show a, as: role watcher, expect: allowed}", ["no role watcher"]),
    ],
)
def test_a_failing_case_is_shown_with_its_place_and_the_reason(folder, cases, case, words):
    path = cases(f"cases:\n  - {{line: show, expect: allowed}}\n  - {case}\n")
    done = policy_command("test", "--policy", folder(), path)
    assert done.status == 1, done
    assert f"{path}:3:" in done.out and "14 of 15 cases pass" in done.out
    for word in words:
        assert word in done.out
    # Passing cases are shown on demand.
    assert f"{path}:2:" not in done.out
    assert f"{path}:2:" in policy_command("test", "--policy", folder(), path, "--verbose").out


def test_a_name_that_is_an_agent_and_a_role_must_be_told_apart(folder, cases):
    policy = small_policy()
    policy["agents"]["observer"] = policy["agents"].pop("watcher")
    place = folder(policy)
    done = policy_command("test", "--policy", place, cases("cases: [{line: units, as: observer, expect: allowed}]"))
    assert done.status == 1 and "both an agent and a role" in done.out and "as: role observer" in done.out
    assert (
        policy_command(
            "test", "--policy", place, cases("cases: [{line: units, as: role observer, expect: allowed}]")
        ).status
        == 0
    )
    assert (
        policy_command(
            "test", "--policy", place, cases("cases: [{line: units, as: agent observer, expect: refused}]")
        ).status
        == 0
    )


def test_a_suspended_agent_is_refused_everything(folder, cases):
    policy = small_policy()
    policy["agents"]["claude"]["suspended"] = True
    done = policy_command(
        "test", "--policy", folder(policy), cases("as: claude\ncases: [{line: show, because: suspended}]\n")
    )
    assert done.status == 0, done


def test_a_target_that_is_not_there_is_refused(folder, cases):
    done = policy_command("test", "--policy", folder(), cases("cases: [{line: show, on: web-01, because: web-01}]"))
    assert done.status == 0, done


@pytest.mark.parametrize(
    "text, words",
    [
        ("cases: [\n", ["not YAML"]),
        ("", ["no cases"]),
        ("casess: []\n", [":1:1: error: unknown key `casess`", "did you mean `cases`?"]),
        ("cases:\n  - {line: x, expct: allowed}\n", [":2:15: error: unknown key `expct`", "expect", "^"]),
        ("cases:\n  - {line: x, expect: maybe}\n", [":2:23: error: `expect` is allowed or refused"]),
        ("cases:\n  - {line: x}\n", [":2:5: error: the case does not say what to expect"]),
        ("cases:\n  - {line: x, expect: allowed, because: y}\n", ["`because` is for lines that are refused"]),
        ("cases:\n  - {line: x, because: y, runs: z}\n", ["`runs` is for lines that are allowed"]),
        ("cases:\n  - {expect: allowed}\n", ["belongs to a `line`"]),
        ("cases:\n  - {line: x, expect: allowed, allow: [y]}\n", ["exclude each other"]),
        ("cases:\n  - {line: x, as: a b c, expect: allowed}\n", ["names one agent or role"]),
        ("allow: show\n", [":1:8: error: allow must be a list"]),
        ("cases: {line: x}\n", ["cases must be a list"]),
    ],
)
def test_a_mistake_in_a_file_has_its_place(folder, cases, text, words):
    path = cases(text)
    done = policy_command("test", "--policy", folder(), path)
    assert done.status == 2 and str(path) in done.err, done
    for word in words:
        assert word in done.err, done


def test_cases_below_the_policy_are_found_and_are_no_policy(folder):
    place = folder()
    place.write("allow: [show -x]\n", "tests/reading.cases")
    before = policy_command("check", "--policy", place, "--json").json["digest"]
    done = policy_command("test", "--policy", place)
    assert done.status == 1 and "tests/reading.cases:1:" in done.out and "13 of 14 cases pass" in done.out
    place.write("deny: [show -x]\n", "tests/reading.cases")
    assert policy_command("test", "--policy", place).status == 0
    assert policy_command("check", "--policy", place, "--json").json["digest"] == before


def test_files_that_are_named_stand_in_for_those_below_the_policy(folder, cases):
    place = folder().write("allow: [show -x]\n", "wrong.cases")
    assert policy_command("test", "--policy", place, cases("allow: [show]\n")).status == 0


def test_cases_come_from_standard_input_too(folder):
    done = policy_command("test", "--policy", folder(), "-", stdin="allow: [show -x]\n")
    assert done.status == 1 and "(standard input):1:" in done.out


def test_json_has_every_case(folder, cases):
    done = policy_command(
        "test", "--policy", folder(), "--json", cases("cases: [{line: show -x, as: watcher, expect: allowed}]")
    )
    assert done.status == 1
    assert done.json["counts"] == {"cases": 14, "examples": 13, "passed": 13, "failed": 1}
    case = done.json["cases"][-1]
    assert (case["passed"], case["text"], case["as"], case["expect"], case["verdict"]) == (
        False,
        "show -x",
        "watcher",
        "allowed",
        "refused",
    )
    assert case["refusal"]["rule"] == "show" and "-x" in case["failure"]


def test_a_policy_whose_examples_fail_does_not_load(folder):
    policy = small_policy()
    policy["commands"]["show"]["allow"] = ["show -x"]
    done = policy_command("test", "--policy", folder(policy))
    assert done.status == 2 and "must be allowed and is refused" in done.err


def test_a_tool_that_is_not_installed_is_tested_all_the_same(folder, cases):
    policy = small_policy()
    policy["commands"]["show"]["exec"] = "/usr/bin/no-such-program"
    assert policy_command("test", "--policy", folder(policy), cases("allow: [show]")).status == 0


def test_control_bytes_of_a_case_do_not_reach_the_terminal(folder, cases):
    done = policy_command(
        "test", "--policy", folder(), "-v", cases('deny: ["show \\e[31m\\n\\u202e"]\nallow: ["\\e]0;x\\a"]\n')
    )
    assert done.status == 1 and has_no_control_bytes(done.out + done.err), done
    assert "\\x1b[31m\\x0a" in done.out


def test_a_file_that_is_not_there_has_status_2(folder, tmp_path):
    done = policy_command("test", "--policy", folder(), tmp_path / "no.cases")
    assert done.status == 2 and "no.cases: No such file" in done.err


def test_a_device_without_end_is_refused(folder):
    done = policy_command("test", "--policy", folder(), "/dev/zero", timeout=30)
    assert done.status == 2 and "larger than 4 MiB" in done.err


def test_the_policy_that_ships_passes(shipped):
    done = policy_command("test", "--policy", shipped)
    assert done.status == 0, done
