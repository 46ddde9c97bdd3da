"""`keyhole policy diff`: what another policy would change, the most dangerous first."""

import json

import pytest
from policy_tools import KEYS, folder, has_no_control_bytes, policy_command, shipped, small_policy  # noqa: F401


@pytest.fixture
def diff(folder):
    def run(old, new, *words):
        return policy_command("diff", folder(old), folder(new), *words)

    return run


def edited(change):
    policy = small_policy()
    change(policy)
    return policy


def test_a_policy_is_like_itself(diff):
    done = diff(small_policy(), small_policy())
    assert done.status == 0 and "no difference in meaning" in done.out, done


def test_files_order_and_comments_mean_nothing(folder):
    old, new = folder(), folder("# nothing here\n{}\n")
    policy = small_policy()
    for index, (kind, value) in enumerate(reversed(policy.items())):
        if kind == "commands":
            for name, rule in reversed(value.items()):
                turned = {key: rule[key] for key in reversed(rule)}
                if "options" in turned:
                    turned["options"] = dict(reversed(turned["options"].items()))
                new.write("# a comment\n" + json.dumps({"commands": {name: turned}}, indent=3), f"deep/{name}.yaml")
        elif isinstance(value, dict):
            new.write({kind: dict(reversed(value.items()))}, f"{9 - index}.yaml")
        else:
            new.write({kind: value[::-1]}, f"{9 - index}.yaml")
    done = policy_command("diff", old, new)
    assert done.status == 0, done


def rule(name):
    return lambda policy: policy["commands"][name]


