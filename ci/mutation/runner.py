"""Runs opex-tidy: facts of units, in copies of the tree for what is edited, and links. What was made is kept."""
import concurrent.futures
import fcntl
import hashlib
import json
import os
import pathlib
import shlex
import shutil
import subprocess
import threading


class Failed(Exception):
    """Something that ends the run."""


def digest(*parts):
    sum_ = hashlib.sha256()
    for part in parts:
        sum_.update(part if isinstance(part, bytes) else str(part).encode("utf-8", "surrogateescape"))
        sum_.update(b"\0")
    return sum_.hexdigest()[:20]


class Runner:
    """`program` is opex-tidy, `facts_key` names the version of what it makes facts with."""

    def __init__(self, program, root, build, work, jobs, facts_key, timeout=600):
        self.program, self.root, self.work, self.jobs, self.timeout = str(program), root, work, jobs, timeout
        self.entries = self.read_database(build)
        self.key = facts_key or digest(pathlib.Path(shutil.which(self.program) or self.program).read_bytes())
        self.kept = work / "facts" / self.key
        self.kept.mkdir(parents=True, exist_ok=True)
        self.guard = open(work / "lock", "w")  # Open as long as the run: two of them would edit one tree.
        try:
            fcntl.flock(self.guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Failed(f"another run works in {work}") from error
        self.free, self.copied = list(range(jobs)), set()
        self.lock = threading.Lock()

    def read_database(self, build):
        """Main file relative to the root: its entry, with an absolute file. Sources outside the root are left out."""
        path = build / "compile_commands.json" if build.is_dir() else build
        entries = {}
        for entry in json.loads(path.read_text(encoding="utf-8")):
            file = os.path.realpath(os.path.join(entry["directory"], entry["file"]))
            if file.startswith(f"{self.root}/"):
                entry = dict(entry, file=file, arguments=entry.get("arguments") or shlex.split(entry["command"]))
                entry.pop("command", None)
                entries.setdefault(os.path.relpath(file, self.root), entry)
        if not entries:
            raise Failed(f"{path}: no source below {self.root}")
        return entries

    def run(self, *arguments, allowed=(0,)):
        done = subprocess.run([self.program, *map(str, arguments)], capture_output=True, text=True, errors="replace",
                              timeout=self.timeout)
        if done.returncode not in allowed:
            raise Failed(f"{self.program} {arguments[0]} exited with {done.returncode}: {done.stderr.strip()[-800:]}")
        return done

    # The program as it is

    def write_database(self):
        home = self.work / "database"
        home.mkdir(exist_ok=True)
        (home / "compile_commands.json").write_text(json.dumps(list(self.entries.values())))

    def baseline_facts(self, main):
        """The facts of a unit as it is: a file."""
        entry = self.entries[main]
        name = digest(main, pathlib.Path(entry["file"]).read_bytes(), entry["arguments"], *self.header_stamps())
        target = self.kept / f"{name}.facts"
        if not target.exists():
            part = target.with_suffix(f".part{threading.get_ident()}")
            self.facts(main, self.root, self.work / "database", part, allowed=(0, 3))
            part.rename(target)
        return target

    def facts(self, main, tree, database, target, allowed):
        return self.run("facts", tree / main, "-p", database, "--root", tree, "--quiet", "-j1", "-o", target, allowed=allowed)

    def dump(self, main):
        return self.run("facts", "--dump", self.baseline_facts(main)).stdout

    def header_stamps(self):
        """Stands for what the units include: the project's headers and their sizes."""
        with self.lock:
            if not hasattr(self, "stamps"):
                self.stamps = sorted(f"{path}:{path.stat().st_size}" for path in self.root.rglob("*.h*") if path.is_file())
        return self.stamps

    def all_facts(self, progress):
        """Main file: its facts."""
        with concurrent.futures.ThreadPoolExecutor(self.jobs) as pool:
            jobs = {main: pool.submit(self.baseline_facts, main) for main in self.entries}
            files = {}
            for number, (main, job) in enumerate(jobs.items(), start=1):
                files[main] = job.result()
                progress(number, len(jobs))
        return files

    def link(self, files):
        """The SARIF log of the program that these facts make, in profile audit. Kept by the program and its input."""
        with self.lock:
            if not hasattr(self, "version"):
                self.version = digest(pathlib.Path(shutil.which(self.program) or self.program).read_bytes())
        target = self.work / "links" / f"{digest(self.version, *sorted(files))}.sarif"
        target.parent.mkdir(exist_ok=True)
        if not target.exists():
            part = target.with_suffix(f".part{threading.get_ident()}")
            self.run("link", *sorted(files), "--profile", "audit", "--quiet", "--fail-on", "none",
                     "--output", f"sarif={part}", allowed=(0, 3))
            part.rename(target)
        return json.loads(target.read_text(encoding="utf-8"))

    # The program with other files

    def changed(self, edits, readers):
        """The log of the program in which `edits` (file: new bytes) are made, and the notices of units that broke.

        Only `readers`, the main files that read an edited file, are parsed again, in a copy of the tree of hard
        links. __FILE__ says the place in the real tree, so that headers stay the same functions.
        """
        baseline = {main: self.baseline_facts(main) for main in self.entries}
        key = digest(*(part for file in sorted(edits) for part in (file, edits[file])))
        targets = {main: self.kept / f"{digest(str(baseline[main]), key)}.facts" for main in sorted(readers)}
        if any(not target.exists() for target in targets.values()):
            with self.lock:
                slot = self.free.pop()
            try:
                self.extract_changed(slot, edits, targets)
            finally:
                with self.lock:
                    self.free.append(slot)
        broken = [main for main, target in targets.items() if target.stat().st_size == 0]
        if broken:
            return None, broken
        return self.link([targets.get(main, file) for main, file in baseline.items()]), []

    def copy(self, slot):
        """A tree of hard links and its database: new in each run, since one that was stopped may have left an edit."""
        tree, home = self.work / f"tree{slot}", self.work / f"database{slot}"
        if slot not in self.copied:
            shutil.rmtree(tree, ignore_errors=True)
            shutil.copytree(self.root, tree, copy_function=os.link, symlinks=True,
                            ignore=shutil.ignore_patterns(".git", "*.o", "*.a", "*.so"))
            home.mkdir(exist_ok=True)
            entries = [self.moved(entry, tree) for entry in self.entries.values()]
            (home / "compile_commands.json").write_text(json.dumps(entries))
            self.copied.add(slot)
        return tree, home

    def moved(self, entry, tree):
        move = lambda text: text.replace(f"{self.root}/", f"{tree}/")
        directory = move(entry["directory"] + "/").rstrip("/")
        arguments = [move(one) for one in entry["arguments"]] + [f"-fmacro-prefix-map={tree}={self.root}"]
        return {"directory": directory, "file": move(entry["file"]), "arguments": arguments}

    def extract_changed(self, slot, edits, targets):
        tree, home = self.copy(slot)
        try:
            for file, text in edits.items():
                self.replace(tree / file, text)
            for main, target in targets.items():
                if not target.exists():
                    self.extract_or_mark(main, tree, home, target)
                if target.stat().st_size == 0:
                    for other in targets.values():
                        if not other.exists():
                            other.touch()
                    return
        finally:
            for file in edits:
                (tree / file).unlink()
                os.link(self.root / file, tree / file)

    @staticmethod
    def replace(path, text):
        path.unlink()  # The link, not the file of the real tree.
        path.write_bytes(text)

    def extract_or_mark(self, main, tree, home, target):
        """An empty file stands for a unit that has errors now."""
        part = target.with_suffix(f".part{threading.get_ident()}")
        done = self.facts(main, tree, home, part, allowed=(0, 3))
        if done.returncode != 0:
            part.write_bytes(b"")
        part.rename(target)
