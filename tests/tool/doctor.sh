#!/bin/sh
# gsctp doctor: what it finds on hosts that are made for it, of network
# namespaces: without interfaces, without IPv6, with the port taken, as nobody,
# without /proc; and behind a router, a link that takes less, silence.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"

# -- outside: a namespace ------------------------------------------------------

if [ "${1-}" != inside ]; then
	need unshare nsenter setpriv ip
	[ -x "$top_builddir/apps/gsctp/gsctp" ] ||
	    skip "the gsctp command is not built"
	flags=-nm
	[ "$(id -u)" -eq 0 ] || flags=-Urnm
	unshare "$flags" unshare -n true 2>/dev/null ||
	    skip "unshare $flags is not allowed here"
	export top_srcdir top_builddir
	exec timeout -k 5 240 unshare "$flags" /bin/sh "$0" inside "$(id -u)"
fi

# -- inside --------------------------------------------------------------------

use_tmp
gsctp=$top_builddir/apps/gsctp/gsctp
page=$top_srcdir/man/gsctp-doctor.1
unset GSCTP_ADDRS GSCTP_UDP_PORT GSCTP_PEER_UDP_PORT GSCTP_ENCAPSULATION
GSCTP_RUN_DIR=$tmp/run
export GSCTP_RUN_DIR

# doctor CODE ARGUMENTS: its report is $tmp/report, the code is that.
doctor() {
	expected=$1
	shift
	code=0
	"$gsctp" doctor "$@" >"$tmp/report" 2>"$tmp/err" || code=$?
	[ ! -s "$tmp/err" ] || die "doctor $*: on stderr: $(cat "$tmp/err")"
	[ "$code" -eq "$expected" ] ||
	    die "doctor $*: code $code, not $expected: $(cat "$tmp/report")"
	grep -q '"type":"end"\|^[0-9]* problems*, [0-9]* notes*$' \
	    "$tmp/report" || die "doctor $*: no end: $(cat "$tmp/report")"
}

# has CHECK MARK [TEXT]: there is such an object in the report.
has() {
	grep "\"check\":\"$1\",\"mark\":\"$2\",\"text\":\"[^\"]*${3-}" \
	    "$tmp/report" >"$tmp/line" ||
	    die "no $2 of $1 with \"${3-}\" in $(cat "$tmp/report")"
}

has_not() { # CHECK
	! grep -q "\"check\":\"$1\"" "$tmp/report" ||
	    die "there is a line of $1: $(cat "$tmp/report")"
}

# In the line that has() has found.
with() {
	grep -q "$1" "$tmp/line" || die "no $1 in $(cat "$tmp/line")"
}

modules() {
	grep -c '^sctp ' /proc/modules 2>/dev/null || :
}
modules_before=$(modules)

# -- the command line ----------------------------------------------------------

for words in 'localhost 0' 'localhost 65536' 'a 1 b' '--timeout x' \
    '--nothing' '--raw-ip -u 9899'; do
	code=0
	# shellcheck disable=SC2086
	"$gsctp" doctor $words >"$tmp/report" 2>"$tmp/err" || code=$?
	[ "$code" -eq 2 ] || die "doctor $words: code $code"
	[ -s "$tmp/err" ] || die "doctor $words: says nothing"
done
"$gsctp" doctor --help >"$tmp/help"
[ "$(wc -l <"$tmp/help")" -le 24 ] || die "the help is longer than a screen"
[ -z "$(awk 'length > 80' "$tmp/help")" ] || die "the help is too wide"

# -- a host with nothing -------------------------------------------------------

doctor 1 --json
has addresses problem 'no interface is up'
with '"advice":"'
doctor 1 --json 192.0.2.1
has name ok '192.0.2.1 is 192.0.2.1'
has route problem 'none to 192.0.2.1'
has_not peer
doctor 1 --json nobody.invalid
has name problem
has_not route
doctor 1
grep -q '^problem  addresses      none: ' "$tmp/report" ||
    die "in words: $(cat "$tmp/report")"
grep -q '^                      > ' "$tmp/report" || die "no advice"
[ -z "$(awk 'length > 80' "$tmp/report")" ] ||
    die "too wide: $(cat "$tmp/report")"

# -- lo alone ------------------------------------------------------------------

ip link set lo up
doctor 0 --json
! grep -qv '^{"type":"[a-z]*",.*}$' "$tmp/report" ||
    die "no object: $(cat "$tmp/report")"
