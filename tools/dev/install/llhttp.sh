# The C sources of llhttp, which cmake/parts.cmake builds where the system has
# no llhttp of its own.

llhttp_present() { [[ -f $MESHAI_LLHTTP_DIR/llhttp.h && -f $MESHAI_LLHTTP_DIR/llhttp.c ]]; }

llhttp_install() {
    fresh_folder "$MESHAI_LLHTTP_DIR"
    local new=$MESHAI_LLHTTP_DIR.new
    # pip asks the archive for its name and version, for which the environment's
    # own setuptools do; nothing is built here.
    step "download llhttp" "$MESHAI_PYTHON_DIR/bin/python" -m pip download --disable-pip-version-check --no-input \
        --no-deps --no-build-isolation --no-binary llhttp --require-hashes -r deploy/deps/llhttp.txt -d "$new/archive" &&
        tar -xzf "$new"/archive/llhttp-*.tar.gz -C "$new" --strip-components=2 --wildcards 'llhttp-*/lib/*' &&
        tar -xzf "$new"/archive/llhttp-*.tar.gz -C "$new" --strip-components=1 --wildcards 'llhttp-*/LICENSE' &&
        rm -r "$new/archive" && place_folder "$MESHAI_LLHTTP_DIR"
}
