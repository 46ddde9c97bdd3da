"""What the tests add to the policy that ships: a probe and commands that misbehave, and a denylist over the grounds.

The commands are ones that no real policy should have: they let an attack run inside the sandbox, past the policy.
"""

from grounds import GROUNDS


def command(executable, about, allow, operands, **more):
    return {
        "exec": executable, "about": about, "arguments": "words", "operands": operands,
        "allow": [allow], "deny": more.pop("deny", [f"{allow.split()[0]} ; $x"]), **more,
    }


def add_test_policy(gateway):
    anything = ["word /.*/*"]
    limits = {"time": "3s", "output": "1MiB", "memory": "64MiB", "processes": 8}
    probe = str(GROUNDS / "probe")
    gateway.add_policy("zz-test-commands.yaml", {
        "commands": {
            "probe": command(probe, "does what it is told", "probe uid", anything),
            "probe-limited": command(probe, "the same within small limits", "probe-limited uid", anything, limits=limits),
            "sleep": command("/bin/sleep", "waits", "sleep 1", ["count 0..100000"]),
            "spill": command("/usr/bin/yes", "writes without end", "spill", "none", limits=limits, deny=["spill x"]),
            "flood": command(
                "/usr/bin/yes", "the same, for long", "flood", "none", limits={"time": "60s", "output": "1GiB"}, deny=["flood x"]),
            "script": command(
                "/bin/sh", "a shell, for attacks only", "script -c true", "none", options={"-c": "word /.*/"},
                deny=["script -x"]),
        },
        "secrets": [
            {"path": f"{GROUNDS}/secret/**", "reason": "the secret folder of the tests"},
            {"path": f"{GROUNDS}/single-secret", "reason": "the secret file of the tests"},
        ],
    })