has stack ok 'gsctp [0-9.]*, usrsctp'
has 'UDP port' ok '9899 is free'
with '"udp_port":9899'
has addresses note 'this host alone'
with '"address":"127.0.0.1","interface":"lo"'
has buffers '[a-z]*' 'KiB'
has offload ok 'UDP GSO'
has 'this process' ok 'uid '
has 'kernel SCTP' '[a-z]*'
has 'raw IP' '[a-z]*'
grep -q '"address":"::1"' "$tmp/report" || has_no_ipv6=yes

# Nobody but itself.
doctor 1 --json 127.0.0.1
has peer problem 'no other program of this host has UDP port 9899'
doctor 1 --json -u 0 127.0.0.1
has peer problem 'nobody has its UDP port 9899'
with '"outcome":"port_unreachable"'
# An attempt that is given up early is no answer.
doctor 1 --json -u 0 -o initmsg.max_attempts=1 -o rtoinfo.min=50ms \
    -o rtoinfo.initial=100ms 127.0.0.1
has peer problem 'nobody has its UDP port 9899'
with '"outcome":"port_unreachable"'

# Port 9899 taken, and by whom.
mkfifo "$tmp/out"
"$gsctp" serve discard 5001 --json >"$tmp/out" 2>&1 &
server=$!
pids="$pids $server"
exec 4<"$tmp/out"
read -r said <&4 || die "no server"
case $said in
*'"udp_port":9899'*) ;;
*) die "the server is not on 9899: $said" ;;
esac
doctor 0 --json
has 'UDP port' note "9899 is taken by pid $server (.*gsctp"
with '"advice":"'
doctor 1 --json -u 9899
has stack problem "the UDP port has pid $server "
has_not addresses

# A server of this user on another UDP port is found by its SCTP port.
mkfifo "$tmp/out2"
"$gsctp" serve daytime 5003 --json >"$tmp/out2" 2>&1 &
other=$!
pids="$pids $other"
exec 5<"$tmp/out2"
read -r said <&5 || die "no other server"
doctor 0 --json 127.0.0.1 5003
has peer ok 'its UDP port is not 9899'
with "\"udp_port\":$(echo "$said" | sed 's/.*"udp_port":\([0-9]*\).*/\1/')"
has 'path MTU' ok 'packets of 1500 bytes come through'
kill "$other"
cat <&5 >"$tmp/said"
exec 5<&-
wait "$other" || die "the other server: code $?"

# Somebody listens, nobody listens, another port.
doctor 0 --json 127.0.0.1 5001
has peer ok 'port 5001 came up'
with '"outcome":"comm_up"'
has 'path MTU' ok 'packets of 1500 bytes come through'
doctor 0 --json 127.0.0.1
has peer ok 'SCTP is there'
with '"outcome":"abort"'
doctor 1 --json 127.0.0.1 5002
has peer problem 'refuses port 5002'
if [ -z "${has_no_ipv6-}" ]; then
	doctor 0 --json ::1 5001
	has peer ok 'port 5001 came up'
	has 'path MTU' ok 'packets of 1500 bytes come through'
fi
doctor 1 --json --peer-udp-port 9898 127.0.0.1 5001
has peer problem 'nobody has its UDP port 9898'
# One that is too busy to end it at once.
mkfifo "$tmp/out3"
"$gsctp" serve discard 5004 --json --events >"$tmp/out3" 2>&1 &
busy=$!
pids="$pids $busy"
exec 6<"$tmp/out3"
read -r said <&6 || die "no busy server"
"$gsctp" doctor --faults out.delay=1s --timeout 30 127.0.0.1 5004 \
    >"$tmp/report" 2>"$tmp/err" &
patient=$!
pids="$pids $patient"
until case $said in *comm_up*) true ;; *) false ;; esac do
	read -r said <&6 || die "the busy server sees nobody"
done
freeze "$busy"
sleep 12
kill -CONT "$busy"
wait "$patient" || die "it does not wait: $(cat "$tmp/report" "$tmp/err")"
kill "$busy"
cat <&6 >"$tmp/said"
exec 6<&-
wait "$busy" || die "the busy server: code $?"
grep -q '"type":"statistics".*"ended":1,"lost":0,"aborted":0' "$tmp/said" ||
    die "the busy server says: $(cat "$tmp/said")"