@pytest.mark.parametrize(
    "effect, subject, words, change",
    [
        ("exposes", "secrets", "/root/** is no secret any more: root's home", lambda p: p["secrets"].pop()),
        (
            "closes",
            "secrets",
            "/etc/x becomes secret: x",
            lambda p: p["secrets"].append({"path": "/etc/x", "reason": "x"}),
        ),
        ("words", "secrets", "reason: root's home -> other", lambda p: p["secrets"][1].update(reason="other")),
        ("opens", "public", "/usr/include becomes public", lambda p: p["public"].append("/usr/include")),
        ("closes", "public", "/usr/share is not public", lambda p: p.update(public=[])),
        (
            "opens",
            "command show",
            "executable: /bin/cat -> /bin/tac",
            lambda p: p["commands"]["show"].update(exec="/bin/tac"),
        ),
        (
            "opens",
            "command show",
            "option added: -b: flag",
            lambda p: p["commands"]["show"]["options"].update({"-b": "flag"}),
        ),
        ("closes", "command first", "option removed: -q: flag", lambda p: p["commands"]["first"]["options"].pop("-q")),
        (
            "opens",
            "command first",
            "count 0..100 -> count 0..999",
            lambda p: (
                p["commands"]["first"]["options"].update({"-n, --lines": "count 0..999"})
                or p["commands"]["first"].update(deny=["first -n 1000"])
            ),
        ),
        (
            "closes",
            "command first",
            "count 0..100 -> count 0..50",
            lambda p: p["commands"]["first"]["options"].update({"-n, --lines": "count 0..50"}),
        ),
        (
            "opens",
            "command first",
            "one of [line, byte] -> optional pattern",
            lambda p: p["commands"]["first"]["options"].update({"--by": "optional pattern"}),
        ),
        ("alters", "command first", "flag -> path", lambda p: p["commands"]["first"]["options"].update({"-q": "path"})),
        (
            "opens",
            "command first",
            "-q: may be repeated",
            lambda p: p["commands"]["first"]["options"].update({"-q": "flag, repeated"}),
        ),
        (
            "opens",
            "command first",
            "exclusive group removed: -NUM, -n",
            lambda p: p["commands"]["first"].pop("exclusive"),
        ),
        (
            "closes",
            "command first",
            "required option added: -q",
            lambda p: p["commands"]["first"].update(required=["-q"], allow=["first -q"]),
        ),
        (
            "alters",
            "command show",
            "operands: path* -> directory*",
            lambda p: p["commands"]["show"].update(operands=["directory*"]),
        ),
        (
            "closes",
            "command show",
            "operands: path* -> none",
            lambda p: p["commands"]["show"].update(operands="none", allow=["show"]),
        ),
        (
            "opens",
            "command first",
            "maximum-operands: 3 -> 9",
            lambda p: p["commands"]["first"].update({"maximum-operands": 9}),
        ),
        (
            "opens",
            "command first",
            "limit of time: 5000 ms -> 9000 ms",
            lambda p: p["commands"]["first"].update(limits={"time": "9s"}),
        ),
        ("closes", "command lookup", "needs netlink removed: route", lambda p: p["commands"]["lookup"].pop("needs")),
        (
            "opens",
            "command show",
            "needs group added: adm",
            lambda p: p["commands"]["show"].update(needs={"groups": ["adm"]}),
        ),
        (
            "opens",
            "command show",
            "needs to read added: /var/x/**",
            lambda p: p["commands"]["show"].update(needs={"read": ["/var/x/**"]}),
        ),
        (
            "opens",
            "command show",
            "needs program added: /bin/ls",
            lambda p: p["commands"]["show"].update(needs={"programs": ["/bin/ls"]}),
        ),
        ("alters", "command units", "fixed: --no-pager -> none", lambda p: p["commands"]["units"].pop("fixed")),
        (
            "alters",
            "command show",
            "environment added: A=b",
            lambda p: p["commands"]["show"].update(environment={"A": "b"}),
        ),
        (
            "alters",
            "command show",
            "reads: anything -> operands",
            lambda p: p["commands"]["show"].update(reads="operands"),
        ),
        (
            "alters",
            "command show",
            "arguments: getopt -> posix",
            lambda p: p["commands"]["show"].update(arguments="posix"),
        ),
        ("alters", "command show", "separator: true -> false", lambda p: p["commands"]["show"].update(separator=False)),
        (
            "opens",
            "command units",
            "verb added: cat: unit*",
            lambda p: p["commands"]["units"]["verbs"].update(cat={"operands": ["unit*"]}),
        ),
        (
            "closes",
            "command units",
            "verb list: spelling removed: ls",
            lambda p: p["commands"]["units"]["verbs"].update(list=p["commands"]["units"]["verbs"].pop("list, ls")),
        ),
        (
            "opens",
            "command units",
            "verb status: option -n: count 0..50 -> count 0..99",
            lambda p: p["commands"]["units"]["verbs"]["status"]["options"].update({"-n": "count 0..99"}),
        ),
        (
            "opens",
            "command units",
            "option added: -b: flag",
            lambda p: p["commands"]["units"]["options"].update({"-b": "flag"}),
        ),
        (
            "alters",
            "command units",
            "default verb: list -> status",
            lambda p: p["commands"]["units"].update({"default-verb": "status"}),
        ),
        ("words", "command show", "hint removed: -A: use show -n", lambda p: p["commands"]["show"].pop("hints")),
        ("words", "command show", "about: print files -> other", lambda p: p["commands"]["show"].update(about="other")),
        (
            "words",
            "command show",
            "deny example removed: show -x",
            lambda p: p["commands"]["show"].update(deny=["show /etc/shadow"]),
        ),
        ("words", "hints", "added: nothing: use `show`", lambda p: p.update(hints={"nothing": "use `show`"})),
        ("opens", "role reader", "gains seek", lambda p: p["roles"]["reader"]["commands"].append("seek")),
        ("opens", "agent watcher", "gains seek", lambda p: p["roles"]["reader"]["commands"].append("seek")),
        ("closes", "role reader", "loses first", lambda p: p["roles"]["reader"]["commands"].remove("first")),
        (
            "opens",
            "role reader",
            "has all commands, also those added later",
            lambda p: p["roles"]["reader"].update(commands="all"),
        ),
        ("opens", "role extra", "added: show", lambda p: p["roles"].update(extra={"about": "x", "commands": ["show"]})),
        ("closes", "agent watcher", "removed", lambda p: p["agents"].pop("watcher")),
        (
            "opens",
            "agent watcher",
            "has the role observer",
            lambda p: p["agents"]["watcher"]["roles"].append("observer"),
        ),
        ("closes", "agent watcher", "is suspended", lambda p: p["agents"]["watcher"].update(suspended=True)),
        ("closes", "agent claude", "key removed", lambda p: p["agents"]["claude"].update(keys=[])),
    ],
)
def test_each_kind_of_change_is_named_with_its_effect(diff, effect, subject, words, change):
    done = diff(small_policy(), edited(change), "--json")
    assert done.status == 1, done
    found = [one for one in done.json["changes"] if one["subject"] == subject and words in one["text"]]
    assert [one["effect"] for one in found] == [effect], done
    # And the other way round it is no opening where it was one.
    back = diff(edited(change), small_policy(), "--json")
    assert back.status == 1
    if effect == "opens" and "executable" not in words:
        assert not any(one["effect"] == "exposes" for one in back.json["changes"])


