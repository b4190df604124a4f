# ./dev run: builds the release, then becomes it.

dev_run() {
    ensure_installed
    build release meshai || exit 1
    exec build/release/meshai "$@"
}
