"""Breaks the source in a copy of the checkout, one small mutation at a time, and
sees a test fail."""

import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
COPY = ROOT / "target/mutants/checkout"
BUILD = ROOT / "target/mutants/build"
# What `cargo test` has built for the checkout.
BUILT = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug"


def copy_checkout():
    shutil.rmtree(COPY, ignore_errors=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            target = COPY / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)


def copy_build():
    """A start that saves building all dependencies once more. It must be a copy:
    to Cargo the two checkouts are the same package, and what one has built of a
    mutated source would be up to date for the other. What the compiler remembers
    of increments counts only where it was made."""
    if BUILT.is_dir() and not BUILD.exists():
        shutil.copytree(BUILT, BUILD / "debug", ignore=shutil.ignore_patterns("incremental"))


def test(where):
    command = ["cargo", "test", "--locked", "--quiet", "--target-dir", str(BUILD), *where]
    return subprocess.run(command, cwd=COPY, capture_output=True, text=True)


def cargo_fails(about, where):
    """Whether a test fails. Exits where the mutation does not compile."""
    done = test(where)
    failed = any(line.startswith("test result: FAILED") for line in done.stdout.splitlines())
    if done.returncode != 0 and not failed:
        sys.exit(f"{about}: the mutation does not compile\n{done.stderr}")
    return failed


def run(mutations, prepare=copy_build, fails=cargo_fails):
    """Each mutation: what it is about, the file, what stands there, what is put
    there, and where the tests are that miss it. Words on the command line pick
    those that are about one of them. Exits with 1 if one survives."""
    words = sys.argv[1:]
    mutations = [it for it in mutations if not words or any(word in it[0] for word in words)]
    copy_checkout()
    prepare()
    survivors = 0
    for about, name, old, new, where in mutations:
        path = COPY / name
        text = path.read_text()
        if text.count(old) != 1:
            sys.exit(f"{about}: {name} does not hold {old!r} exactly once; mend the table")
        path.write_text(text.replace(old, new))
        failed = fails(about, where)
        path.write_text(text)
        survivors += not failed
        print(f"{about}: {'caught' if failed else 'SURVIVED'}, {name}: {new.strip()!r}", flush=True)
    print(f"{len(mutations)} mutations, {survivors} survived")
    sys.exit(1 if survivors else 0)
