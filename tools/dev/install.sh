# Brings what is missing, and is fast and silent when nothing is. Each piece is
# a file in tools/dev/install/ with two functions: NAME_present looks at what is
# really there (no network), NAME_install brings it.

readonly INSTALL_PIECES=(apt unpacked python llhttp jsoncons model)
readonly TEST_PIECES=(schema_suite node npm mcp)  # what only ./dev test needs

for piece in "${INSTALL_PIECES[@]}" "${TEST_PIECES[@]}"; do source "tools/dev/install/$piece.sh"; done

# ensure_installed [PIECE...]: what every word needs, and these pieces.
ensure_installed() {
    local piece missing=()
    for piece in "${INSTALL_PIECES[@]}" "$@"; do
        "${piece}_present" || missing+=("$piece")
    done
    ((${#missing[@]})) || return 0

    mkdir -p "$MESHAI_CACHE" || die "Cannot write to $MESHAI_CACHE; set MESHAI_CACHE to a folder that you may write to."
    # Two ./dev at the same time take turns; the second finds the work done.
    exec 9>"$MESHAI_CACHE/install.lock"
    if command -v flock >/dev/null && ! flock -n 9; then
        note "Another ./dev is installing; waiting for it."
        flock 9
    fi
    for piece in "${missing[@]}"; do
        "${piece}_present" && continue
        "${piece}_install" || die "Could not install '$piece' (see above). Nothing else was changed; run it again when the cause is gone."
        "${piece}_present" || die "'$piece' was installed but is still not complete; see build/log/."
    done
    exec 9>&-
}

# fresh_folder DIR: an empty DIR.new beside DIR. place_folder DIR puts it there
# in one rename, so that a piece is either whole or absent.
fresh_folder() {
    rm -rf "$1.new"
    mkdir -p "$1.new"
}

place_folder() {
    rm -rf "$1"
    mv "$1.new" "$1"
}

# download_archive PINS FOLDER: the one source archive that PINS names, checked by
# its hash. pip would build it to learn its name; archive_metadata.py answers instead.
download_archive() {
    local backend
    for backend in hatchling scikit_build_core; do
        mkdir -p "$2.backends/$backend"
        cp tools/dev/install/archive_metadata.py "$2.backends/$backend/build.py"
    done
    PYTHONPATH="$2.backends" "$MESHAI_PYTHON_DIR/bin/python" -m pip download --disable-pip-version-check --no-input \
        --no-cache-dir --no-deps --no-build-isolation --no-binary :all: --require-hashes -r "$1" -d "$2" &&
        rm -r "$2.backends"
}