def test_commands_that_come_and_go_are_named_with_who_gains_them(diff):
    without = edited(lambda p: p["commands"].pop("seek"))
    done = diff(without, small_policy())
    assert done.status == 1
    assert (
        "+ command seek: added: find files; runs /usr/bin/find" in done.out and "+ agent claude: gains seek" in done.out
    )
    assert "seek /etc -name '*.conf'\n    was refused: `seek` is not a known command" in done.out, done
    back = diff(small_policy(), without)
    assert "- command seek: removed" in back.out and "- role observer: loses seek" in back.out


def test_removed_secrets_are_said_first_and_loudest(diff):
    def change(policy):
        policy["secrets"].pop()
        policy["commands"]["show"]["options"]["-b"] = "flag"
        policy["commands"]["first"]["options"].pop("-q")
        policy["commands"]["units"]["fixed"] = []

    done = diff(small_policy(), edited(change))
    places = [
        done.out.index(text)
        for text in (
            "!! SECRETS REMOVED",
            "becomes possible:",
            "lines that run something else:",
            "means something else:",
            "becomes impossible:",
        )
    ]
    assert places == sorted(places), done


def test_lines_that_change_their_verdict_are_shown_with_both(diff, tmp_path):
    lines = tmp_path / "lines.txt"
    lines.write_text("# comment\n\nshow -b /etc/hosts\t# why\nfirst -q\nshow a\nunits\n")

    def change(policy):
        policy["commands"]["show"]["options"]["-b"] = "flag"
        policy["commands"]["first"]["options"].pop("-q")
        policy["commands"]["units"]["fixed"] = []

    done = diff(small_policy(), edited(change), "--lines", lines, "--json")
    found = {line["line"]: line for line in done.json["lines"]}
    assert [(line["line"], line["effect"]) for line in done.json["lines"]] == [
        ("show -b /etc/hosts", "allowed"),
        ("units status nginx", "altered"),
        ("units", "altered"),
        ("first -q", "refused"),
    ]
    assert found["show -b /etc/hosts"]["old"]["refusal"]["reason"] == "show: option `-b` is not allowed"
    assert found["show -b /etc/hosts"]["new"]["runs"] == "show -b -- /etc/hosts"
    assert found["first -q"]["new"]["places"][0].endswith(":9:3") or ":" in found["first -q"]["new"]["places"][0]
    assert done.json["judged"] == 13 + 4


def test_keys_are_named_by_their_end_only(diff):
    policy = small_policy()
    policy["agents"]["claude"]["keys"] = []
    done = diff(policy, small_policy())
    assert KEYS[0].split()[1][-16:] in done.out and KEYS[0].split()[1] not in done.out


def test_a_policy_that_does_not_load_has_status_2(folder, tmp_path):
    for pair in (folder(), tmp_path / "none"), (tmp_path / "none", folder()), (folder(), folder("x: [")):
        done = policy_command("diff", *pair)
        assert done.status == 2 and done.err, done


def test_two_directories_or_one_and_the_one_installed(folder):
    for words in [folder()], [folder(), folder(), folder()], ["--installed"], ["--installed", folder(), folder()]:
        done = policy_command("diff", *words)
        assert done.status not in (0, 1) and "director" in done.err


def test_the_installed_policy_stands_for_the_older(folder, tmp_path):
    done = policy_command("diff", "--installed", folder())
    # No policy is installed on a test host, and that is said of the right place.
    assert done.status in (0, 1, 2)
    assert "/etc/keyhole/policy" in done.out + done.err


def test_nothing_in_a_policy_reaches_the_terminal(diff, tmp_path):
    lines = tmp_path / "lines"
    lines.write_bytes(b"show \x1b[31m\n\xff\xfe\nshow \xc2\x9b\n")
    done = diff(
        small_policy(),
        edited(lambda p: p["commands"]["show"].update(environment={"A": "\x1b]0;x\x07\n- lie"})),
        "--lines",
        lines,
    )
    assert done.status == 1 and has_no_control_bytes(done.out) and "\n- lie" not in done.out, done


def test_a_corpus_of_a_hundred_thousand_lines_is_judged_in_seconds(diff, tmp_path):
    lines = tmp_path / "lines"
    lines.write_text("".join(f"show -n file-{n} | first -n 5\n" for n in range(100_000)))
    done = diff(small_policy(), small_policy(), "--lines", lines)
    assert done.status == 0 and "100013 lines judged" in done.out


def test_the_policy_that_ships_is_like_itself(shipped):
    assert policy_command("diff", shipped, shipped).status == 0
