"""`keyhole policy show`: what a policy amounts to."""

from policy_tools import folder, policy_command, shipped, small_policy  # noqa: F401


def show(place, *words):
    return policy_command("show", "--policy", place, *words)


def test_an_overview_lists_commands_with_their_places(folder):
    place = folder()
    done = show(place)
    assert done.status == 0, done
    assert "commands: 5 of 5" in done.out and "someone to whom every command is allowed" in done.out
    for name, about in ("show", "print files"), ("seek", "find files"):
        (line,) = [line for line in done.out.splitlines() if line.strip().startswith(name + " ")]
        assert about in line and f"{place}/policy.yaml:" in line
    assert "public trees: /usr/share" in done.out and "secrets: 2, for everyone" in done.out
    assert "/etc/shadow" not in done.out


def test_an_agent_sees_what_its_roles_give(folder):
    done = show(folder(), "--agent", "watcher")
    assert "for: agent watcher" in done.out and "roles: reader" in done.out and "commands: 2 of 5" in done.out
    assert "not for agent watcher: lookup, seek, units" in done.out, done
    assert show(folder(), "--role", "reader", "--json").json["withheld"] == ["lookup", "seek", "units"]


def test_a_suspended_agent_is_said_to_be(folder):
    policy = small_policy()
    policy["agents"]["watcher"]["suspended"] = True
    place = folder(policy)
    assert "suspended: nothing is run for it" in show(place, "--agent", "watcher").out
    assert show(place, "--agent", "watcher", "--json").json["suspended"] is True


def test_what_is_not_installed_is_marked(folder):
    policy = small_policy()
    policy["commands"]["seek"]["exec"] = "/usr/bin/no-such-program"
    place = folder(policy)
    (line,) = [line for line in show(place).out.splitlines() if line.strip().startswith("seek")]
    assert line.endswith("not installed")
    found = {rule["name"]: rule["installed"] for rule in show(place, "--json").json["commands"]}
    assert found == {"show": True, "first": True, "units": True, "lookup": True, "seek": False}


def test_secrets_are_listed_on_demand(folder):
    done = show(folder(), "--secrets")
    assert "/etc/shadow*  password hashes" in done.out and "root's home" in done.out
    assert [one["path"] for one in show(folder(), "--secrets", "--json").json["secrets"]] == [
        "/etc/shadow*",
        "/root/**",
    ]
    assert "secrets" not in show(folder(), "--json").json


def test_a_command_is_shown_whole(folder):
    done = show(folder(), "units", "first")
    for text in (
        "units: look at units",
        "verbs-getopt",
        "always added: --no-pager",
        "list, ls (when none is given)",
        "-n: count 0..50",
        "operands: unit*",
        "first: print the first lines",
        "at most one of: -n, -NUM",
        "at most 3 operands",
        "limits: 5s",
        "first -n 101",
        "executable: /usr/bin/head",
    ):
        assert text in done.out, (text, done)
    assert "seek" not in done.out
    rules = show(folder(), "--json", "units", "first").json["commands"]
    assert [rule["name"] for rule in rules] == ["units", "first"]
    assert rules[1]["usage"]["options"][1] == {"names": ["-NUM"], "type": "count 0..100", "repeated": False}
    assert rules[0]["verbs"][1]["default"] is True and rules[1]["limits"]["time-ms"] == 5000


def test_a_command_that_an_agent_may_not_use_says_so(folder):
    done = show(folder(), "--agent", "watcher", "units")
    assert done.status == 0 and "not for agent watcher" in done.out
    assert show(folder(), "--agent", "watcher", "--json", "units").json["commands"][0]["allowed"] is False


def test_a_name_that_is_not_there_is_an_error_with_a_guess(folder):
    done = show(folder(), "unist")
    assert done.status == 2 and "no command unist" in done.err and "did you mean units?" in done.err
    assert "built in" in show(folder(), "cd").err and show(folder(), "cd").status == 2
    assert show(folder(), "--agent", "nobody").status == 2


def test_the_policy_that_ships_is_shown(shipped):
    done = show(shipped, "--json", "--secrets")
    assert done.status == 0 and len(done.json["commands"]) >= 70
    assert len(done.json["secrets"]) == done.json["secret-count"]
