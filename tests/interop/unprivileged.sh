#!/bin/sh
# The server needs no privilege: it serves as nobody, without a capability and
# without a raw socket, in a network namespace that has but lo, on a kernel
# that knows no SCTP.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"

# -- outside: a namespace ------------------------------------------------------

if [ "${1-}" != inside ]; then
	need setpriv unshare ip
	flags=-n
	[ "$(id -u)" -eq 0 ] || flags=-Urn
	unshare "$flags" true 2>/dev/null ||
	    skip "unshare $flags is not allowed here"
	export top_srcdir top_builddir
	exec timeout -k 5 120 unshare "$flags" /bin/sh "$0" inside "$(id -u)"
fi

# -- inside --------------------------------------------------------------------

use_tmp

ip link set lo up
links=$(ip -o link | wc -l)
[ "$links" -eq 1 ] || ip -o link

# True root becomes nobody; in a user namespace there is nobody else to be.
as_nobody="--bounding-set=-all --inh-caps=-all --no-new-privs"
if [ "$2" -eq 0 ]; then
	as_nobody="--reuid=65534 --regid=65534 --clear-groups $as_nobody"
fi

# Copies, where nobody may read them: the build may be in a closed directory.
mkdir "$tmp/bin"
cp "$top_builddir"/lib/.libs/libgsctp.so* "$tmp/bin"
for name in server client transfer; do
	file=$top_builddir/apps/examples/.libs/$name
	[ -e "$file" ] || file=$top_builddir/apps/examples/$name
	cp "$file" "$tmp/bin"
done
head -c 300000 /dev/urandom >"$tmp/in"
mkdir "$tmp/out"
chmod 755 "$tmp" "$tmp/bin"
chmod 777 "$tmp/out"
mkfifo "$tmp/server" "$tmp/receiver"

# Run one of them; the shell becomes it.
nobody() {
	# A list of words.
	# shellcheck disable=SC2086
	exec setpriv $as_nobody env LD_LIBRARY_PATH="$tmp/bin" "$@"
}
(nobody test -x "$tmp/bin/server") || skip "nobody cannot get at $tmp"

# Nothing that a process without privileges could not have.
check_process() { # pid, name
	for set in CapInh CapPrm CapEff CapBnd CapAmb; do
		caps=$(sed -n "s/^$set:[[:space:]]*//p" "/proc/$1/status")
		[ "$caps" = 0000000000000000 ] ||
		    die "the $2 has $set $caps"
	done
	grep '^NoNewPrivs:[[:space:]]*1$' "/proc/$1/status" >/dev/null ||
	    die "the $2 may gain privileges"
	for family in raw raw6; do
		[ ! -e "/proc/$1/net/$family" ] ||
		    [ "$(wc -l <"/proc/$1/net/$family")" -eq 1 ] ||
		    die "there is a raw socket: /proc/net/$family"
	done
	[ "$(wc -l <"/proc/$1/net/packet")" -eq 1 ] ||
	    die "there is a packet socket"
	echo "the $2 is uid $(awk '/^Uid:/ { print $2 }' "/proc/$1/status")," \
	    "CapEff $caps, no raw socket"
}

port_of() {
	echo "$1" | sed -n 's/^listening on port \([0-9]*\),.*$/\1/p'
}

(nobody "$tmp/bin/server" -p 0 -n 1) >"$tmp/server" &
server=$!
pids="$pids $server"
exec 4<"$tmp/server"
read -r line <&4 || die "the server says nothing"
port=$(port_of "$line")
[ -n "$port" ] || die "the server says: $line"
check_process "$server" server
(nobody "$tmp/bin/client" -p "$port" 127.0.0.1) || die "the client fails"
cat <&4 >"$tmp/said"
cat "$tmp/said"
wait "$server" || die "the server fails"
grep 'data on stream 0, 6 bytes: "Test 0"' "$tmp/said" >/dev/null ||
    die "the server has not got the client's data"

(nobody "$tmp/bin/transfer" -l -p 0 -o "$tmp/out/file") >"$tmp/receiver" &
receiver=$!
pids="$pids $receiver"
exec 5<"$tmp/receiver"
read -r line <&5 || die "the receiver says nothing"
port=$(port_of "$line")
[ -n "$port" ] || die "the receiver says: $line"
check_process "$receiver" receiver
(nobody "$tmp/bin/transfer" -p "$port" 127.0.0.1 "$tmp/in") ||
    die "the sender fails"
cat <&5
wait "$receiver" || die "the receiver fails"
cmp "$tmp/in" "$tmp/out/file"

# All that holds anyway; but the kernel could have helped.
if [ -e /proc/net/sctp ] || grep '^SCTP' /proc/net/protocols >/dev/null; then
	skip "all is well, but this kernel has SCTP"
fi
[ "$links" -eq 1 ] || skip "all is well, but there is more than lo"
echo "unprivileged: all is well"
