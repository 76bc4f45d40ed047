#!/bin/sh
# What a path takes is found out, over a router: two hosts and the router
# between them are network namespaces, the client's link has an MTU of 9000,
# the server's one of 9000, 1500 or 1300.  gsctp perf says what it is.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"

if [ "${1-}" != inside ]; then
	need unshare nsenter ip sysctl
	flags=-n
	[ "$(id -u)" -eq 0 ] || flags=-Urn
	unshare "$flags" unshare -n true 2>/dev/null ||
	    skip "unshare $flags is not allowed here"
	export top_srcdir top_builddir
	exec timeout -k 5 200 unshare "$flags" /bin/sh "$0" inside "$@"
fi

# -- inside: the router's ------------------------------------------------------

use_tmp
GSCTP_RUN_DIR=
export GSCTP_RUN_DIR
gsctp=$top_builddir/apps/gsctp/gsctp

# A namespace that lasts as long as its process; its id is in $made.
make_host() {
	rm -f "$tmp/ready"
	mkfifo "$tmp/ready"
	unshare -n /bin/sh -c 'echo here; exec sleep 190' >"$tmp/ready" &
	made=$!
	pids="$pids $made"
	read -r line <"$tmp/ready" || die "no second namespace"
}

link() { # host's process, number of its net, MTU
	ip link add "r$2" mtu "$3" type veth peer name "h$2" mtu "$3" netns "$1" ||
	    skip "no veth interfaces here"
	ip address add "10.77.$2.2/24" dev "r$2"
	ip link set "r$2" up
	nsenter -t "$1" -n ip address add "10.77.$2.1/24" dev "h$2"
	nsenter -t "$1" -n ip link set "h$2" up
	nsenter -t "$1" -n ip route add default via "10.77.$2.2"
}

sysctl -qw net.ipv4.ip_forward=1 || skip "no router without ip_forward"

check() { # MTU of the server's link
	make_host
	client=$made
	make_host
	server=$made
	link "$client" 1 9000
	link "$server" 2 "$1"
	: >"$tmp/server"
	nsenter -t "$server" -n "$gsctp" perf -s -1 -p 5201 >"$tmp/server" 2>&1 &
	perf=$!
	pids="$pids $perf"
	i=0
	until grep -q 'on port' "$tmp/server"; do
		i=$((i + 1))
		[ "$i" -lt 200 ] || die "the server does not begin"
		sleep 0.1
	done
	nsenter -t "$client" -n "$gsctp" perf -c 10.77.2.1 -p 5201 -t 4 \
	    -l 16384 >"$tmp/out" 2>&1 || die "$(cat "$tmp/out")"
	wait "$perf" || die "the server: $(cat "$tmp/server")"
	found=$(awk '$1 == "path" && $2 == "MTU" { print $3 }' "$tmp/out")
	[ "$found" = $(($1 - 28)) ] ||
	    die "a link of $1 bytes: $found, not $(($1 - 28))"
	echo "a link of $1 bytes: $found"
	ip link delete r1
	ip link delete r2
}

for mtu in 9000 1500 1300; do
	check "$mtu"
done
