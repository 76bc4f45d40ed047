#!/bin/sh
# Two hosts with two paths between them, and one path fails.
#
# The hosts are network namespaces, the paths two pairs of veth interfaces
# with a subnet each; failover_peer runs in both.  The first path, which is
# the primary one, fails in two ways, and comes back:
#
#   silent   both ends look up to a MAC address that nobody has: packets
#            leave, and nothing says that they do not arrive
#   down     the client's end is taken down: its routes go, with IPv6 its
#            address too, and sending fails

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"

# -- outside: a namespace ------------------------------------------------------

if [ "${1-}" != inside ]; then
	need unshare nsenter ip
	program=$top_builddir/tests/interop/failover_peer
	if [ ! -x "$program" ]; then
		echo "failover: $program is not built" >&2
		exit 1
	fi
	flags=-n
	[ "$(id -u)" -eq 0 ] || flags=-Urn
	unshare "$flags" unshare -n true 2>/dev/null ||
	    skip "unshare $flags is not allowed here"
	export top_srcdir top_builddir
	exec timeout -k 5 120 unshare "$flags" /bin/sh "$0" inside "$@"
fi
shift

# -- inside: the client's ------------------------------------------------------

use_tmp

program=$top_builddir/tests/interop/failover_peer

in_b() { # command of the server's namespace
	nsenter -t "$server" -n "$@"
}

# The server waits in its own namespace until its interfaces are there.
start_server() { # arguments
	rm -f "$tmp/go" "$tmp/server"
	mkfifo "$tmp/go" "$tmp/server"
	# The words are the inner shell's.
	# shellcheck disable=SC2016
	unshare -n /bin/sh -c 'echo here; read -r go; exec "$@"' sh \
	    "$program" "$@" <"$tmp/go" >"$tmp/server" &
	server=$!
	pids="$pids $server"
	exec 3>"$tmp/go" 4<"$tmp/server"
	read -r line <&4 || die "no second namespace"
}

# add_path I ADDRESS_A ADDRESS_B
add_path() {
	ip link add "a$1" type veth peer name "b$1" 2>"$tmp/err" ||
	    skip "no veth interfaces: $(cat "$tmp/err")"
	ip link set "b$1" netns "$server" ||
	    skip "interfaces cannot be given away here"
	set_address a "$1" "$2"
	ip link set "a$1" up
	set_address b "$1" "$3"
	in_b ip link set "b$1" up
}

# The system takes its time to see that an interface has its other end, and
# sends nothing over IPv6 until then.
await_path() { # I
	for command in "ip" "in_b ip"; do
		side=a
		[ "$command" = ip ] || side=b
		tries=200
		# The words are a command.
		# shellcheck disable=SC2086
		until $command -o link show "$side$1" | grep -q ' state UP '; do
			tries=$((tries - 1))
			[ "$tries" -gt 0 ] || die "$side$1 does not come up"
			sleep 0.05
		done
	done
}

# No duplicate address detection: it would take a second.
set_address() { # side I ADDRESS
	case $3 in
	*:*) set -- "$1" "$2" "$3/64" nodad ;;
	*) set -- "$1" "$2" "$3/24" ;;
	esac
	address=$3
	device=$1$2
	side=$1
	shift 3
	if [ "$side" = a ]; then
		ip addr replace "$address" dev "$device" "$@"
	else
		in_b ip addr replace "$address" dev "$device" "$@"
	fi
}

mac() { # command of a namespace, interface
	"$@" | sed -n 's|.*link/ether \([0-9a-f:]*\).*|\1|p'
}

# Where both ends look for each other.
neighbours() { # MAC of A, MAC of B
	ip neigh replace "$b1" lladdr "$2" dev a1 nud permanent
	in_b ip neigh replace "$a1" lladdr "$1" dev b1 nud permanent
}

cut() {
	case $1 in
	silent) neighbours 02:00:00:00:00:aa 02:00:00:00:00:bb ;;
	down) ip link set a1 down ;;
	esac
}

mend() {
	if [ "$1" = down ]; then
		ip link set a1 up
		set_address a 1 "$a1"
	fi
	neighbours "$mac_a" "$mac_b"
}

# run NAME CUTS A1 B1 A2 B2 [-w]
run() {
	name=$1 cuts=$2 a1=$3 b1=$4 a2=$5 b2=$6
	shift 6
	echo "== $name"
	start_server "$@" "$b1" "$b2"
	add_path 1 "$a1" "$b1"
	add_path 2 "$a2" "$b2"
	await_path 1
	await_path 2
	mac_a=$(mac ip -o link show a1)
	mac_b=$(mac in_b ip -o link show b1)
	echo go >&3
	read -r line <&4 || die "the server says nothing"
	[ "$line" = "server: listens" ] || die "the server says: $line"

	rm -f "$tmp/client" "$tmp/answer"
	mkfifo "$tmp/client" "$tmp/answer"
	# shellcheck disable=SC2086
	"$program" "$@" "$a1" "$a2" "$b1" "$b2" a1 a2 $cuts \
	    >"$tmp/client" <"$tmp/answer" &
	client=$!
	pids="$pids $client"
	exec 5<"$tmp/client" 6>"$tmp/answer"
	while read -r line <&5; do
		case $line in
		cut\ * | mend\ *)
			# The words are a command.
			# shellcheck disable=SC2086
			$line
			echo "done" >&6
			;;
		esac
		echo "$line"
	done
	result=0
	wait "$client" || result=$?
	[ "$result" -eq 0 ] || kill "$server" 2>/dev/null || :
	cat <&4
	[ "$result" -eq 0 ] || die "$name: the client ends with $result"
	wait "$server" || die "$name: the server ends with $?"
	exec 3>&- 4<&- 5<&- 6>&-
	# The server's namespace may have taken them along.
	ip link del a1 2>/dev/null || :
	ip link del a2 2>/dev/null || :
}

ip link set lo up
runs=${*:-4 6 mixed}
[ -e /proc/net/if_inet6 ] || runs=4
for which in $runs; do
	case $which in
	4)
		run "IPv4, both addresses bound" "silent down" \
		    10.77.1.1 10.77.1.2 10.77.2.1 10.77.2.2
		;;
	6)
		run "IPv6, the wildcard bound" down \
		    fd77:1::1 fd77:1::2 fd77:2::1 fd77:2::2 -w
		;;
	mixed)
		run "IPv4 and IPv6, both addresses bound" down \
		    10.77.1.1 10.77.1.2 fd77:2::1 fd77:2::2
		;;
	*) die "no such run: $which" ;;
	esac
done
echo "failover: all is well"