kill "$server"
cat <&4 >"$tmp/said"
wait "$server" || die "the server: code $?"
# The doctor has left in order, each time.
grep -q '"type":"statistics".*"lost":0,"aborted":0' "$tmp/said" ||
    die "the server says: $(cat "$tmp/said")"
grep -q '"accepted":[12],.*"ended":[12],' "$tmp/said" ||
    die "the server says: $(cat "$tmp/said")"

# The directory.
GSCTP_RUN_DIR='' doctor 0 --json
has 'run directory' note 'GSCTP_RUN_DIR is empty'
mkdir -m 0755 "$tmp/open"
GSCTP_RUN_DIR=$tmp/open doctor 0 --json
has 'run directory' note 'others have rights in it'
: >"$tmp/file"
GSCTP_RUN_DIR=$tmp/file doctor 0 --json
has 'run directory' note 'it is no directory'
GSCTP_RUN_DIR=$tmp/a/b doctor 0 --json
has 'run directory' note 'it cannot be made'
doctor 0 --json
has 'run directory' ok "$tmp/run"

# The output cannot be written.
code=0
"$gsctp" doctor 2>"$tmp/err" >/dev/full || code=$?
[ "$code" -eq 1 ] || die "a full disk: code $code"
grep -q '^gsctp doctor: standard output: ' "$tmp/err" ||
    die "a full disk: $(cat "$tmp/err")"

# -- without IPv6 --------------------------------------------------------------

if [ -z "${has_no_ipv6-}" ] &&
    echo 1 2>/dev/null >/proc/sys/net/ipv6/conf/all/disable_ipv6; then
	doctor 0 --json
	has IPv6 ok 'no address'
	doctor 1 --json ::1
	has route problem 'none to ::1'
	echo 0 >/proc/sys/net/ipv6/conf/all/disable_ipv6
else
	echo "doctor: no IPv6 to take away"
fi

# -- as nobody, and without /proc ----------------------------------------------

# Copies, where nobody may read them: the build may be in a closed directory.
mkdir "$tmp/bin"
cp "$top_builddir"/lib/.libs/libgsctp.so* "$tmp/bin"
cp "$top_builddir/apps/gsctp/.libs/gsctp" "$tmp/bin"
chmod 755 "$tmp" "$tmp/bin"
as_nobody="--bounding-set=-all --inh-caps=-all --no-new-privs"
if [ "$2" -eq 0 ]; then
	as_nobody="--reuid=65534 --regid=65534 --clear-groups $as_nobody"
fi
built=$gsctp
cat >"$tmp/nobody" <<END
#!/bin/sh
unset GSCTP_RUN_DIR XDG_RUNTIME_DIR
exec setpriv $as_nobody env LD_LIBRARY_PATH='$tmp/bin' '$tmp/bin/gsctp' "\$@"
END
chmod +x "$tmp/nobody"
gsctp=$tmp/nobody
if "$gsctp" --version >/dev/null; then
	doctor 0 --json
	has 'raw IP' note 'not without CAP_NET_RAW'
	with '"capability":false,"socket":false'
	has 'this process' ok
	with '"no_new_privs":"1"'
	[ "$2" -ne 0 ] || with '"uid":65534'
	doctor 1 --json --raw-ip
	has stack problem 'CAP_NET_RAW'
	has 'raw IP' problem
else
	echo "doctor: nobody cannot get at $tmp"
fi

cat >"$tmp/blind" <<END
#!/bin/sh
exec unshare -m sh -c 'mount -t tmpfs none /proc && mount -t tmpfs none /sys &&
    exec env LD_LIBRARY_PATH="$tmp/bin" "$tmp/bin/gsctp" "\$@"' sh "\$@"
END
chmod +x "$tmp/blind"
gsctp=$tmp/blind
if "$gsctp" --version >"$tmp/version" 2>&1 &&
    [ "$(wc -l <"$tmp/version")" -eq 1 ]; then
	doctor 0 --json
	has 'kernel SCTP' note 'do not tell'
	has 'raw IP' '[a-z]*'
	doctor 1 --json 127.0.0.1
	has peer problem
else
	# A sanitizer needs /proc itself.
	echo "doctor: cannot be run without /proc here"
fi
gsctp=$built

# -- a kernel that has SCTP, or could have it ----------------------------------

