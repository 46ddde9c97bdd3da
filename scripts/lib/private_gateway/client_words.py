"""How the real ssh client is pointed at one of the private servers and at nothing else."""


class ClientWords:
    """For a server with `port`, `identity` and `known_hosts`."""

    def client(self, identity=None, *options, user="diag"):
        """The words of an ssh command line up to and including the destination."""
        return [
            "ssh", "-T", "-F", "none", "-p", str(self.port), "-i", str(identity or self.identity),
            "-o", "IdentitiesOnly=yes", "-o", "IdentityAgent=none", "-o", "BatchMode=yes", "-o", "LogLevel=ERROR",
            "-o", "StrictHostKeyChecking=yes", "-o", f"UserKnownHostsFile={self.known_hosts}",
            *options, f"{user}@127.0.0.1",
        ]
