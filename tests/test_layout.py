"""The shape of the repository: what tools that run elsewhere would only find out late."""

import json
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_packaging_is_no_python_package():
    """A package of that name in the root would hide PyPI's ``packaging`` from pytest."""
    assert not list((ROOT / "packaging").rglob("__init__.py"))


def test_tests_are_no_python_package():
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_every_package_of_the_wheel_exists():
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    names = config["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert names == ["app", "engines", "pipeline", "scoring", "resources"]
    for name in names:
        assert (ROOT / name / "__init__.py").is_file(), name


def test_npm_packages_are_pinned_exactly_and_locked():
    toolchain = ROOT / "resources" / "toolchain"
    package = json.loads((toolchain / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((toolchain / "package-lock.json").read_text(encoding="utf-8"))
    wanted = package["dependencies"] | package["devDependencies"]
    locked = {name: lock["packages"][f"node_modules/{name}"]["version"] for name in wanted}
    assert locked == wanted
    for name, entry in lock["packages"].items():
        assert not name or "integrity" in entry, f"{name} is locked without a checksum"


def test_modules_stay_small():
    """One module, one idea: nothing over 600 lines."""
    for folder in ("app", "engines", "pipeline", "scoring", "packaging"):
        for module in (ROOT / folder).rglob("*.py"):
            lines = module.read_text(encoding="utf-8").count("\n")
            assert lines <= 600, f"{module} has {lines} lines"
