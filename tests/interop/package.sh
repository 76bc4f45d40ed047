#!/bin/sh
# The Debian packages: built of what "make dist" has, lintian has nothing to
# say, and in a clean root they install and work: gsctp cat between two
# processes of an unprivileged user, and a program that is built with
# libgsctp-dev.  Then they are purged, and nothing is left.
#
#   make check-package     in the build directory, as root: some minutes
#   PACKAGE_DIR=DIR ...    keep the packages there
#
# The clean root is of this Debian's release, and comes from where its apt
# gets its packages.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
. "$top_srcdir/tests/support/script.sh"

need apt-get debootstrap dh dpkg-buildpackage lintian ip unshare gcc
[ "$(id -u)" -eq 0 ] || skip "debootstrap wants root"
use_tmp
began=$(date +%s)
root=$tmp/root
unset MAKEFLAGS MFLAGS MAKELEVEL

step() { # step TEXT COMMAND...: it has to succeed
	step_text=$1
	shift
	if ! "$@" >"$tmp/log" 2>&1 </dev/null; then
		tail -n 40 "$tmp/log" >&2
		die "$step_text: failed"
	fi
	echo "$me: $step_text, at $(($(date +%s) - began)) s"
}

# -- the packages ---------------------------------------------------------------

version=$(sed -n '1s/.*(\(.*\)).*/\1/p' "$top_srcdir/debian/changelog")
tree=$tmp/gsctp-$version
step "what make dist has" make -C "$top_builddir" distdir distdir="$tree"
build() {
	(cd "$tree" && dpkg-buildpackage -us -uc)
}
step "packages built" build
if [ -n "${PACKAGE_DIR-}" ]; then
	cp "$tmp"/*.deb "$tmp"/*.dsc "$tmp"/*.tar.* "$tmp"/*.changes \
	    "$PACKAGE_DIR"
fi

# What it says for no reason: it does not know Static-Built-Using yet, and a
# package of debug symbols cannot have an override; and three bytes of machine
# code are a word with a spelling error.
lint() {
	lintian --allow-root -I --pedantic "$tmp"/*.changes >"$tmp/lintian" ||
	    [ -s "$tmp/lintian" ]
}
step "lintian" lint
grep -v -e '^W: [a-z0-9]*-dbgsym: unknown-field Static-Built-Using$' \
    -e '^I: libgsctp0: spelling-error-in-binary .*/libgsctp\.so\.[0-9.]*]$' \
    -e '^I: gsctp: spelling-error-in-binary .*/libgsctp-preload\.so]$' \
    "$tmp/lintian" >"$tmp/tags" || :
if [ -s "$tmp/tags" ]; then
	cat "$tmp/tags" >&2
	die "lintian has something to say"
fi

# -- a clean root -----------------------------------------------------------------

codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
# $(SITE) is apt's.
# shellcheck disable=SC2016
mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE)' \
    'Created-By: Packages' | awk -v release="$codename" '
    $2 == release { print $1; exit }')
[ -n "$mirror" ] || skip "apt has no source of $codename here"
step "a root of $codename" debootstrap --variant=minbase "$codename" "$root" \
    "$mirror"

# Its apt as ours.
rm -rf "$root/etc/apt"
cp -R /etc/apt "$root/etc/apt"
for file in /etc/resolv.conf /etc/hosts; do
	cp -L "$file" "$root$file"
done
cp "$tmp"/*.deb "$root/tmp"

# A command there, with processes and a /proc of its own, which end with it.
# $user is who runs it, and $network a network namespace of its own or nothing.
inside() { # inside COMMAND...
	# shellcheck disable=SC2016,SC2086
	unshare --mount --pid --fork --kill-child --mount-proc="$root/proc" \
	    $network sh -c '
	[ -z "$2" ] || ip link set lo up
	root=$1 user=$3
	shift 3
	exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
	    DEBIAN_FRONTEND=noninteractive \
	    chroot --userspec="$user" "$root" "$@"' \
	    sh "$root" "$network" "$user" "$@"
}
packages() {
	# shellcheck disable=SC2016
	inside dpkg-query -W -f '${Package}\n' | sort
}
user=0:0
network=

step "its package lists" inside apt-get update
packages >"$tmp/before"

# -- they install, and work ---------------------------------------------------------

# Of a list of packages, ours are files.
install_there() { # install_there PACKAGE...
	list=
	for name; do
		case $name in
		gsctp) list="$list libgsctp0 gsctp" ;;
		libgsctp-dev) list="$list libgsctp0 libgsctp-dev" ;;
		*) list="$list $name" ;;
		esac
	done
	# shellcheck disable=SC2086
	set -- $list
	list=
	for name; do
		set -- "$root/tmp/${name}"_*.deb
		[ -e "$1" ] && name=${1#"$root"}
		list="$list $name"
	done
	# shellcheck disable=SC2086
	inside apt-get install -y --no-install-recommends $list
}

# The tests of debian/tests/control, as nobody, with loopback alone.
sed -n 's/^Tests: *//p' "$tree/debian/tests/control" >"$tmp/tests"
[ -s "$tmp/tests" ] || die "debian/tests/control has no test"
sed -n 's/^Depends: *//p' "$tree/debian/tests/control" | tr -d , >"$tmp/depends"
paste -d ' ' "$tmp/tests" "$tmp/depends" >"$tmp/control"
while read -r test depends <&3; do
	# shellcheck disable=SC2086
	step "installed there: $depends" install_there $depends
	cp "$tree/debian/tests/$test" "$root/tmp/$test"
	user=65534:65534 network=--net
	step "debian/tests/$test" inside timeout 60 "/tmp/$test"
	sed "s/^/    | /" "$tmp/log"
	user=0:0 network=
done 3<"$tmp/control"

packages | comm -13 "$tmp/before" - >"$tmp/after"
echo "$me: which has brought" "$(paste -sd ' ' "$tmp/after")"
said=$(inside gsctp --version)
[ "$said" = "gsctp ${version%%-*}" ] || die "gsctp --version says \"$said\""

# -- and go ---------------------------------------------------------------------------

step "purged" inside apt-get purge -y gsctp libgsctp0
step "nothing is left" inside sh -c '
	find / -xdev -name "*gsctp*" ! -path "/tmp/*" ! -path "/proc/*" >/tmp/left
	cat /tmp/left
	[ ! -s /tmp/left ]'
echo "$me: built, installed, worked and gone"
