#!/bin/sh
# rounds.sh: the whole suite, again and again.
#
#	rounds.sh [-n ROUNDS] [-j JOBS] [-o DIR] BUILD...
#
# Runs "make check" in each of these build directories in turn, which may be a
# plain one and some with sanitizers, ROUNDS times (20), so many tests at a
# time (three a processor).  A line a run goes to standard output: the round,
# the directory, what failed, the seconds that it took, and those of CPU.  The
# log of a run that failed is kept in DIR (rounds.logs), with what each test of
# it said.  It ends with 1 where one failed.
#
# No test: doc/testing.md, "Twenty times in a row".

set -u

usage() {
	sed -n '4,4s/^#	/usage: /p' "$0" >&2
	exit 2
}

rounds=20
jobs=$(($(nproc) * 3))
logs=rounds.logs
while getopts n:j:o: option; do
	case $option in
	n) rounds=$OPTARG ;;
	j) jobs=$OPTARG ;;
	o) logs=$OPTARG ;;
	*) usage ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || usage
for build; do
	[ -f "$build/Makefile" ] || {
		echo "rounds: $build: no build directory" >&2
		exit 2
	}
done
mkdir -p "$logs" || exit 2

# What a test would take for its own.
unset top_srcdir top_builddir GSCTP_RUN_DIR

# Of the whole machine, as tests leave processes to others: user and system,
# in seconds.
cpu() {
	awk -v hz="$(getconf CLK_TCK)" \
	    '$1 == "cpu" { print int(($2 + $3 + $4) / hz) }' /proc/stat
}

# What there is of a result in the summary of a log.
count() { # word, log
	sed -n "s/^# $1: *//p" "$2" | tail -n 1
}

result=0
round=0
while [ $round -lt "$rounds" ]; do
	round=$((round + 1))
	for build; do
		log=$logs/running
		begin=$(date +%s)
		begin_cpu=$(cpu)
		code=0
		make -C "$build" -j"$jobs" check >"$log" 2>&1 || code=$?
		echo "$round $build: exit $code," \
		    "$(count PASS "$log") passed," \
		    "$(count SKIP "$log") skipped," \
		    "$(count FAIL "$log") failed," \
		    "$(count ERROR "$log") errors," \
		    "$(($(date +%s) - begin)) s," \
		    "$(($(cpu) - begin_cpu)) s of CPU"
		[ "$code" -ne 0 ] || continue
		result=1
		grep -E '^(FAIL|ERROR):' "$log"
		name=$round.$(echo "$build" | tr -c 'A-Za-z0-9.\n-' _)
		mv "$log" "$logs/$name.log"
		[ ! -e "$build/test-suite.log" ] ||
		    cp "$build/test-suite.log" "$logs/$name.tests.log"
	done
done
rm -f "$logs/running"
exit $result
