# The C++ headers of jsoncons, which cmake/parts.cmake uses where the system has
# no jsoncons of its own.

jsoncons_present() { [[ -f $MESHAI_JSONCONS_DIR/include/jsoncons_ext/jsonschema/jsonschema.hpp ]]; }

jsoncons_install() {
    fresh_folder "$MESHAI_JSONCONS_DIR"
    local new=$MESHAI_JSONCONS_DIR.new
    # There is no wheel with the sources in it.
    step "download jsoncons" download_archive deploy/deps/jsoncons.txt "$new/archive" &&
        tar -xzf "$new"/archive/pybind11-jsoncons-*.tar.gz -C "$new" --strip-components=2 --wildcards '*/src/include/*' &&
        rm -r "$new/archive" && place_folder "$MESHAI_JSONCONS_DIR"
}
