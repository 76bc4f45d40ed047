# Completion of gsctp(1) for bash, version 4 and later.
#
# Commands, options and what they take are read from the --help of the gsctp
# on the command line, and so are never those of another version.  What an
# argument is its name there says: FILE, HOST, ADDR.
# shellcheck shell=bash

# _gsctp_commands GSCTP: the commands, one a line.
_gsctp_commands()
{
	"$1" --help 2>/dev/null |
	    awk '/^Commands/ { on = 1; next }
	/^$/ { on = 0 }
	on { print $1 == "gsctp" ? $2 : $1 }'
}

# _gsctp_read GSCTP COMMAND: what its --help tells, a line each.
#	option NAME ARGUMENT WHAT	ARGUMENT is - where there is none
#	operand N WORD			the N-th word that is no option
# It reads these lines, of which the latter may have several options:
#   Usage: gsctp COMMAND [OPTIONS] HOST... PORT
#     -o, --option NAME=VALUE  what it does
_gsctp_read()
{
	"$1" "$2" --help 2>/dev/null | awk -v name="$2" '
	function option(text, what,   argument, i, n, part, word) {
		argument = "-"
		n = split(text, part, /, /)
		for (i = 1; i <= n; i++)
			if (split(part[i], word, / /) > 1)
				argument = word[2]
		for (i = 1; i <= n; i++) {
			split(part[i], word, / /)
			if (word[1] == "--ppid")
				argument = "PPID"
			print "option", word[1], argument, what
		}
	}
	/\[(OPTIONS?|options?)\]/ {
		sub(/^ *([Uu]sage:)? */, "")
		sub(/  .*/, "")
		if (!sub("^gsctp " name " ", ""))
			next
		n = split($0, word, / /)
		at = 0
		for (i = 1; i <= n; i++) {
			text = word[i]
			if (text ~ /^\[?-/) {
				if (text !~ /\]$/ && word[i + 1] ~ /^[A-Z]/)
					text = text " " word[++i]
				gsub(/[][]/, "", text)
				option(text, "")
			} else if (text !~ /^\[(OPTIONS?|options?)\]/) {
				gsub(/[][]/, "", text)
				print "operand", at++, text
			}
		}
		next
	}
	/^ +-/ {
		sub(/^ +/, "")
		n = split($0, part, /   */)
		for (i = 1; i <= n; i++)
			if (part[i] ~ /^--?[A-Za-z0-9][a-z-]*(,| |$)/)
				option(part[i], part[i + 1])
	}
	END { option("--help", "what there is") }'
}

# _gsctp_match WORDS: those that begin with $cur.  compgen -W would expand them.
_gsctp_match()
{
	local word
	local -a list

	read -rd '' -a list <<<"$1"
	for word in "${list[@]}"; do
		[[ $word != "$cur"* ]] || COMPREPLY+=("$word")
	done
}

# _gsctp_values GSCTP ARGUMENT: fill COMPREPLY with what an argument
# of that name can be, where that begins with $cur.  False: the name says
# nothing to us.
_gsctp_values()
{
	local list=''

	case $2 in
	FILE* | ARGUMENT)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$cur")
		# A name that is quoted is bash's to complete.
		[ "${#COMPREPLY[@]}" -ne 0 ] || compopt -o default 2>/dev/null
		return 0
		;;
	DIR)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	COMMAND | CMD | PROGRAM)
		mapfile -t COMPREPLY < <(compgen -c -- "$cur")
		return
		;;
	HOST)
		mapfile -t COMPREPLY < <(compgen -A hostname -- "$cur")
		return
		;;
	ADDR)
		list=$(ip -o addr show 2>/dev/null |
		    awk '!/scope link/ { sub(/\/.*/, "", $4); print $4 }')
		;;
	NAME=VALUE)
		compopt -o nospace 2>/dev/null
		list=$("$1" cat -o help 2>/dev/null |
		    awk '/^$/ { exit } sub(/=.*/, "=") { print $1 }')
		;;
	PPID)
		list=$("$1" cat --ppid help 2>/dev/null | awk '{ print $2 }')
		;;
	PID)
		list=$("$1" status 2>/dev/null |
		    sed -n 's/.*\[\([0-9]*\)]: gsctp .*/\1/p')
		;;
	N | BYTES | HEX | MS | PORT | RATE | S | SIZE | SPEC | TIME | WORD | \
	    A+B | *,* | 'OUT[:IN]')
		;;
	*'|'*)
		# Words that are to be typed, ttl:MS without what is behind.
		local one
		for one in ${2//|/ }; do
			case $one in
			[a-z]*:*)
				compopt -o nospace 2>/dev/null
				list+=" ${one%%:*}:"
				;;
			[a-z]*) list+=" $one" ;;
			*) _gsctp_values "$1" "$one" || return 1 ;;
			esac
		done
		;;
	*)
		return 1
		;;
	esac
	_gsctp_match "$list"
}

