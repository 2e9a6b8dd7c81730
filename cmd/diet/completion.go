package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/config"
)

// completions are the shell scripts, which ask diet itself for the words: the last argument
// before the flag is what is typed so far, without the marks that quote it. What diet has no
// word for is a file's name, which the shell knows. Readline breaks words at = and : too; they
// are put together again, and what it is given is only what follows the last of those.
var completions = map[string]string{
	"bash": `_diet() {
  local typed=() word found head= quoted= n=-1
  for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ $n -ge 0 && ( $word == [=:]* || ${typed[n]} == *[=:] ) ]]; then
      head=${typed[n]}
      typed[n]+=$word
    else
      head=
      typed[++n]=$word
    fi
  done
  [[ $word == [=:]* ]] && head+=$word
  [[ $word == [\'\"]* ]] && quoted=1
  typed=("${typed[@]//\\/}")
  typed=("${typed[@]//\"/}")
  typed=("${typed[@]//\'/}")
  COMPREPLY=()
  while IFS= read -r found; do
    found=${found#"$head"}
    [[ $quoted ]] || printf -v found %q "$found"
    COMPREPLY+=("$found")
  done < <("${COMP_WORDS[0]/#\~\//$HOME/}" "${typed[@]}" --generate-bash-completion 2>/dev/null)
  [[ ${#COMPREPLY[@]} -eq 1 && $COMPREPLY == */ ]] && compopt -o nospace 2>/dev/null
}
complete -o bashdefault -o default -F _diet diet
`,
	"zsh": `#compdef diet
_diet() {
  local -a found
  found=("${(@f)$("${(Q)words[1]/#\~\//$HOME/}" "${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}" --generate-bash-completion 2>/dev/null)}")
  if [[ -z "$found" ]]; then
    compset -P '-*='
    _files
    return
  fi
  compadd -S '' -- "${(@M)found:#*/}"
  compadd -- "${(@)found:#*/}"
}
if [[ "$funcstack[1]" == _diet ]]; then
  _diet "$@"
else
  compdef _diet diet
fi
`,
	"fish": `function __diet_complete
  set -l typed (commandline -opc)
  set -l word (commandline -ct | string replace -r '^["\']' '' | string unescape)
  set -l found ($typed[1] $typed[2..] "$word" --generate-bash-completion 2>/dev/null)
  if set -q found[1]
    printf '%s\n' $found
  else
    set -l head (string replace -rf '^(-[^=]*=).*' '$1' -- "$word")
    printf '%s\n' "$head"(__fish_complete_path (string replace -- "$head" '' "$word"))
  end
end
complete -c diet -f -a '(__diet_complete)'
`,
}

// completionFlag is the last argument where a shell asks for words.
const completionFlag = "--generate-bash-completion"

// shellWaits is how long a shell waits for words.
var shellWaits = time.Second

// completes reports whether a shell asks for words, and prints those that begin like what is
// typed: commands, flags, or what the command or flag takes. It writes nothing else, whatever
// is wrong, and asks NetBox nothing.
func completes(ctx context.Context, app *cli.App, args []string) bool {
	if args[len(args)-1] != completionFlag {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, shellWaits)
	defer cancel()
	typed := args[1 : len(args)-1]
	if len(typed) == 0 {
		typed = []string{""}
	}
	last := typed[len(typed)-1]
	t := newTyped(app, typed)
	for _, word := range t.words(ctx) {
		if word = t.joined + word; strings.HasPrefix(word, last) {
			fmt.Fprintln(app.Writer, word)
		}
	}
	return true
}

// typed is a command line so far.
type typed struct {
	app     *cli.App
	command *cli.Command // nil where none is named yet
	flag    string       // the flag whose value is typed, "" for none
	args    []string     // of the command, ahead of the word
	last    string       // the word that is typed
	flags   map[string]string
	joined  string // the flag that the word begins with: --flag=
	literal bool   // after "--"
}

