# streams.sh: two programs of which each sends what it reads, and writes what
# it gets: ncat, socat, gsctp cat.  Sourced, after common.sh.
# shellcheck shell=sh

bytes=300000
random_bytes $bytes >"$tmp/a"
random_bytes $bytes >"$tmp/b"

# What a listener is, and a client of it.
listener() { # kind, name, port
	case $1 in
	ncat) start "$2" ncat --sctp -v -l "$host" "$3" ;;
	socat) start "$2" socat -d -d "SCTP-LISTEN:$3,bind=$host" - ;;
	gsctp) start_gsctp "$2" cat -v -l --raw --bind "$host" "$3" ;;
	esac
}
client() { # kind, name, port
	case $1 in
	ncat) start "$2" ncat --sctp -v "$host" "$3" ;;
	socat) start "$2" socat -d -d - "SCTP:$host:$3" ;;
	gsctp) start_gsctp "$2" cat -v --raw "$host" "$3" ;;
	esac
}

# Start them, each with its input open until it is closed: the listener's is
# descriptor 5, the client's 6.
open_both() { # kind of the listener, kind of the client
	port=$(any_port)
	rm -f "$tmp/in1" "$tmp/in2"
	mkfifo "$tmp/in1" "$tmp/in2"
	# Both ways, as opening one for one way waits for the other.
	exec 5<>"$tmp/in1" 6<>"$tmp/in2"
	in=$tmp/in1
	listener "$1" left "$port" 5>&- 6>&-
	left=$pid
	until_listening left "$left" "$port"
	in=$tmp/in2
	client "$2" right "$port" 5>&- 6>&-
	right=$pid
	in=/dev/null
}

# 300 kB each way, at the same time, then the client's end.
both_ways() { # kind of the listener, kind of the client
	open_both "$1" "$2"
	cat "$tmp/a" >&5 &
	cat "$tmp/b" >&6
	wait $!
	until_bytes left "$left" "$tmp/left" $bytes
	until_bytes right "$right" "$tmp/right" $bytes
	exec 6>&-
	expect_end right "$right" 0
	exec 5>&-
	expect_end left "$left" 0
	[ "$(sha256sum <"$tmp/left")" = "$(sha256sum <"$tmp/b")" ] ||
	    give_up left.err "$1 has not what $2 sent"
	[ "$(sha256sum <"$tmp/right")" = "$(sha256sum <"$tmp/a")" ] ||
	    give_up right.err "$2 has not what $1 sent"
	echo "$me: $1 -l and $2: $bytes bytes each way"
}

# All of it in one go, with the input's end right behind.
one_way() { # kind of the listener, kind of the client
	port=$(any_port)
	rm -f "$tmp/in1"
	mkfifo "$tmp/in1"
	exec 5<>"$tmp/in1"
	in=$tmp/in1
	listener "$1" left "$port" 5>&-
	left=$pid
	until_listening left "$left" "$port"
	in=$tmp/a
	client "$2" right "$port" 5>&-
	right=$pid
	in=/dev/null
	expect_end right "$right" 0
	# Who reads the end of its input may look no further.
	until_bytes left "$left" "$tmp/left" $bytes
	exec 5>&-
	expect_end left "$left" 0
	[ "$(sha256sum <"$tmp/left")" = "$(sha256sum <"$tmp/a")" ] ||
	    give_up left.err "$1 has not what $2 sent"
	echo "$me: $2 <file to $1 -l: $bytes bytes, and the end"
}
