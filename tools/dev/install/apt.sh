# Debian's packages, listed in deploy/deps/apt.txt.

apt_wanted() { # prints the packages that are not installed
    local package command wanted=()
    while read -r package command; do
        [[ -z $package || $package == \#* ]] && continue
        [[ -n $command ]] && command -v "$command" >/dev/null && continue
        wanted+=("$package")
    done <deploy/deps/apt.txt
    if ! command -v dpkg-query >/dev/null; then
        printf '%s\n' "${wanted[@]}"
        return
    fi
    dpkg-query -W -f '${Package} ${db:Status-Abbrev}\n' "${wanted[@]}" 2>/dev/null |
        awk -v wanted="${wanted[*]}" '
            $2 == "ii" { have[$1] = 1 }
            END { n = split(wanted, w, " "); for (i = 1; i <= n; i++) if (!(w[i] in have)) print w[i] }'
}

apt_present() { [[ -z $(apt_wanted) ]]; }

apt_install() {
    local wanted
    mapfile -t wanted < <(apt_wanted)
    command -v apt-get >/dev/null ||
        die "This system has no apt-get. Install the like of these yourself: ${wanted[*]}"
    ((EUID == 0)) || sudo -v || true
    note "Installing ${#wanted[@]} Debian packages: ${wanted[*]}"
    apt_update
    step "apt install" as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "${wanted[@]}"
}

# A list that is out of date asks for files that are gone; a foreign source
# that does not answer is no reason to stop, the install will tell.
apt_update() {
    [[ -n ${APT_UPDATED:-} ]] && return
    step "apt update" as_root apt-get update -o DPkg::Lock::Timeout=300 || note "apt update had errors; trying with the lists that are there."
    APT_UPDATED=yes
}

as_root() {
    if ((EUID == 0)); then
        "$@"
    elif command -v sudo >/dev/null; then
        # Steps have no stdin; sudo asks on the terminal itself where there is one.
        sudo "$@"
    else
        note "This needs root or sudo: $*"
        return 1
    fi
}