# What it would say of itself, where the real one has none.
pretend() { # commands that mount it
	cat >"$tmp/pretend" <<END
#!/bin/sh
exec unshare -m sh -c '{ $1; } 2>/dev/null || exit 99
    exec "$built" "\$@"' sh "\$@"
END
	chmod +x "$tmp/pretend"
	gsctp=$tmp/pretend
	"$gsctp" --version >/dev/null || gsctp=$built
	[ "$gsctp" != "$built" ] || echo "doctor: cannot pretend: ${1%%&&*}"
}
gsctp=$built
doctor 0 --json
if grep -q '"loaded":false,"loadable":false' "$tmp/report"; then
	pretend "mount -t tmpfs none /sys/module && mkdir /sys/module/sctp"
	if [ "$gsctp" != "$built" ]; then
		doctor 0 --json
		has 'kernel SCTP' note 'loaded, not for this process'
		has 'raw IP' note
		doctor 1 --json --raw-ip
		has 'kernel SCTP' problem 'raw-ip cannot be used'
	fi
	dir=/lib/modules/$(uname -r)/kernel/net/sctp
	pretend "mount -t tmpfs none /lib/modules && mkdir -p $dir &&
	    : >$dir/sctp.ko.xz"
	if [ "$gsctp" != "$built" ]; then
		doctor 0 --json
		has 'kernel SCTP' ok 'modprobe sctp could'
	fi
	gsctp=$built
fi

# -- a router, and what is behind it -------------------------------------------

# Here, 10.7.1.1 -- router -- 10.7.2.2, behind a link that takes 1400 bytes.
add_host() { # its name; prints the pid of its namespace
	rm -f "$tmp/go$1" "$tmp/is$1"
	mkfifo "$tmp/go$1" "$tmp/is$1"
	unshare -n /bin/sh -c 'echo here; read -r go' <"$tmp/go$1" \
	    >"$tmp/is$1" &
	pids="$pids $!"
}
add_host r
router=$!
exec 5>"$tmp/gor" 6<"$tmp/isr"
read -r line <&6 || die "no namespace for the router"
add_host b
far=$!
exec 7>"$tmp/gob" 8<"$tmp/isb"
read -r line <&8 || die "no namespace for the far host"

in_r() {
	nsenter -t "$router" -n "$@"
}
in_b() {
	nsenter -t "$far" -n "$@"
}

if ! ip link add a0 type veth peer name r0 2>"$tmp/err" ||
    ! ip link set r0 netns "$router" 2>>"$tmp/err"; then
	skip "all is well, but no veth interfaces: $(cat "$tmp/err")"
fi
in_r ip link add r1 type veth peer name b0
in_r ip link set b0 netns "$far"
# No duplicate address detection: it would take a second.
ip addr add 10.7.1.1/24 dev a0
ip addr add fd07:1::1/64 dev a0 nodad 2>/dev/null || has_no_ipv6=yes
ip link set a0 up
in_r ip link set lo up
in_r ip addr add 10.7.1.2/24 dev r0
in_r ip addr add 10.7.2.1/24 dev r1
in_r ip link set r1 mtu 1400
in_b ip link set b0 mtu 1400
in_b ip link set lo up
in_b ip addr add 10.7.2.2/24 dev b0
if [ -z "${has_no_ipv6-}" ]; then
	in_r ip addr add fd07:1::2/64 dev r0 nodad
	in_r ip addr add fd07:2::1/64 dev r1 nodad
	in_b ip addr add fd07:2::2/64 dev b0 nodad
fi
in_r ip link set r0 up
in_r ip link set r1 up
in_b ip link set b0 up
ip route add 10.7.0.0/16 via 10.7.1.2
in_b ip route add default via 10.7.2.1
in_r sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward' ||
    skip "all is well, but no router can be made here"
if [ -z "${has_no_ipv6-}" ]; then
	ip route add fd07:2::/64 via fd07:1::2
	in_b ip route add default via fd07:2::1
	in_r sh -c 'echo 1 >/proc/sys/net/ipv6/conf/all/forwarding'
fi

# Somebody listens at both ends.
rm -f "$tmp/out"
mkfifo "$tmp/out"
nsenter -t "$far" -n "$gsctp" serve discard 5001 --json >"$tmp/out" 2>&1 &
server=$!
pids="$pids $server"
exec 4<"$tmp/out"
read -r said <&4 || die "no server"

