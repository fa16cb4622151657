"""llama.cpp as an engine."""

import os

# A failed assertion inside ggml starts a debugger to print a trace; in two threads at once that
# hangs the process for minutes. Must be set before any module of this package loads the library.
os.environ.setdefault("GGML_NO_BACKTRACE", "1")
