# cat.sh: a listening gsctp cat, and others that connect to it.  Sourced,
# after script.sh and use_tmp.
# shellcheck shell=sh

gsctp=$top_builddir/apps/gsctp/gsctp
[ -x "$gsctp" ] || skip "gsctp was not built: no jansson"
# Where, and from where.
host=127.0.0.1

# Sanitizers take their time, and memory.
is_sanitized() {
	grep -E '__(asan|tsan)_init' "$top_builddir"/lib/.libs/libgsctp.so \
	    >/dev/null
}

# Paths that are given up within a second.
impatient="-o rtoinfo.initial=100ms -o rtoinfo.min=50ms -o rtoinfo.max=200ms
    -o associnfo.asocmaxrxt=6 -o peer_addr_params.pathmaxrxt=3
    -o peer_addr_params.hbinterval=100ms"

# Start "gsctp cat -l" with these options, in the background: its output goes
# to $tmp/out, its input comes from $in.  Sets $listener (its pid), $port and
# $udp_port.
in=/dev/null
listen_to() { # file of the output, option...
	listen_out=$1
	shift
	rm -f "$tmp/listener"
	mkfifo "$tmp/listener"
	"$gsctp" cat -l -u 0 --bind "$host" "$@" 0 <"$in" >"$listen_out" \
	    2>"$tmp/listener" &
	listener=$!
	pids="$pids $listener"
	exec 3<"$tmp/listener"
	read -r line <&3 || die "the listener says nothing"
	port=$(echo "$line" |
	    sed -n 's/^.*listening on .*:\([0-9]*\), UDP port [0-9]*$/\1/p')
	udp_port=${line##* }
	[ -n "$port" ] || die "the listener says: $line"
}

listen() { listen_to "$tmp/out" "$@"; }

# Wait for its end: its code is $code, and $tmp/said what it said.
end_listener() {
	code=0
	wait "$listener" || code=$?
	cat <&3 >"$tmp/said"
	exec 3<&-
}

# Connect to it, with these options.
connect() {
	"$gsctp" cat -u 0 --bind "$host" --peer-udp-port "$udp_port" "$@" \
	    "$host" "$port"
}

# The same in the background, from a file to a file: $client is its pid, and
# its errors are in $tmp/err.
start_client() { # input, output, option...
	client_in=$1
	client_out=$2
	shift 2
	"$gsctp" cat -u 0 --bind "$host" --peer-udp-port "$udp_port" "$@" \
	    "$host" "$port" <"$client_in" >"$client_out" 2>"$tmp/err" &
	client=$!
	pids="$pids $client"
}

# The command's code, which has to be $1; its errors are in $tmp/err.
expect() { # code, command...
	wanted=$1
	shift
	got=0
	"$@" 2>"$tmp/err" || got=$?
	[ "$got" -eq "$wanted" ] && return
	cat "$tmp/err" >&2
	die "$*: $got, not $wanted"
}

# The listener ends with this code.
expect_listener() { # code
	end_listener
	[ "$code" -eq "$1" ] && return
	cat "$tmp/said" >&2
	die "the listener: $code, not $1"
}

# A line like that is in the file.
says() { # file, pattern
	grep -- "$2" "$1" >/dev/null && return
	cat "$1" >&2
	die "nobody says: $2"
}
