#!/bin/sh
# gsctp cat --exec: a child at each association, and what becomes of it.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${top_srcdir:=$here/../..}" "${top_builddir:=.}"
# shellcheck source=../support/script.sh
. "$top_srcdir/tests/support/script.sh"
use_tmp
# shellcheck source=../support/cat.sh
. "$top_srcdir/tests/support/cat.sh"

# -- each peer has its own -----------------------------------------------------

# A child says who its peer is, and numbers what comes: it begins at 1 for each.
# shellcheck disable=SC2016
listen -k --exec 'echo "$GSCTP_PEER"; n=0; while read -r line; do
    n=$((n + 1)); echo "$n $line"; done'
clients=
for name in a b c d; do
	printf '%s\n' $name $name $name |
	    connect -n 4 >"$tmp/out.$name" 2>"$tmp/err.$name" &
	clients="$clients $!"
done
for client in $clients; do
	wait "$client" || {
		cat "$tmp"/err.* >&2
		die "a client: $?"
	}
done
for name in a b c d; do
	printf '%d %s\n' 1 $name 2 $name 3 $name >"$tmp/wanted"
	says "$tmp/out.$name" '^127\.0\.0\.1:[0-9]*$'
	sed 1d "$tmp/out.$name" | cmp - "$tmp/wanted"
done
sort -u "$tmp"/out.? | grep -c ^127 >"$tmp/peers"
[ "$(cat "$tmp/peers")" -eq 4 ] || die "four peers have not four addresses"
kill -TERM "$listener"
expect_listener 143

# -- much of it, both ways -----------------------------------------------------

head -c 3000000 /dev/urandom >"$tmp/in"
listen -k --raw --exec cat
mkfifo "$tmp/copy_of"
start_client "$tmp/in" "$tmp/copy_of" --raw --wait never
head -c 3000000 <"$tmp/copy_of" | cmp - "$tmp/in" || die "not the same"
kill -INT "$client"
code=0
wait "$client" || code=$?
[ "$code" -eq 130 ] || die "the client: $code"
kill -TERM "$listener"
expect_listener 143

# -- its end -------------------------------------------------------------------

# The child's end is the association's, and its status is told.
listen --exec 'cat >/dev/null & exit 3'
expect 0 connect --wait never </dev/null
expect_listener 1
says "$tmp/said" '127.0.0.1:[0-9]*: --exec has ended with status 3'

listen --exec 'echo bye; kill -KILL $$'
expect 0 connect --wait never </dev/null >"$tmp/copy"
expect_listener 1
says "$tmp/said" -- '--exec was ended by signal 9'
echo bye | cmp - "$tmp/copy"

listen --exec /nonexistent/program
expect 0 connect --wait never </dev/null
expect_listener 1
says "$tmp/said" -- '--exec has ended with status 127'

# The peer's end is the end of the child's input: it has time for the rest.
listen -v --exec "cat >$tmp/file; echo done >>$tmp/file; exit 0"
printf 'one\ntwo\n' | expect 0 connect
expect_listener 0
printf 'one\ntwo\ndone\n' | cmp - "$tmp/file"
says "$tmp/said" -- '--exec has ended with status 0'

# A child that does not read: what comes is nobody's.
listen --exec 'exec <&-; sleep 1; echo late'
expect 0 connect -n 1 <"$tmp/in" >"$tmp/copy"
end_listener
echo late | cmp - "$tmp/copy"

# A signal ends children that would not end by themselves.
listen -k --exec 'echo $$; trap "" PIPE; while :; do sleep 1000; done'
start_client /dev/null "$tmp/copy_of" -n 2
read -r child <"$tmp/copy_of"
kill -0 "$child" || die "there is no child $child"
kill -TERM "$listener"
expect_listener 143
tries=0
while kill -0 "$child" 2>/dev/null &&
    grep -v '^State:	Z' "/proc/$child/status" >/dev/null 2>&1; do
	tries=$((tries + 1))
	[ "$tries" -lt 100000 ] || die "the child is still there"
done
code=0
wait "$client" || code=$?
[ "$code" -eq 4 ] || [ "$code" -eq 5 ] || die "the client: $code"

# The other side may have one too.
listen --exec 'read -r line; echo "you said $line"'
expect 0 connect --exec "echo hello; cat >$tmp/heard" --wait never </dev/null
expect_listener 0
says "$tmp/heard" '^you said hello$'

echo "cat_exec: all is well"