# _gsctp_option_takes GSCTP NAME: what stands behind NAME= of option -o.
_gsctp_option_takes()
{
	"$1" cat -o help 2>/dev/null | awk -v name="$2=" '
	/^$/ { exit }
	index($1, name) == 1 {
		sub(/\*$/, "", $1)
		print substr($1, length(name) + 1)
	}'
}

# _gsctp_offer GSCTP COMMAND: fill COMPREPLY for the last of $words.  What $cur
# has before a value, as in --option=value, is moved to $head.
_gsctp_offer()
{
	local prev=${words[-2]} kind name argument line i n=0
	local -a lines
	local -A takes=()

	mapfile -t lines < <(_gsctp_read "$1" "$2")
	for line in "${lines[@]}"; do
		read -r kind name argument _ <<<"$line"
		[ "$kind" != option ] || takes[$name]=${argument#-}
	done

	# What is behind a program is its own.
	for ((i = 2; i < ${#words[@]} - 1; i++)); do
		if [[ ${words[i]} != -* ]]; then
			((++n))
		elif [ -n "${takes[${words[i]}]-}" ]; then
			((++i))
		fi
	done
	if ((n > 0)) && [[ " ${lines[*]} " == *' operand 0 PROGRAM '* ]]; then
		_gsctp_values "$1" ARGUMENT
		return
	fi

	if [[ $cur == --*=* ]]; then
		prev=${cur%%=*}
		head=$prev=
		cur=${cur#*=}
	fi
	argument=${takes[$prev]-}
	if [[ $argument == NAME=VALUE && $cur == *=* ]]; then
		argument=$(_gsctp_option_takes "$1" "${cur%%=*}")
		head+=${cur%%=*}=
		cur=${cur#*=}
	fi
	if [[ $prev == -* && -n $argument ]]; then
		_gsctp_values "$1" "$argument"
		return
	fi
	if [[ $cur == -* ]]; then
		_gsctp_match "${!takes[*]}"
		return
	fi

	for line in "${lines[@]}"; do
		read -r kind i argument _ <<<"$line"
		[[ $kind == operand ]] || continue
		[[ $i -eq $n || ($argument == *... && $i -lt $n) ]] || continue
		_gsctp_values "$1" "${argument%...}"
		[ "${#COMPREPLY[@]}" -eq 0 ] || return
	done
}

_gsctp()
{
	local line=${COMP_LINE:0:COMP_POINT} head='' cur
	local -a words

	# Not COMP_WORDS, which are divided at every = and :.
	read -ra words <<<"$line"
	[[ $line != *[[:space:]] ]] || words+=('')
	cur=${words[-1]}

	COMPREPLY=()
	if [ "${#words[@]}" -eq 2 ]; then
		_gsctp_match "$(_gsctp_commands "$1") --help --version"
		return
	fi
	_gsctp_offer "$1" "${words[1]}"

	# What is offered takes the place of what is behind the last = or :.
	[[ $COMP_WORDBREAKS == *=* ]] || COMPREPLY=("${COMPREPLY[@]/#/$head}")
	[[ $COMP_WORDBREAKS != *:* ]] ||
	    COMPREPLY=("${COMPREPLY[@]#"${cur%"${cur##*:}"}"}")
} && complete -F _gsctp gsctp
