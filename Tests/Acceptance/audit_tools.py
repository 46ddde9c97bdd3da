"""`keyhole audit` on logs of a test's own: the built program, and no gateway, no audit daemon, no network."""

import json
import os
import subprocess

from policy_tools import KEYHOLE

# Times of generated logs are those of UTC.
ENVIRONMENT = {**os.environ, "TZ": "UTC"}


class Done:
    """A command that has ended."""

    def __init__(self, completed):
        self.status = completed.returncode
        self.raw = completed.stdout
        self.out = completed.stdout.decode("utf-8", "strict")
        self.err = completed.stderr.decode("utf-8", "replace")

    @property
    def lines(self):
        return self.out.splitlines()

    @property
    def objects(self):
        """JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f"status {self.status}\n{self.out}\n{self.err}"


def audit(command, *words, log=None, environment=None):
    """Runs it on files among the words, or on `log` as standard input."""
    words = [str(word) for word in words] + ([] if log is None else ["-"])
    text = b"" if log is None else log if isinstance(log, bytes) else log.bytes
    return Done(
        subprocess.run(
            [KEYHOLE, "audit", command, *words],
            input=text,
            capture_output=True,
            env=environment or ENVIRONMENT,
            timeout=60,
        )
    )


def fine(command, *words, **options):
    """As audit(), of what has to end with 0."""
    done = audit(command, *words, **options)
    assert done.status == 0, done
    return done
