#!/bin/sh
# Raw IP between two hosts, which are network namespaces with two links
# between them: IPv4 and IPv6, one link and both, links with a small MTU, two
# processes on one host; and Wireshark sees protocol 132 with good checksums.
# Then what refuses: a process without CAP_NET_RAW, a kernel with SCTP.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"

# -- outside: a namespace, this host -------------------------------------------

if [ "${1-}" != inside ]; then
	need unshare nsenter setpriv mount ip
	flags=-nm
	[ "$(id -u)" -eq 0 ] || flags=-Urnm
	unshare "$flags" true 2>/dev/null ||
	    skip "unshare $flags is not allowed here"
	export top_srcdir top_builddir
	exec timeout -k 5 200 unshare "$flags" /bin/sh "$0" inside "$(id -u)"
fi

# -- inside --------------------------------------------------------------------

use_tmp

# Copies, which another user can run too.
mkdir "$tmp/bin"
cp "$top_builddir"/lib/.libs/libgsctp.so* "$tmp/bin"
program=$top_builddir/tests/interop/.libs/raw_ip
[ -e "$program" ] || program=$top_builddir/tests/interop/raw_ip
if [ ! -e "$program" ]; then
	echo "raw_ip: tests/interop/raw_ip is not built" >&2
	exit 1
fi
cp "$program" "$tmp/bin/raw_ip"
chmod 755 "$tmp" "$tmp/bin"
export LD_LIBRARY_PATH="$tmp/bin"
raw_ip=$tmp/bin/raw_ip

# The command, which starts a stack, must print this errno and log this.
says_at_start() { # errno, words in the log, command...
	want=$1 words=$2
	shift 2
	got=$("$@" 2>"$tmp/log") || die "$*: fails"
	[ "$got" = "-$want" ] || die "$*: $got, not -$want"
	grep -e "$words" "$tmp/log" >/dev/null ||
	    die "the log lacks '$words': $(cat "$tmp/log")"
	cat "$tmp/log"
}

got=$("$raw_ip" start 2>&1) || die "no start"
case $got in
0) ;;
*) skip "no raw IP here: $got" ;;
esac

eperm=1 eaddrinuse=98
says_at_start "$eperm" CAP_NET_RAW \
    setpriv --bounding-set=-net_raw --inh-caps=-net_raw --no-new-privs \
    "$raw_ip" start

# The other host: whoever reads from this pipe is in its namespace.
mkfifo "$tmp/hold" "$tmp/held"
# shellcheck disable=SC2016
unshare -n /bin/sh -c 'echo >"$1"; exec cat' sh "$tmp/held" <"$tmp/hold" &
host2=$!
pids="$pids $host2"
exec 9>"$tmp/hold"
read -r _ <"$tmp/held"
on2() {
	nsenter -t "$host2" -n "$@"
}

links() { # an argument for each of the links
	for i in 1 2; do
		"$@" "$i"
	done
}
add_link() {
	ip link add "v$1" type veth peer name "w$1" netns "$host2"
	ip addr add "10.77.$1.1/24" dev "v$1"
	on2 ip addr add "10.77.$1.2/24" dev "w$1"
	ip link set "v$1" up
	on2 ip link set "w$1" up
}
add_ipv6() {
	ip addr add "fd77:$1::1/64" dev "v$1" nodad &&
	    on2 ip addr add "fd77:$1::2/64" dev "w$1" nodad
}
set_mtu() {
	ip link set "v$1" mtu 1300
	on2 ip link set "w$1" mtu 1300
}
ip link set lo up
on2 ip link set lo up
links add_link
has_ipv6=yes
links add_ipv6 2>/dev/null || has_ipv6=no

# -- a capture, where there are the tools --------------------------------------

capture=
if command -v tshark >/dev/null && command -v dumpcap >/dev/null; then
	mkfifo "$tmp/dumpcap"
	dumpcap -q -i v1 -i v2 -w "$tmp/pcap" 2>"$tmp/dumpcap" 9>&- &
	capture=$!
	pids="$pids $capture"
	exec 3<"$tmp/dumpcap"
	said=
	until case $said in *File:*) true ;; *) false ;; esac do
		if ! read -r line <&3; then
			echo "raw_ip: no capturing here: $said"
			capture=
			break
		fi
		said="$said$line; "
	done
fi

# -- associations --------------------------------------------------------------

