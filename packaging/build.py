"""Build the installers for Linux: a .deb and a self-extracting .run, checked as far as can be here.

`make installer` calls it with an environment of its own (build/venv), so that nothing but what the
program needs comes in. What is made lies in dist/, what it was made from in build/.
"""

import compileall
import gzip
import os
import platform
import py_compile
import re
import shutil
import subprocess
import sys
import time
from email.utils import formatdate
from pathlib import Path

import icons
from core import shipped

ROOT = Path(__file__).resolve().parents[1]
HERE = ROOT / "packaging" / "linux"
BUILD, DIST = ROOT / "build", ROOT / "dist"
PROGRAM = BUILD / "program" / "futures-lab"
SOURCE = PROGRAM / "_internal" / "source"
TREE, BUNDLE = BUILD / "tree", BUILD / "bundle"
ICON_SIZES = (16, 22, 24, 32, 48, 64, 96, 128, 256, 512)
MB = 1_000_000
LIMITS = {".deb": 60 * MB, ".run": 50 * MB}
INSTALLED_LIMIT = 180 * MB
TAG = sys.implementation.cache_tag


def main() -> None:
    """Build everything, in order; raises CalledProcessError, OSError or SystemExit at a failure."""
    version = read_version()
    freeze()
    compile_ours(SOURCE, "/usr/lib/futures-lab/_internal/source")
    draw_icons(BUILD / "icons")
    write_metadata(version)
    lay_out_tree()
    lay_out_bundle()
    made = [make_deb(version), make_run(version)]
    check(made)


def read_version() -> str:
    """Read the version from the one place where it is written."""
    text = (ROOT / "core" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', text, re.MULTILINE)
    assert found is not None
    return found.group(1)


def run(*command: str | Path, **more: str) -> str:
    """Run a command in the project's folder, and return what it prints; it must end well."""
    ended = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, **more},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if ended.returncode:
        sys.exit(f"{ended.stdout}\npackaging: {command[0]} failed with code {ended.returncode}.")
    return ended.stdout


# ---------------------------------------------------------------------------- the program


def freeze() -> None:
    """Have PyInstaller put the two executables and all that they need into one folder."""
    run(
        sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR",
        "--distpath", PROGRAM.parent, "--workpath", BUILD / "pyinstaller",
        ROOT / "packaging" / "futures-lab.spec",
    )  # fmt: skip
    # Python itself may come with symbols, and with a path to where it was built; what comes from
    # wheels stays as it is: numpy's libraries break when they are stripped.
    of_python = (
        *PROGRAM.glob("_internal/libpython3*"),
        *PROGRAM.glob("_internal/python3*/lib-dynload/*.so"),
    )
    for file in of_python:
        run("strip", "--strip-unneeded", file)
        run("patchelf", "--remove-rpath", file)
    for file in (
        *PROGRAM.glob("_internal/PySide6/Qt/lib/libicu*"),
        *PROGRAM.glob("_internal/psutil/*.so"),
    ):
        run("strip", "--strip-unneeded", file)
    (SOURCE / "resources" / "shipped.json").write_bytes(shipped.to_json(shipped.parts()))


def compile_ours(source: Path, installed_at: str) -> None:
    """Put bytecode beside our sources, valid wherever they are copied and for good.

    `installed_at` is where a traceback says that they are.
    """
    compileall.compile_dir(
        source,
        quiet=1,
        stripdir=str(source),
        prependdir=installed_at,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )


def draw_icons(folder: Path) -> None:
    """Draw the icon, an SVG, in all sizes."""
    for size in ICON_SIZES:
        file = folder / f"{size}x{size}" / "apps" / "futures-lab.png"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(icons.draw(size))


# ------------------------------------------------------------------------------- metadata


def write_metadata(version: str) -> None:
    """Fill version, date and licence into the templates; the results are in build/metadata."""
    stamp = int(os.environ.get("SOURCE_DATE_EPOCH") or time.time())
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8").split("\n\n", 2)[2].strip()
    words = {
        "@VERSION@": version,
        "@DATE@": time.strftime("%Y-%m-%d", time.gmtime(stamp)),
        "@YEAR@": time.strftime("%Y", time.gmtime(stamp)),
        "@MAILDATE@": formatdate(stamp),
        "@TAG@": TAG,
        "@LICENSE@": "\n".join(f" {line}" if line else " ." for line in licence.splitlines()),
    }
    folder = BUILD / "metadata"
    folder.mkdir(parents=True, exist_ok=True)
    for template in HERE.iterdir():
        text = template.read_text(encoding="utf-8")
        for mark, word in words.items():
            text = text.replace(mark, word)
        (folder / template.name).write_text(text, encoding="utf-8")
        shutil.copymode(template, folder / template.name)