doctor 0 --json 10.7.2.2 5001
has route ok 'to 10.7.2.2 from 10.7.1.1, whose link takes 1500 bytes'
has peer ok 'port 5001 came up'
has 'path MTU' note '1400 bytes'
with '"mtu":1400,"answered":true'
# What it advises to do can be done.
advice=$(sed -n 's/.*"advice":"\(-o [^ "]* -o [^ "]*\) .*/\1/p' "$tmp/line")
case $advice in
*peer_addr_params.pathmtu=1372) ;;
*) die "the advice is: $advice" ;;
esac
# Words.
# shellcheck disable=SC2086
doctor 0 --json $advice 10.7.2.2 5001
has peer ok 'port 5001 came up'
if [ -z "${has_no_ipv6-}" ]; then
	doctor 0 --json fd07:2::2 5001
	has peer ok 'port 5001 came up'
	has 'path MTU' note '1400 bytes'
	with 'pathmtu=1352 '
fi

# A router says that there is no way; another host has no such port.
in_r ip route add unreachable 10.7.9.0/24
doctor 1 --json --timeout 200ms 10.7.9.9
has peer problem 'there is no way to UDP port 9899'
with '"outcome":"unreachable"'
doctor 1 --json --timeout 200ms --peer-udp-port 9898 10.7.2.2 5001
has peer problem 'nobody has its UDP port 9898'
# It has no route back: nothing at all comes.
in_b ip route del default via 10.7.2.1
in_b ip route add blackhole default
doctor 1 --json --timeout 200ms 10.7.2.2 5001
has peer problem silence
with '"outcome":"silence"'
has 'path MTU' note 'at most, as far as anybody says'

# A signal ends it while it waits, however long it would.
rm -f "$tmp/told"
mkfifo "$tmp/told"
"$gsctp" doctor --json --timeout 1h 10.7.2.2 5001 >"$tmp/told" &
waiting=$!
pids="$pids $waiting"
exec 9<"$tmp/told"
while read -r line <&9; do
	case $line in
	*'"check":"route"'*) break ;;
	esac
done
kill -INT "$waiting"
code=0
wait "$waiting" || code=$?
exec 9<&-
[ "$code" -eq 130 ] || die "SIGINT: code $code"
in_b ip route del blackhole default
in_b ip route add default via 10.7.2.1

# A bridge in the router's place, with a port that takes less: longer packets
# vanish, and nobody tells.
if in_r ip link add br0 type bridge 2>/dev/null; then
	ip route del 10.7.0.0/16
	ip addr add 10.7.3.1/24 dev a0
	in_b ip addr add 10.7.3.2/24 dev b0
	in_b ip link set b0 mtu 1500
	in_r ip link set r0 master br0
	in_r ip link set r1 master br0
	in_r ip link set br0 up
	doctor 1 --json --timeout 20s 10.7.3.2 5001
	has peer ok 'port 5001 came up'
	has 'path MTU' problem 'longer packets vanish'
	mtu=$(sed -n 's/.*"mtu":\([0-9]*\).*/\1/p' "$tmp/line")
	if [ "$mtu" -gt 1400 ] || [ "$mtu" -lt 1376 ]; then
		die "a link of 1400 bytes is told to be of $mtu"
	fi
else
	echo "doctor: no bridge can be made here"
fi
kill "$server"
cat <&4 >"$tmp/said"
wait "$server" || die "the far server: code $?"

# -- the manual's examples, and what it must not do ----------------------------

sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/s/^gsctp doctor\(.*\)$/\1/p' "$page" \
    >"$tmp/examples"
[ "$(wc -l <"$tmp/examples")" -ge 3 ] || die "no examples in $page"
while read -r example; do
	code=0
	# In a directory where they may write.
	(cd "$tmp" && case $gsctp in
	/*) ;;
	*) gsctp=$OLDPWD/$gsctp ;;
	esac && eval "\"\$gsctp\" doctor $example --timeout 100ms") \
	    >"$tmp/report" 2>"$tmp/err" || code=$?
	[ "$code" -le 1 ] || die "gsctp doctor $example: code $code:" \
	    "$(cat "$tmp/err")"
done <"$tmp/examples"

[ "$(modules)" = "$modules_before" ] || die "the kernel has loaded SCTP"
echo "doctor: all is well"
