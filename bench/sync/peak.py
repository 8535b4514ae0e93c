"""Runs a program to its end and prints its seconds, peak resident kilobytes and processor seconds.

usage: peak.py PROGRAM [ARGUMENT…]"""

import os
import resource
import subprocess
import sys
import time

begun = time.monotonic()
process = subprocess.Popen(sys.argv[1:], stdout=sys.stderr)
_, status, usage = os.wait4(process.pid, 0)
print(f"{time.monotonic() - begun:.3f} {usage.ru_maxrss} {usage.ru_utime + usage.ru_stime:.3f}")
sys.exit(os.waitstatus_to_exitcode(status))
