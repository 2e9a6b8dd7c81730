// Package call has the commands that diet prints as the way out, under the settings that it was
// called with itself: whoever pastes one of them works with the same policies, answers, mirror
// and NetBox. A message names a command in backticks; who prints it fills in the settings.
package call

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Flag is a flag that diet was called with.
type Flag struct{ Name, Value string }

// Flags are the settings that diet was called with, as far as other commands take them too.
type Flags []Flag

// Add adds a flag. What its value has of a password is left out: a command is stored and shown.
func (f *Flags) Add(name, value string) { *f = append(*f, Flag{name, withoutPassword(value)}) }

// Set is Add for a flag of which the last counts.
func (f *Flags) Set(name, value string) {
	kept := (*f)[:0]
	for _, one := range *f {
		if one.Name != name {
			kept = append(kept, one)
		}
	}
	*f = kept
	f.Add(name, value)
}

// Command is diet with words and the settings, as a shell takes it.
func (f Flags) Command(words ...string) string {
	parts := make([]string, 0, 1+len(words)+2*len(f))
	parts = append(parts, "diet")
	for _, word := range words {
		parts = append(parts, Quoted(word))
	}
	return strings.Join(append(parts, f.of(words[0])...), " ")
}

// outOfBranches are the commands that work in NetBox itself, whatever the branch of others.
var outOfBranches = []string{"branch", "init", "serve"}

// of are the settings of a command, as a shell takes them.
func (f Flags) of(command string) []string {
	var out []string
	for _, one := range f {
		switch {
		case one.Name == "branch" && slices.Contains(outOfBranches, command):
		case one.Value == "":
			out = append(out, "--"+one.Name)
		case strings.HasPrefix(one.Value, "-"):
			out = append(out, "--"+one.Name+"="+Quoted(one.Value))
		default:
			out = append(out, "--"+one.Name, Quoted(one.Value))
		}
	}
	return out
}

// named is a command that a message names.
var named = regexp.MustCompile("`(diet [^`\n]+)`")

// Fill adds the settings to the commands that a message names in backticks. Where there are none, the
// backticks go: nothing else is to be told apart.
func (f Flags) Fill(text string) string {
	return named.ReplaceAllStringFunc(text, func(m string) string {
		command := strings.Trim(m, "`")
		flags := f.of(strings.Fields(command)[1])
		if len(flags) == 0 {
			return command
		}
		return "`" + command + " " + strings.Join(flags, " ") + "`"
	})
}

// Quoted is a word as a shell takes it.
func Quoted(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// plainWord is what a shell takes as it stands.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:@%+=,-]+$`)

// withoutPassword is an address without the password in it; anything else as it is.
func withoutPassword(value string) string {
	u, err := url.Parse(value)
	if err != nil || u.User == nil {
		return value
	}
	if _, has := u.User.Password(); !has {
		return value
	}
	u.User = url.User(u.User.Username())
	return u.String()
}