def write_shared(share: Path) -> None:
    """Write what a desktop looks for below /usr/share, or below the user's own folder."""
    done = BUILD / "metadata"
    for name, place in {
        "futures-lab.desktop": "applications/futures-lab.desktop",
        "futures-lab.metainfo.xml": "metainfo/futures_lab.FuturesLab.metainfo.xml",
        "futures-lab.mime.xml": "mime/packages/futures-lab.xml",
    }.items():
        put(done / name, share / place)
    shutil.copytree(BUILD / "icons", share / "icons" / "hicolor", dirs_exist_ok=True)
    drawing = ROOT / "resources" / "icons" / "futures-lab.svg"
    put(drawing, share / "icons" / "hicolor" / "scalable" / "apps" / "futures-lab.svg")
    put_zipped((done / "futures-lab.1").read_bytes(), share / "man" / "man1" / "futures-lab.1.gz")


def put(source: Path, target: Path) -> None:
    """Copy a file to a place whose folder may not be there yet."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)


def put_zipped(data: bytes, target: Path) -> None:
    """Write gzipped data, the same for the same data."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(data, 9, mtime=0))


def write_licences(folder: Path, found: tuple[shipped.Part, ...]) -> None:
    """Write the licences of Python and of all else that travels inside, and a list of them."""
    for part in found:
        if part.text:
            file = folder / part.name / "LICENSE.txt"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(part.text + "\n", encoding="utf-8")
    lines = [f"{part.name} {part.version}: {part.terms}" for part in found]
    text = "What travels inside Futures Lab, and under which terms:\n\n" + "\n".join(lines) + "\n"
    (folder / "packages.txt").write_text(text, encoding="utf-8")


def systems_parts() -> tuple[shipped.Part, ...]:
    """List the Debian packages whose libraries travel in the .run, with their copyright files."""
    found = {}
    for library in systems_libraries(PROGRAM / "_internal"):
        told = subprocess.run(
            ["dpkg", "-S", f"*/{library.name}"], capture_output=True, text=True, check=False
        ).stdout
        package = told.partition(":")[0]
        papers = Path("/usr/share/doc", package, "copyright")
        if package and papers.is_file():
            version = run("dpkg-query", "-W", "-f", "${Version}", package)
            text = papers.read_text(encoding="utf-8", errors="replace")
            found[package] = shipped.Part(package, version, "see its licence", "", text)
    return tuple(found[package] for package in sorted(found))


# ------------------------------------------------------------------------------- packages


def lay_out_tree() -> None:
    """Put everything where the .deb installs it, below build/tree."""
    shutil.rmtree(TREE, ignore_errors=True)
    shutil.copytree(PROGRAM, TREE / "usr" / "lib" / "futures-lab", symlinks=True)
    for library in systems_libraries(TREE / "usr" / "lib" / "futures-lab" / "_internal"):
        library.unlink()
    share = TREE / "usr" / "share"
    write_shared(share)
    doc = share / "doc" / "futures-lab"
    put(BUILD / "metadata" / "copyright", doc / "copyright")
    put(ROOT / "CHANGELOG.md", doc / "CHANGELOG.md")
    put_zipped((BUILD / "metadata" / "changelog").read_bytes(), doc / "changelog.gz")
    write_licences(doc / "licenses", shipped.parts())
    put(HERE / "lintian-overrides", share / "lintian" / "overrides" / "futures-lab")
    tidy_modes(TREE)


def systems_libraries(internal: Path) -> list[Path]:
    """List the copies of what Debian has as packages: the .deb depends on those instead."""
    files = (file for file in internal.glob("lib*.so*") if not file.is_symlink())
    return [file for file in files if not file.name.startswith("libpython")]


def lay_out_bundle() -> None:
    """Put what the .run installs below build/bundle."""
    shutil.rmtree(BUNDLE, ignore_errors=True)
    shutil.copytree(PROGRAM, BUNDLE / "program", symlinks=True)
    write_shared(BUNDLE / "share")
    everything = (*shipped.parts(), *systems_parts())
    write_licences(BUNDLE / "program" / "licenses", everything)
    inside = BUNDLE / "program" / SOURCE.relative_to(PROGRAM)
    (inside / "resources" / "shipped.json").write_bytes(shipped.to_json(everything))
    put(ROOT / "LICENSE", BUNDLE / "program" / "LICENSE")
    for name in ("install", "uninstall"):
        put(BUILD / "metadata" / name, BUNDLE / name)
    tidy_modes(BUNDLE)


def tidy_modes(folder: Path) -> None:
    """Let everybody read, only the owner write, and nobody run a library."""
    for path in (folder, *folder.rglob("*")):
        if path.is_symlink():
            continue
        runs = path.is_dir() or (path.parent.name in RUN_FROM and os.access(path, os.X_OK))
        path.chmod(0o755 if runs else 0o644)


