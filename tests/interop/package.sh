#!/bin/sh
# The Debian packages: built of what "make dist" has, lintian has nothing to
# say, and in a clean root they install and work: gsctp cat between two
# processes of an unprivileged user, ncat under gsctp run, and a program that is
# built with libgsctp-dev.  So do the lines that doc/ci.md has for containers and
# jobs.  Then they are purged, and nothing is left.
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

# -- doc/ci.md ----------------------------------------------------------------------

# Its blocks of code, by their languages: a directory each, in order.
recipe=$tmp/recipe
mkdir "$recipe"
awk -v dir="$recipe" '
/^```$/ { name = "" }
name != "" { print >name }
/^```[a-z]/ { name = dir "/" substr($0, 4) (++n) }' "$top_srcdir/doc/ci.md"
[ "$(cd "$recipe" && echo *)" = "dockerfile2 sh1 yaml3 yaml4" ] ||
    die "doc/ci.md has other blocks: $(cd "$recipe" && echo *)"

# Where each of them starts, without what was installed for the others, and
# the job's directory with the packages and the test.
begin_job() {
	inside apt-get purge -y --autoremove gsctp libgsctp0 ncat
	rm -rf "$root/job" "$root/packages" "$root/test.sh"
	mkdir "$root/job" "$root/job/packages"
	cp "$tmp"/*.deb "$root/job/packages"
	cp "$recipe/sh1" "$root/job/test.sh"
	chmod 777 "$root/job"
}

# A command of a job, as the shell of its kind runs it: installing as root, all
# else as nobody, with loopback alone.
job() { # command
	case $1 in
	*apt-get*) user=0:0 network= ;;
	*) user=65534:65534 network=--net ;;
	esac
	step "$1" inside timeout 300 sh -e -c "cd /job && $1"
	case $1 in
	*test.sh*) grep '^hello$' "$tmp/log" >/dev/null || {
		cat "$tmp/log" >&2
		die "$1: nobody says hello"
	} ;;
	esac
	user=0:0 network=
}

# The lines below a Dockerfile's RUN are one; COPY and USER are as below.
dockerfile=$recipe/dockerfile2
[ "$(grep -c -e '^COPY packages/ /packages/$' -e '^USER 65534$' \
    -e '^COPY test.sh /test.sh$' "$dockerfile")" -eq 3 ] ||
    die "doc/ci.md: its Dockerfile is another"
step "the Dockerfile's beginning" begin_job
mv "$root/job/packages" "$root/packages"
job "$(sed -n '/^RUN /,/[^\\]$/p' "$dockerfile" | sed 's/^RUN //')"
cp "$recipe/sh1" "$root/test.sh"
job "$(sed -n 's/^ENTRYPOINT //p; s/^CMD //p' "$dockerfile" |
    tr -d '[]",' | paste -sd ' ' -)"
# That it is gsctp run that does it.
user=65534:65534 network=--net
if inside timeout 60 sh /test.sh >"$tmp/log" 2>&1; then
	echo "$me: this kernel has SCTP, so the test says little"
else
	grep 'Protocol not supported' "$tmp/log" >/dev/null || {
		cat "$tmp/log" >&2
		die "test.sh fails for another reason"
	}
fi
user=0:0 network=

for yaml in "$recipe/yaml3" "$recipe/yaml4"; do
	step "$(head -n 1 "$yaml")" begin_job
	sed -n -e 's/^ *- run: //p' -e '/script:/,/artifacts:/s/^ *- //p' \
	    "$yaml" >"$tmp/lines"
	[ "$(wc -l <"$tmp/lines")" -eq 4 ] || die "not four lines in $yaml"
	while read -r line <&3; do
		job "$line"
	done 3<"$tmp/lines"
done
ls "$root"/job/trace-*.pcapng >/dev/null || die "GitLab's job has no artifact"
rm -rf "$root/job" "$root/packages"

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
