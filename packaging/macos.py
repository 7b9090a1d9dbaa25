"""Build the disk image for macOS, on a Mac: `make installer-macos`; it lies in dist/ then.

Not yet tried: written to PyInstaller's and Apple's documentation, on a machine that is no Mac. The
program is signed ad hoc only, so Gatekeeper asks whoever opens it the first time.
"""

import platform
import shutil
import sys
from pathlib import Path

import icons
from build import BUILD, DIST, INSTALLED_LIMIT, MB, ROOT, compile_ours, read_version, run

WORK = BUILD / "macos"
APP = WORK / "Futures Lab.app"
IMAGE = WORK / "image"


def main() -> None:
    """Freeze, compile, sign, try and pack; ends with a sentence where a step fails."""
    if platform.system() != "Darwin":
        sys.exit("packaging: PyInstaller makes programs for the system it runs on: use a Mac.")
    icons.write_icns(WORK / "futures-lab.icns")
    run(
        sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR",
        "--distpath", WORK, "--workpath", BUILD / "pyinstaller",
        ROOT / "packaging" / "futures-lab.spec",
    )  # fmt: skip
    compile_ours(
        APP / "Contents" / "Resources" / "source",
        "/Applications/Futures Lab.app/Contents/Resources/source",
    )
    run("codesign", "--force", "--deep", "--sign", "-", APP)  # bytecode came after PyInstaller's
    print(run(APP / "Contents" / "MacOS" / "futures-lab", "--selftest"), end="")
    check_size()
    print(make_image(read_version()))


def check_size() -> None:
    """Hold the program against the limit."""
    files = (path for path in APP.rglob("*") if path.is_file() and not path.is_symlink())
    size = sum(path.stat().st_size for path in files)
    print(f"installed {size / MB:.1f} MB of {INSTALLED_LIMIT / MB:.0f}")
    if size > INSTALLED_LIMIT:
        sys.exit("packaging: the installed program is too large.")


def make_image(version: str) -> Path:
    """Have hdiutil make a disk image from which the program is dragged to where programs are."""
    shutil.rmtree(IMAGE, ignore_errors=True)
    IMAGE.mkdir(parents=True)
    shutil.copytree(APP, IMAGE / APP.name, symlinks=True)
    (IMAGE / "Applications").symlink_to("/Applications")
    shutil.copy(ROOT / "LICENSE", IMAGE / "LICENSE.txt")
    DIST.mkdir(exist_ok=True)
    target = DIST / f"futures-lab-{version}-{platform.machine()}.dmg"
    run(
        "hdiutil", "create", "-ov", "-volname", "Futures Lab", "-fs", "HFS+", "-format", "ULFO",
        "-srcfolder", IMAGE, target,
    )  # fmt: skip
    return target


if __name__ == "__main__":
    main()
