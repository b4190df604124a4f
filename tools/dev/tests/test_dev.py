import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[3]
NOT_WORDS = {"say", "places", "install"}


def run(*argv, **more):
    return subprocess.run(argv, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, **more)


def step(tmp_path, *argv):
    """Runs one step in an empty folder, as ./dev runs its own."""
    script = f'set -euo pipefail; source "{ROOT}/tools/dev/say.sh"; step "a step" "$@"'
    return subprocess.run(["bash", "-c", script, "bash", *argv], cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)


def test_help_names_every_word():
    said = run("./dev", "help").stdout
    for file in (ROOT / "tools" / "dev").glob("*.sh"):
        if file.stem not in NOT_WORDS:
            assert f"./dev {file.stem} " in said or file.stem == "help"


def test_a_word_that_does_not_exist_leads_to_help():
    for word in ("nonsense", "say", "../x", "--asan"):
        ended = run("./dev", word)
        assert ended.returncode == 1 and "'./dev help' lists what there is" in ended.stderr


def test_a_quick_step_is_silent_and_keeps_its_log(tmp_path):
    ended = step(tmp_path, "echo", "all is well")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert (tmp_path / "build/log/a-step.log").read_text() == "all is well\n"


def test_a_failed_step_shows_the_error_and_not_the_progress(tmp_path):
    ended = step(tmp_path, "sh", "-c", "echo '[1/2] Building CXX object a.o'; echo 'a.cc:1: error: no'; exit 4")
    assert ended.returncode == 1
    assert "a.cc:1: error: no" in ended.stderr and "Building" not in ended.stderr


def test_a_last_line_without_its_end_is_kept(tmp_path):
    step(tmp_path, "printf", "one\ntwo")
    assert (tmp_path / "build/log/a-step.log").read_text() == "one\ntwo\n"


def test_a_step_has_no_stdin(tmp_path):
    assert step(tmp_path, "cat").returncode == 0
