"""A worker that behaves in one of the ways that workers should not; run as a program.

python odd_worker.py MODE --worker ORDER.json
"""

import json
import os
import signal
import sys
import time

MEMORY = {"type": "memory", "rss_bytes": 1, "peak_bytes": 1, "system_used_bytes": 1}


def say(**event: object) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def main(mode: str) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if mode == "garbage":
        sys.stdout.buffer.write(b'\xff\x00 not JSON\n{"type": "nonsense"}\n\n')
        say(type="log", level="info", text="still here")
        say(type="run_finished")
    elif mode == "endless-line":
        sys.stdout.write("x" * (40 << 20) + "\n")
        say(type="run_finished")
    elif mode == "flood":
        lines = [
            json.dumps({"type": "text", "n": 1, "text": "abc", "forced": n % 2 == 0})
            for n in range(1000)
        ]
        block = "\n".join(lines) + "\n"
        say(type="call_started", n=1, stage="analysis", form="analysis/plan")
        until = time.monotonic() + float(sys.argv[2])
        while time.monotonic() < until:
            sys.stdout.write(block)
            sys.stdout.flush()
        say(type="run_finished")
    elif mode in ("SIGKILL", "SIGABRT", "SIGSEGV"):
        say(type="call_started", n=1, stage="analysis", form="analysis/plan")
        sys.stderr.write("GGML_ASSERT: out of memory\n")
        sys.stderr.flush()
        os.kill(os.getpid(), signal.Signals[mode])
    elif mode == "hung":
        say(type="log", level="info", text="begun")
        time.sleep(600)
    elif mode == "exit":
        sys.exit(3)


if __name__ == "__main__":
    main(sys.argv[1])
