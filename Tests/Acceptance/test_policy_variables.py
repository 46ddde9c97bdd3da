"""Variables in the policy tools: another host's values, what a change of them opens, and that learn respects them."""

import pytest
from audit_log import AuditLog
from learning import learn, proposals, reasons
from policy_tools import folder, policy_command, small_policy  # noqa: F401


@pytest.fixture
def bounded():
    """A policy whose units are bounded by host and by role."""
    policy = small_policy()
    policy["commands"]["units"]["verbs"]["status"]["operands"] = ["unit in $units*"]
    policy["variables"] = {"units": "any"}
    policy["hosts"] = {"web-*": {"variables": {"units": ["nginx"]}}}
    policy["roles"]["observer"]["variables"] = {"units": ["nginx", "ssh"]}
    return policy


@pytest.mark.parametrize(
    "target, line, status",
    [
        (None, "units status ssh", 0),
        ("web-01", "units status ssh", 126),
        ("web-01", "units status nginx", 0),
        ("db-01", "units status ssh", 0),
    ],
)
def test_a_line_is_judged_as_on_another_host(folder, bounded, target, line, status):
    words = ["--target", target] if target else []
    done = policy_command("explain", "--policy", folder(bounded), *words, line)
    assert done.status == status, done


def test_what_a_variable_leaves_out_is_not_proposed(folder, bounded):
    done = learn(folder(bounded), AuditLog().refused("units status postgresql"), "--json")
    assert proposals(done) == [] and "$units" in reasons(done)["units status postgresql"], done


def test_a_wider_variable_is_something_that_opens(folder, bounded):
    old = folder(bounded)
    bounded["roles"]["observer"]["variables"] = {"units": ["nginx", "ssh", "cron"]}
    done = policy_command("diff", old, folder(bounded), "--json")
    (change,) = done.json["changes"]
    assert (change["effect"], change["subject"]) == ("opens", "role observer"), done
    assert change["text"] == "$units: nginx, ssh -> cron, nginx, ssh"
