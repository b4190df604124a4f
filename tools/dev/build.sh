# Building with the presets of CMakePresets.json, and ./dev build.

dev_build() {
    ensure_installed
    local preset=release
    case ${1:-} in
        dev | release | asan | tsan | fuzz)
            preset=$1
            shift
            ;;
    esac
    if (($# == 0)) && [[ $preset == release ]]; then set -- meshai mcp-fixture; fi
    build "$preset" "$@" || exit 1
    if [[ $preset == release && $* == "meshai mcp-fixture" ]]; then note "build/release/meshai"; fi
}

# build PRESET [TARGET...]: every target where none is named.
build() {
    local preset=$1
    shift
    configure "$preset" || return 1
    step "build $preset" env NINJA_STATUS='[%f/%t] ' ninja -C "build/$preset" "$@"
}

# Ninja runs cmake again by itself when a CMakeLists changes; a preset or a pin
# that changes needs it to be told.
configure() {
    local preset=$1 stamp wanted
    stamp=build/$preset/.configured
    wanted=$(cat CMakePresets.json deploy/deps/{llhttp,jsoncons,schema-suite}.txt | sha256sum)
    [[ -f build/$preset/build.ninja && -f $stamp && $(<"$stamp") == "$wanted" ]] && return 0
    step "configure $preset" cmake --preset "$preset" "-DLLHTTP_ROOT=$MESHAI_LLHTTP_DIR" \
        "-DJSONCONS_ROOT=$MESHAI_JSONCONS_DIR" "-DSCHEMA_SUITE_ROOT=$MESHAI_SCHEMA_SUITE_DIR" || return 1
    printf '%s\n' "$wanted" >"$stamp"
}