RUN_FROM = {"futures-lab", "program", "bundle"}


def dependencies() -> list[str]:
    """Ask dpkg-shlibdeps which packages the binaries need, with their lowest versions."""
    folder = BUILD / "shlibdeps"
    (folder / "debian").mkdir(parents=True, exist_ok=True)
    (folder / "debian" / "control").write_text(
        "Source: futures-lab\n\nPackage: futures-lab\nArchitecture: any\n", encoding="utf-8"
    )
    inside = TREE / "usr" / "lib" / "futures-lab"
    mark = TREE / "DEBIAN"  # by it dpkg-shlibdeps knows the root of a package
    mark.mkdir()
    private = sorted({str(file.parent) for file in elf_files(inside)})
    found = subprocess.run(
        [
            "dpkg-shlibdeps", "-O", "--ignore-missing-info",
            *(f"-l{path}" for path in private), *(f"-e{file}" for file in elf_files(inside)),
        ],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    mark.rmdir()
    if found.returncode:
        sys.exit(f"{found.stderr}\npackaging: dpkg-shlibdeps failed.")
    line = found.stdout.strip().partition("shlibs:Depends=")[2]
    return [package.strip() for package in line.split(",")]


def elf_files(folder: Path) -> list[Path]:
    """List the executables and libraries in a folder."""
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return sorted(path for path in files if path.open("rb").read(4) == b"\x7fELF")


def make_deb(version: str) -> Path:
    """Have nfpm pack the tree."""
    arch = run("dpkg", "--print-architecture").strip()
    words = {"VERSION": version, "ARCH": arch, "DEPENDS": yaml_list(dependencies())}
    text = (BUILD / "metadata" / "nfpm.yaml").read_text(encoding="utf-8")
    for name, word in words.items():
        text = text.replace(f"${{{name}}}", word)
    (BUILD / "nfpm.yaml").write_text(text, encoding="utf-8")
    target = DIST / f"futures-lab_{version}_{arch}.deb"
    DIST.mkdir(exist_ok=True)
    nfpm = Path(sys.executable).with_name("nfpm")
    run(nfpm, "package", "-f", BUILD / "nfpm.yaml", "-p", "deb", "-t", target)
    return target


def yaml_list(words: list[str]) -> str:
    """Write words as the inside of a YAML list."""
    return ", ".join(f'"{word}"' for word in words)


def make_run(version: str) -> Path:
    """Have makeself pack the bundle into a script that unpacks itself and calls `install`."""
    machine = platform.machine()
    target = DIST / f"futures-lab-{version}-{machine}.run"
    DIST.mkdir(exist_ok=True)
    run(
        "makeself", "--quiet", "--xz", "--sha256", "--nox11", "--nomd5", "--nocrc",
        BUNDLE, target, f"Futures Lab {version}", "./install",
    )  # fmt: skip
    return target


# --------------------------------------------------------------------------------- checks


def check(made: list[Path]) -> None:
    """Hold what was made against the limits and the tools that know the formats."""
    problems = []
    size = sum(path.lstat().st_size for path in PROGRAM.rglob("*"))
    print(f"installed {size / MB:.1f} MB of {INSTALLED_LIMIT / MB:.0f}")
    if size > INSTALLED_LIMIT:
        problems.append("the installed program is too large")
    for file in made:
        size, limit = file.stat().st_size, LIMITS[file.suffix]
        print(f"{file.name} {size / MB:.1f} MB of {limit / MB:.0f}")
        if size > limit:
            problems.append(f"{file.name} is too large")
    print(f"needs glibc {highest_glibc()}; a system older than that cannot run it")
    print(run("desktop-file-validate", BUILD / "metadata" / "futures-lab.desktop"), end="")
    appstream = TREE / "usr/share/metainfo/futures_lab.FuturesLab.metainfo.xml"
    told = subprocess.run(
        ["appstreamcli", "validate", "--no-net", str(appstream)],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    ).stdout
    print(told, end="")
    if re.search("^E:", told, re.MULTILINE):  # its exit code counts warnings too
        problems.append("the AppStream metadata has errors")
    print(run("lintian", "--allow-root", "--fail-on", "error", made[0]), end="")
    print(run(PROGRAM / "futures-lab", "--selftest"), end="")
    if problems:
        sys.exit("packaging: " + "; ".join(problems) + ".")


def highest_glibc() -> str:
    """Find the newest version of the C library that a binary asks for."""
    asked: set[str] = set()
    for file in elf_files(PROGRAM):
        asked.update(re.findall(r"\(?GLIBC_(\d+(?:\.\d+)+)", run("objdump", "-T", file)))
    return max(asked, key=lambda version: [int(part) for part in version.split(".")])


if __name__ == "__main__":
    main()
