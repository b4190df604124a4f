# ./dev demo: the whole product in one command. The story itself is tools/demo.

dev_demo() {
    ensure_installed
    build release meshai || exit 1
    exec "$SYSTEM_PYTHON" tools/demo "$@"
}