// newTyped reads a command line as [arrange] does.
func newTyped(app *cli.App, words []string) *typed {
	t := &typed{app: app, last: words[len(words)-1], flags: map[string]string{}}
	for _, word := range words[:len(words)-1] {
		switch {
		case t.flag != "":
			t.flags[t.flag], t.flag = word, ""
		case t.literal:
			t.args = append(t.args, word)
		case word == "--":
			t.literal = true
		case strings.HasPrefix(word, "-") && word != "-":
			if takes, _ := takesValue(t.known(), word); takes {
				t.flag = t.long(word)
			} else if name, value, joined := strings.Cut(word, "="); joined {
				t.flags[t.long(name)] = value
			}
		case t.command == nil:
			t.command = app.Command(word)
		default:
			t.args = append(t.args, word)
		}
	}
	if name, value, joined := strings.Cut(t.last, "="); joined && t.flag == "" && !t.literal && strings.HasPrefix(name, "-") {
		t.flag, t.last, t.joined = t.long(name), value, name+"="
	}
	return t
}

// known are the flags that may stand here.
func (t *typed) known() []cli.Flag {
	if t.command == nil {
		return t.app.Flags
	}
	return slices.Concat(t.command.Flags, t.app.Flags)
}

// long is the first name of a flag.
func (t *typed) long(word string) string {
	name := strings.TrimLeft(word, "-")
	for _, f := range t.known() {
		if slices.Contains(f.Names(), name) {
			return f.Names()[0]
		}
	}
	return name
}

// words are what may stand here.
func (t *typed) words(ctx context.Context) []string {
	switch {
	case t.flag != "":
		return t.values(ctx)
	case t.literal:
		return nil
	case strings.HasPrefix(t.last, "-"):
		return flagWords(t.known())
	case t.command == nil:
		return t.commands()
	}
	return t.arguments(ctx)
}

// flagWords are flags as they are typed.
func flagWords(flags []cli.Flag) []string {
	out := []string{"--help"}
	for _, f := range flags {
		if name := "--" + f.Names()[0]; name != completionFlag && len(name) > len("--x") {
			out = append(out, name)
		}
	}
	return out
}

// settings are those of diet.yaml, or none.
func (t *typed) settings() *config.Config {
	file := t.flags["config"]
	if file == "" {
		file = os.Getenv("DIET_CONFIG")
	}
	if file == "" {
		file = "diet.yaml"
	}
	cfg, err := config.LoadIfExists(file)
	if err != nil {
		return config.Default()
	}
	return cfg
}

// named are the mirror and the store of the command line, the environment or diet.yaml.
func (t *typed) named() engine.Words {
	cfg := t.settings()
	pick := func(flag, variable string, file config.Path) string {
		for _, path := range []string{t.flags[flag], os.Getenv(variable)} {
			if path != "" {
				return path
			}
		}
		return string(file)
	}
	return engine.Words{Mirror: pick("mirror", "DIET_MIRROR", cfg.Mirror.File), Store: pick("store", "DIET_STORE", cfg.Store)}
}

// plans are the plans of diet.yaml, those in the folder that is typed, and its folders.
func (t *typed) plans() []string {
	out := texts(t.settings().Plans)
	dir := filepath.Dir(t.last + "x")
	entries, err := os.ReadDir(dir)
	if err != nil {
		return out
	}
	for _, e := range entries {
		name := filepath.Join(dir, e.Name())
		switch ext := filepath.Ext(name); {
		case e.IsDir() && !strings.HasPrefix(e.Name(), "."):
			out = append(out, name+"/")
		case ext == ".yaml" || ext == ".yml":
			text, err := os.ReadFile(name) //nolint:gosec // a person types the folder
			if err == nil && bytes.Contains(text, []byte("kind: Plan")) {
				out = append(out, name)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func completionCommand() *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print a shell's completion script",
		ArgsUsage: "bash|zsh|fish",
		Description: `Completes commands, flags, plans, and the ids of previews, runs and objects that the
store and the mirror have. It never asks NetBox.

   source <(diet completion bash)
   diet completion zsh > ~/.zsh/completions/_diet
   diet completion fish > ~/.config/fish/completions/diet.fish`,
		Action: func(c *cli.Context) error {
			script, ok := completions[c.Args().First()]
			if !ok || c.NArg() != 1 {
				return usage("completion takes one of bash, zsh, fish%s", instead(c.Args().First(), verbs["completion"]))
			}
			_, err := fmt.Fprint(c.App.Writer, script)
			return err
		},
	}
}
