"""Runs lc over a capture, within bounds of time and memory, and reads what it said."""
import json
import os
import resource
import signal
import subprocess
import tempfile
import threading

TIMEOUT_S = 60
#: What nothing may come near: PRODUCT calls 500 MB critical, and these captures are small.
RSS_LIMIT_MIB = 400


class Outcome:
    """Exit status, signal, memory, and the records of one run."""

    def __init__(self):
        self.status = None
        self.signal = None
        self.hung = False
        self.rss_mib = 0.0
        self.error = ""
        self.records = []
        self.summary = None

    @property
    def calls(self):
        return [record for record in self.records if record["type"] == "call"]

    def streams(self):
        """RTP streams by (SSRC, source, destination); of one that several calls have, the parts put together."""
        found = {}
        for record in self.records:
            for stream in [record] if record["type"] == "rtp_stream" else record.get("streams", []):
                key = (stream["ssrc"], stream["source"], stream["destination"])
                if key in found:
                    found[key] = joined(found[key], stream)
                else:
                    found[key] = dict(stream)
        return found

    def transport_errors(self):
        """What is wrong with the run itself, whatever the capture holds."""
        wrong = []
        if self.hung:
            wrong.append(f"hung for {TIMEOUT_S} s")
        elif self.signal:
            wrong.append(f"crashed with {signal.Signals(self.signal).name}")
        elif self.status not in (0, 65):
            wrong.append(f"exit status {self.status}")
        if self.rss_mib > RSS_LIMIT_MIB:
            wrong.append(f"{self.rss_mib:.0f} MiB resident")
        if self.summary and not wrong:
            counted, owned = ledger_sums(self.summary)
            if counted != self.summary["captured"]:
                wrong.append(f"ledger: {self.summary['captured']} captured, {counted} classified")
            if owned != self.summary["captured"]:
                wrong.append(f"ownership: {self.summary['captured']} captured, {owned} owned")
        return wrong


def joined(one, other):
    """A stream that calls share is the same in both; one whose owner changed goes on in the other."""
    if one["first_packet_time"] == other["first_packet_time"]:
        return one if one["packets"] >= other["packets"] else other
    whole = dict(one)
    for field in ("packets", "expected_packets", "lost_packets", "rfc3550_lost", "duplicates", "out_of_order"):
        whole[field] = one[field] + other[field]
    jitters = [stream["jitter_max_ms"] for stream in (one, other) if stream["jitter_max_ms"] is not None]
    whole["jitter_max_ms"] = max(jitters, default=None)
    return whole


def ledger_sums(summary):
    def total(value):
        return sum(total(part) for part in value.values()) if isinstance(value, dict) else value

    return total(summary["ledger"]), total(summary["ownership"])


def run(lc, capture, options=("--all-dialogs", "--orphan-rtp")):
    """One replay; `capture` is never written to, and no file is left behind."""
    outcome = Outcome()
    arguments = [lc, "sniff", "voip", "-r", capture, "--format", "json", *options]
    environment = dict(os.environ, SWIFT_BACKTRACE="enable=no")
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            arguments, stdout=out, stderr=err, stdin=subprocess.DEVNULL, env=environment,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)))
        timer = threading.Timer(TIMEOUT_S, process.kill)
        timer.start()
        _, status, usage = os.wait4(process.pid, 0)
        outcome.hung = not timer.is_alive()
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        outcome.status = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
        outcome.signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        outcome.rss_mib = usage.ru_maxrss / 1024
        out.seek(0)
        err.seek(0)
        outcome.error = err.read(4096).decode("utf-8", "replace").strip()
        for line in out.read().decode("utf-8").splitlines():
            record = json.loads(line)
            if record["type"] == "summary":
                outcome.summary = record
            else:
                outcome.records.append(record)
    return outcome
