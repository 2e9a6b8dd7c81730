package main

import (
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"
)

// completions are the shell scripts, which ask diet itself for the words.
var completions = map[string]string{
	"bash": `_diet() {
  local words
  words="$("${COMP_WORDS[@]:0:$COMP_CWORD}" --generate-bash-completion 2>/dev/null)"
  COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[$COMP_CWORD]}"))
}
complete -o bashdefault -o default -F _diet diet
`,
	"zsh": `#compdef diet
_diet() { local -a words_; words_=("${(@f)$(${words[@]:0:#words[@]-1} --generate-bash-completion 2>/dev/null)}"); _describe 'diet' words_; }
compdef _diet diet
`,
	"fish": `complete -c diet -f -a '(eval (commandline -opc) --generate-bash-completion 2>/dev/null)'
`,
}

// completionFlag is the last argument where a shell asks for words.
const completionFlag = "--generate-bash-completion"

// completesArguments reports whether a shell asks for words after "--". diet has none to
// offer there, and urfave/cli would run the command instead.
func completesArguments(args []string) bool {
	return args[len(args)-1] == completionFlag && slices.Contains(args, "--")
}

func completionCommand() *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print a shell's completion script",
		ArgsUsage: "bash|zsh|fish",
		Description: `
   source <(diet completion bash)`,
		Action: func(c *cli.Context) error {
			script, ok := completions[c.Args().First()]
			if !ok || c.NArg() != 1 {
				return usage("completion takes one of bash, zsh, fish")
			}
			_, err := fmt.Fprint(c.App.Writer, script)
			return err
		},
	}
}
