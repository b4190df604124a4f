# ./dev bench: builds the release and measures it with bench/run.

dev_bench() {
    ensure_installed
    build release meshai meshai_bench store_bench || exit 1
    [[ -x bench/run ]] || die "There is no bench/run in this checkout."
    export MESHAI_BINARY=$MESHAI_ROOT/build/release/meshai
    exec bench/run "$@"
}
