# What zsh offers for each line of standard input, which ends where the
# cursor is: a line of words, sorted.
#
#   zsh -f completion.zsh DIR    DIR has _gsctp
#
# A second zsh, on a terminal that zsh/zpty makes, completes as for a person,
# but for compadd, which notes what is added.  It says <done> when it waits.

emulate -L zsh
zmodload zsh/zpty || exit 77

setup=${TMPDIR:?}/setup.zsh hits=$TMPDIR/hits.zsh
print -r -- "fpath=(${(q)1} \$fpath) hits=${(q)hits}" >$setup
cat >>$setup <<'END'
PS1= PS2= RPS1=
autoload -Uz compinit
compinit -u -D
zstyle ':completion:*' hosts peer-1.example peer-2.example

compadd() {
	local -a found
	# Not where it is asked for an array.
	if [[ ${@[1,(i)(-|--)]} != *-[OAD]\ * ]]; then
		builtin compadd -A found "$@"
		(( $#found == 0 )) || print -rl -- $found >>$hits
	fi
	builtin compadd "$@"
}
said() { print -rn -- "<""done>" }
tell() { comppostfuncs=(said) }
again() {
	compprefuncs=(tell)
	zle kill-whole-line
}
zle -N again
bindkey -e
bindkey '^U' again '^I' list-choices
# What is typed before it reads is not for it.
zle-line-init() { said }
zle -N zle-line-init
END

zpty inner TERM=dumb zsh -f -i
zpty -w inner "source ${(q)setup}"
zpty -r inner seen '*<done>*'
while IFS= read -r line; do
	: >$hits
	zpty -n -w inner $'\025'$line$'\t'
	zpty -r inner seen '*<done>*'
	LC_ALL=C sort -u $hits | paste -sd ' ' -
done
zpty -d inner