n=0
# Serve on host 2; its port.
serve() { # mode, address...
	n=$((n + 1))
	mkfifo "$tmp/server$n"
	# No function: a shell that waits for it would hold the pipe open.
	nsenter -t "$host2" -n "$raw_ip" serve "$@" \
	    >"$tmp/server$n" <"$tmp/hold" 9>&- &
	server=$!
	pids="$pids $server"
	exec 4<"$tmp/server$n"
	read -r word port <&4 || die "the server says nothing"
	[ "$word" = port ] || die "the server says $word"
}
served() {
	cat <&4
	wait "$server" || die "the server fails"
}

# From this host to one server with these addresses, by way of each.
check() { # name, addresses that the peer must have, address...
	echo "-- $1"
	want=$2
	shift 2
	serve listen "$@"
	"$raw_ip" client "$port" "$@" >"$tmp/said" 9>&- ||
	    die "the client fails"
	cat "$tmp/said"
	served
	grep "had $want addresses" "$tmp/said" >/dev/null ||
	    die "the peer has not $want addresses"
}
check_all() {
	check "IPv4$1" 1 10.77.1.2
	check "IPv4, two links$1" 2 10.77.1.2 10.77.2.2
	[ "$has_ipv6" = yes ] || return 0
	check "IPv6$1" 1 fd77:1::2
	check "IPv6, two links$1" 2 fd77:1::2 fd77:2::2
	check "both families, two links$1" 4 \
	    10.77.1.2 10.77.2.2 fd77:1::2 fd77:2::2
}
check_all ""

if [ -n "$capture" ]; then
	# What is in flight is in the file soon: the last association's end.
	ends=2
	[ "$has_ipv6" = no ] || ends=5
	decode() { # filter, field
		tshark -n -r "$tmp/pcap" -o sctp.checksum:crc-32c \
		    -o sctp.ulp_dissection:FALSE -Y "$1" -T fields -e "$2" \
		    2>"$tmp/tshark.err"
	}
	tries=0
	until [ "$(decode 'sctp.chunk_type == 14' frame.number |
	    wc -l)" -ge "$ends" ]; do
		tries=$((tries + 1))
		[ "$tries" -lt 50 ] || die "the ends were not captured"
	done
	kill -INT "$capture"
	wait "$capture" || :
	none() { # what, filter
		decode "$2" frame.number >"$tmp/found" ||
		    die "tshark fails: $(cat "$tmp/tshark.err")"
		[ ! -s "$tmp/found" ] ||
		    die "$(wc -l <"$tmp/found") packets: $1"
	}
	none "SCTP, but not IP's protocol 132" \
	    'sctp && !(ip.proto == 132 || ipv6.nxt == 132)'
	none "UDP" udp
	none "the checksum is not good" 'sctp && !(sctp.checksum.status == 1)'
	none "malformed" _ws.malformed
	none "protocol unreachable" 'icmp.type == 3 || icmpv6.type == 1'
	none "an abort" 'sctp.chunk_type == 6'
	echo "captured: $(decode sctp frame.number | wc -l) packets of SCTP"
fi

links set_mtu
check_all ", an MTU of 1300"

# -- who answers ---------------------------------------------------------------

echo "-- two processes on one host"
serve listen 10.77.1.2
server1=$server port1=$port
exec 5<&4
serve listen 10.77.1.2
"$raw_ip" client "$port1" 10.77.1.2 || die "the other process interferes"
"$raw_ip" client "$port" 10.77.1.2 || die "the other process interferes"
served
cat <&5
wait "$server1" || die "the first server fails"

echo "-- a socket that does not listen, and a port that nobody has"
serve bound 10.77.1.2
"$raw_ip" refused "$port" 10.77.1.2 || die "that is no refusal"
"$raw_ip" unheard "$port1" 10.77.1.2 || die "that is no silence"
# The end of its input ends it.
exec 9>&-
served
wait "$host2" || :

# -- a kernel that has SCTP ----------------------------------------------------

# As the program sees its own /proc/net.
mkdir "$tmp/net"
printf 'protocol  size sockets\nSCTP      1464      0\n' >"$tmp/net/protocols"
# shellcheck disable=SC2016
with_sctp='mount --bind "$1" /proc/$$/net || exit 1; shift; exec "$@"'
if unshare -m /bin/sh -c "$with_sctp" sh "$tmp/net" \
    grep -q '^SCTP ' /proc/net/protocols 2>/dev/null; then
	says_at_start "$eaddrinuse" 'rmmod sctp' unshare -m /bin/sh -c \
	    "$with_sctp" sh "$tmp/net" "$raw_ip" start
else
	echo "raw_ip: /proc cannot be changed here: not tried with SCTP"
fi
echo "raw_ip: all is well"
