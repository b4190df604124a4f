# The Python clients of MCP, one environment for each generation.

mcp_present() {
    [[ -f $MESHAI_MCP1_DIR/.complete && -x $MESHAI_MCP1_DIR/bin/python ]] &&
        [[ -f $MESHAI_MCP2_DIR/.complete && -x $MESHAI_MCP2_DIR/bin/python ]]
}

mcp_install() {
    mcp_environment "$MESHAI_MCP1_DIR" deploy/deps/mcp-1.txt && mcp_environment "$MESHAI_MCP2_DIR" deploy/deps/mcp-2.txt
}

# mcp_environment DIR PINS: made in place and marked at the end, like python_install's.
mcp_environment() {
    rm -rf "$1"
    step "environment of ${2##*/}" "$SYSTEM_PYTHON" -m venv "$1" &&
        step "install ${2##*/}" "$1/bin/python" -m pip install --disable-pip-version-check --no-input \
            --require-hashes --only-binary :all: -r "$2" &&
        touch "$1/.complete"
}
