"""A headless Chromium that a test tells what to do, over the DevTools protocol through a pipe: no port, no driver."""

import base64
import json
import os
import pathlib
import select
import shutil
import subprocess
import time

PROGRAM = shutil.which("chromium-headless-shell") or "/usr/bin/chromium-headless-shell"


class Browser:
    """One browser with one page. `with Browser(folder) as page: page.open(path)`."""

    def __init__(self, folder, *, scripts=True):
        self.folder = pathlib.Path(folder)
        self.net_log = self.folder / "net-log.json"
        self.scripts = scripts
        self.number = 0
        self.events = []
        self.session = None

    def __enter__(self):
        to_browser, self.write_end = os.pipe()
        self.read_end, from_browser = os.pipe()
        profile = self.folder / "profile"
        profile.mkdir(exist_ok=True)
        words = [
            PROGRAM, "--no-sandbox", "--remote-debugging-pipe", f"--user-data-dir={profile}", "--no-first-run",
            "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars", "--force-color-profile=srgb",
            "--disable-background-networking", "--disable-component-update", "--disable-sync",
            f"--log-net-log={self.net_log}", "--net-log-capture-mode=Everything", "about:blank",
        ]
        # The protocol's descriptors are 3 and 4.
        self.process = subprocess.Popen(
            ["bash", "-c", f'exec "$@" 3<&{to_browser} 4>&{from_browser}', "browser", *words],
            pass_fds=(to_browser, from_browser), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=(self.folder / "browser.err").open("wb"), env=os.environ | {"HOME": str(self.folder)},
            start_new_session=True,
        )
        os.close(to_browser)
        os.close(from_browser)
        self.rest = b""
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in "Page", "Runtime", "Network", "Log":
            self.ask(f"{domain}.enable")
        self.ask("Emulation.setScriptExecutionDisabled", value=not self.scripts)
        return self

    def __exit__(self, *_):
        try:
            self.session = None
            self.ask("Browser.close")
            self.process.wait(timeout=10)
        except Exception:
            self.process.kill()
            self.process.wait()
        finally:
            os.close(self.write_end)
            os.close(self.read_end)

    # The protocol

    def ask(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.write_end, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]
            self.events.append(answer)

    def receive(self, timeout=30):
        until = time.monotonic() + timeout
        while b"\0" not in self.rest:
            left = until - time.monotonic()
            assert left > 0 and select.select([self.read_end], [], [], left)[0], "the browser says nothing"
            part = os.read(self.read_end, 1 << 20)
            assert part, (self.folder / "browser.err").read_text(errors="replace")[-2_000:]
            self.rest += part
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def wait_for(self, method):
        for event in self.events:
            if event.get("method") == method:
                return event
        while True:
            event = self.receive()
            self.events.append(event)
            if event.get("method") == method:
                return event

    def seen(self, method):
        return [event["params"] for event in self.events if event.get("method") == method]

    # What a test does

    def open(self, path, fragment=""):
        self.events = [event for event in self.events if event.get("method") != "Page.loadEventFired"]
        # A new fragment alone would load nothing.
        self.ask("Page.navigate", url="about:blank")
        self.wait_for("Page.loadEventFired")
        self.events = [event for event in self.events if event.get("method") != "Page.loadEventFired"]
        self.ask("Page.navigate", url=pathlib.Path(path).as_uri() + fragment)
        self.wait_for("Page.loadEventFired")
        return self

    def size(self, width, height=900):
        self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600
        )
        return self

    def colours(self, scheme, media="screen"):
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.ask("Emulation.setEmulatedMedia", media=media, features=features)
        return self

    def value(self, expression):
        """The value of an expression of JavaScript, evaluated beside the page's own script."""
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def type(self, text):
        self.ask("Input.insertText", text=text)

    def press(self, key, code=0):
        for kind in "keyDown", "keyUp":
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def screenshot(self, path, whole=True):
        shot = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        pathlib.Path(path).write_bytes(base64.b64decode(shot["data"]))

    @property
    def complaints(self):
        """What the browser had to say of the page: errors of the script, violations of its policy."""
        return self.seen("Runtime.exceptionThrown") + [
            one["entry"] for one in self.seen("Log.entryAdded") if one["entry"]["level"] in ("error", "warning")
        ]

    @property
    def requests(self):
        return [one["request"]["url"] for one in self.seen("Network.requestWillBeSent")]

    def net_log_urls(self):
        """Every URL that the browser's network stack was asked for, once it has ended."""
        text = self.net_log.read_text()
        try:
            log = json.loads(text)
        except ValueError:
            log = json.loads(text.rstrip().rstrip(",") + "]}")
        return sorted({event["params"]["url"] for event in log["events"] if "url" in event.get("params", {})})
