# The official test suite of JSON Schema, which tests/schema_suite runs.

schema_suite_present() { [[ -d $MESHAI_SCHEMA_SUITE_DIR/tests/draft2020-12 && -d $MESHAI_SCHEMA_SUITE_DIR/remotes ]]; }

schema_suite_install() {
    fresh_folder "$MESHAI_SCHEMA_SUITE_DIR"
    local new=$MESHAI_SCHEMA_SUITE_DIR.new
    step "download the test suite of JSON Schema" download_archive deploy/deps/schema-suite.txt "$new/archive" &&
        tar -xzf "$new"/archive/jsonschema-*.tar.gz -C "$new" --strip-components=2 --wildcards '*/json/*' &&
        rm -r "$new/archive" && place_folder "$MESHAI_SCHEMA_SUITE_DIR"
}
