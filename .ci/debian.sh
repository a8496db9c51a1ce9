#!/bin/sh
# debian.sh run|test: sees to the Debian packages that Qt needs, for the tests also a virtual screen.
# As root it installs the missing ones; otherwise it prints the line to run and ends with 2.  On other systems it does nothing.
set -eu

packages="libegl1 libgl1 libglib2.0-0 libfontconfig1 libxkbcommon0 libdbus-1-3 fonts-dejavu"
packages="$packages libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxkbcommon-x11-0"
[ "${1:-run}" = test ] && packages="$packages xvfb xdotool"
"${PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null || packages="$packages python3-venv"

command -v apt-get >/dev/null && command -v dpkg-query >/dev/null || exit 0

installed() { # Debian 13 calls some of them NAMEt64
    for name in "$1" "${1}t64"; do
        case "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" in installed) return 0 ;; esac
    done
    return 1
}

missing=""
for package in $packages; do
    installed "$package" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
    echo "Installing Debian packages:$missing"
    export DEBIAN_FRONTEND=noninteractive
    # shellcheck disable=SC2086
    if apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing >/dev/null; then
        exit 0
    fi
    echo "That did not work."
fi
echo "Some Debian packages are missing. Run this line, then make again:"
echo "    sudo apt-get install -y$missing"
exit 2
