# A Python environment for the tests, with every file pinned by its hash.

python_present() { [[ -f $MESHAI_PYTHON_DIR/.complete && -x $MESHAI_PYTHON_DIR/bin/python ]]; }

# An environment knows its own path, so it is made in place and marked at the end.
python_install() {
    rm -rf "$MESHAI_PYTHON_DIR"
    step "python environment" "$SYSTEM_PYTHON" -m venv "$MESHAI_PYTHON_DIR" &&
        step "pip install" "$MESHAI_PYTHON_DIR/bin/python" -m pip install --disable-pip-version-check \
            --no-input --require-hashes --only-binary :all: -r tests/clients/requirements.txt &&
        touch "$MESHAI_PYTHON_DIR/.complete"
}
