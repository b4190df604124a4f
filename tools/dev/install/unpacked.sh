# Single programs out of Debian packages (deploy/deps/apt-unpacked.txt), without
# installing the package: promtool, without the Prometheus service.

unpacked_programs() { sed -E '/^(#|$)/d' deploy/deps/apt-unpacked.txt; }

unpacked_present() {
    local package program
    while read -r package program; do
        [[ -x $MESHAI_UNPACKED_DIR/${program##*/} ]] || command -v "${program##*/}" >/dev/null || return 1
    done < <(unpacked_programs)
}

unpacked_install() {
    apt_update
    fresh_folder "$MESHAI_UNPACKED_DIR"
    local package program
    while read -r package program; do
        step "download $package" unpack_program "$package" "$program" "$MESHAI_UNPACKED_DIR.new" || return 1
    done < <(unpacked_programs)
    place_folder "$MESHAI_UNPACKED_DIR"
}

unpack_program() {
    local package=$1 program=$2 into=$3 work
    work=$(mktemp -d)
    (
        cd "$work"
        # As root, apt would hand the download to its own user, which may not write here.
        apt-get download -o APT::Sandbox::User=root "$package"
        dpkg-deb -x "$package"_*.deb tree
        install -m 755 "tree/$program" "$into/"
    )
    local status=$?
    rm -rf "$work"
    return $status
}
