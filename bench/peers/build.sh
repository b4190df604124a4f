# What ./dev bench measures MeshAI beside, as two pieces for ensure_installed. Only the
# benchmark needs them: neither the build nor the tests ask for Rust.

readonly RUST_MINOR_MIN=89  # of the pinned crates uuid asks for the newest Rust
readonly PEER_BUILD_NICE=10
export MESHAI_RMCP_DIR=$MESHAI_CACHE/rmcp-$(pin_id bench/peers/rmcp/crates.lock)
export MESHAI_MCP_PEER=$MESHAI_RMCP_DIR/target/release/mcp-peer

rust_present() {
    local version
    version=$(cargo --version 2>/dev/null) || return 1
    version=${version#cargo 1.}
    [[ ${version%%.*} =~ ^[0-9]+$ ]] && ((${version%%.*} >= RUST_MINOR_MIN))
}

# Debian's Rust for browsers, which is newer than its `cargo`.
rust_install() {
    command -v cargo >/dev/null && die "The cargo on PATH is older than Rust 1.$RUST_MINOR_MIN; bring a newer one, or remove it."
    apt_update
    step "apt install rust" as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 cargo-web rustc-web
}

rmcp_present() {
    [[ -x $MESHAI_MCP_PEER ]] && diff -q bench/peers/rmcp/src "$MESHAI_RMCP_DIR/src" >/dev/null 2>&1 &&
        cmp -s bench/peers/rmcp/Cargo.toml "$MESHAI_RMCP_DIR/Cargo.toml"
}

# cargo keeps what it downloaded; once the crates are there, a change of our own
# source is built offline.
rmcp_install() {
    mkdir -p "$MESHAI_RMCP_DIR"
    cp -r bench/peers/rmcp/{Cargo.toml,src} "$MESHAI_RMCP_DIR"
    if ! [[ -f $MESHAI_RMCP_DIR/.fetched ]]; then
        step "pin rmcp" pin_crates && step "download rmcp" in_peer cargo fetch --locked || return 1
        touch "$MESHAI_RMCP_DIR/.fetched"
    fi
    step "build rmcp" in_peer nice -n "$PEER_BUILD_NICE" cargo build --release --locked --offline
}

in_peer() (cd "$MESHAI_RMCP_DIR" && exec env CARGO_TARGET_DIR="$MESHAI_RMCP_DIR/target" "$@")

# crates.lock is cargo's lock, checksums and all, without the lines that say which
# registry a crate is from: cargo knows the one it is set up with, and writes it
# into a lock of its own, from where it is taken.
pin_crates() {
    local lock=$MESHAI_RMCP_DIR/Cargo.lock source
    rm -f "$lock"
    in_peer cargo generate-lockfile || return 1
    source=$(grep -m1 '^source = ' "$lock") || return 1
    awk -v source="$source" '/^checksum = / { print source } { print }' bench/peers/rmcp/crates.lock >"$lock.new"
    mv "$lock.new" "$lock"
}
