package policy

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Mask erases parts of an entry of the decision log, as OPA's system.log.mask does: Op is
// remove or upsert, Path a JSON pointer that starts with /input or /result.
type Mask struct {
	Op    string `json:"op"`
	Path  string `json:"path"`
	Value any    `json:"value,omitempty"`
}

// masks reads data.settings.log.mask: a path is short for its removal.
func masks(data map[string]any) []Mask {
	settings, _ := data["settings"].(map[string]any)
	log, _ := settings["log"].(map[string]any)
	list, _ := log["mask"].([]any)
	var out []Mask
	for _, item := range list {
		switch item := item.(type) {
		case string:
			out = append(out, Mask{Op: "remove", Path: item})
		case map[string]any:
			m := Mask{Op: "remove", Value: item["value"]}
			m.Path, _ = item["path"].(string)
			if op, ok := item["op"].(string); ok {
				m.Op = op
			}
			out = append(out, m)
		}
	}
	return out
}

// Entry is a decision as the decision log has it, in the names of OPA's.
type Entry struct {
	Labels     map[string]string `json:"labels"`
	DecisionID string            `json:"decision_id"`
	Path       string            `json:"path"`
	Input      map[string]any    `json:"input"`
	Result     map[string]any    `json:"result"`
	Erased     []string          `json:"erased,omitempty"`
	Masked     []string          `json:"masked,omitempty"`
	Timestamp  string            `json:"timestamp"`
	Metrics    map[string]int64  `json:"metrics,omitempty"`
}

// EntryPath is the path of the rule that decides, as OPA writes it.
const EntryPath = "diet/main/verdict"

// Mask erases what looks like a secret in an entry, and what data.settings.log.mask names.
func (p *program) Mask(e *Entry) {
	s := secrets{entry: e}
	e.Input, _ = s.walk(e.Input, "/input").(map[string]any)
	e.Result, _ = s.walk(e.Result, "/result").(map[string]any)
	for _, m := range p.masks {
		s.found = append(s.found, e.apply(m)...)
	}
	s.scrub()
	slices.Sort(e.Erased)
	slices.Sort(e.Masked)
}

// shortestSecret is the length of the shortest text that is taken for one by its form.
const shortestSecret = 20

// shortestWord is the length of the longest text that may be a part of any other word.
const shortestWord = 3

// redacted stands for a secret.
const redacted = "**REDACTED**"

var (
	secretName  = regexp.MustCompile(`(?i)(token|secret|passw|passphrase|api_?key|private_?key|credential|community|psk)`)
	secretValue = regexp.MustCompile(
		`nbt_[A-Za-z0-9]+\.[A-Za-z0-9]+|\b[0-9a-f]{40}\b|-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*(-----END [A-Z ]*PRIVATE KEY-----)?` +
			`|\bey[A-Za-z0-9_-]{8,}\.ey[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*`)
)

// secrets masks what looks like one, by its name or by its form.
type secrets struct {
	entry *Entry
	found []string // texts, to be taken out of messages
}

func (s *secrets) walk(v any, at string) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, item := range v {
			where := at + "/" + pointer(key)
			if item != nil && s.named(v, key) {
				s.hide(item, where)
				out[key] = redacted
				continue
			}
			out[key] = s.walk(item, where)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = s.walk(item, at+"/"+strconv.Itoa(i))
		}
		return out
	case string:
		if len(v) < shortestSecret {
			return v
		}
		return secretValue.ReplaceAllStringFunc(v, func(text string) string {
			s.hide(text, at)
			return redacted
		})
	}
	return v
}

// named reports whether a key of an object holds a secret by its name, or by that of the
// field or custom field that the object is about.
func (s *secrets) named(object map[string]any, key string) bool {
	name, _ := object["name"].(string)
	field, _ := object["field"].(string)
	return isSecretName(key) || key == "value" && isSecretName(name) ||
		slices.Contains([]string{"want", "base", "have"}, key) && isSecretName(field)
}

// secretNames remembers which names are those of secrets: a run has few, many times.
var secretNames sync.Map

func isSecretName(name string) bool {
	if known, ok := secretNames.Load(name); ok {
		return known.(bool)
	}
	is := secretName.MatchString(name)
	if len(name) < 64 {
		secretNames.Store(name, is)
	}
	return is
}

func (s *secrets) hide(v any, where string) {
	if !slices.Contains(s.entry.Masked, where) {
		s.entry.Masked = append(s.entry.Masked, where)
	}
	s.found = append(s.found, textsIn(v)...)
}

// scrub takes the secrets that were found, and what was masked, out of the message. Of what is too
// short to be told from other words, nothing of the message is left.
func (s *secrets) scrub() {
	message, ok := s.entry.Result["message"].(string)
	if !ok {
		return
	}
	for _, text := range slices.Clone(s.found) {
		s.found = append(s.found, quotedIn(text)...)
	}
	slices.SortFunc(s.found, func(a, b string) int { return len(b) - len(a) }) // one may be a part of another
	for _, secret := range s.found {
		if len(secret) <= shortestWord && strings.Contains(message, secret) {
			message = redacted
		}
		message = strings.ReplaceAll(message, secret, redacted)
	}
	if message != s.entry.Result["message"] {
		s.entry.Result["message"] = message
		s.entry.Masked = append(s.entry.Masked, "/result/message")
	}
}

// apply carries out one mask, and returns the texts that stood there. A path that is not there is left
// alone, but for an upsert of a key.
func (e *Entry) apply(m Mask) []string {
	parts := strings.Split(strings.TrimPrefix(m.Path, "/"), "/")
	if len(parts) < 2 {
		return nil
	}
	var at any = map[string]any{"input": e.Input, "result": e.Result}
	for _, part := range parts[:len(parts)-1] {
		at, _ = under(at, unpointer(part))
	}
	last := unpointer(parts[len(parts)-1])
	was, there := under(at, last)
	list, place := listAt(at, last)
	object, _ := at.(map[string]any)
	switch {
	case m.Op == "upsert" && object != nil:
		object[last] = m.Value
	case m.Op == "upsert" && there:
		list[place] = m.Value
	case !there:
		return nil
	case object != nil:
		delete(object, last)
	default:
		list[place] = nil // what comes after it keeps its place
	}
	if m.Op == "upsert" {
		e.Masked = append(e.Masked, m.Path)
	} else {
		e.Erased = append(e.Erased, m.Path)
	}
	return textsIn(was)
}

// under is what a value holds by a key, or by a place where it is a list.
func under(v any, part string) (any, bool) {
	if list, place := listAt(v, part); place < len(list) {
		return list[place], true
	}
	object, _ := v.(map[string]any)
	item, there := object[part]
	return item, there
}

// listAt is a list, and a place in it; where it is none, or has no such place, that is after its end.
func listAt(v any, part string) ([]any, int) {
	list, _ := v.([]any)
	place, err := strconv.ParseUint(part, 10, 31)
	if err != nil {
		return list, len(list)
	}
	return list, int(place)
}

// textsIn are the texts and numbers that a value is made of.
func textsIn(v any) []string {
	var out []string
	switch v := v.(type) {
	case map[string]any:
		for _, item := range v {
			out = append(out, textsIn(item)...)
		}
	case []any:
		for _, item := range v {
			out = append(out, textsIn(item)...)
		}
	case string:
		if v != "" {
			out = append(out, v)
		}
	case float64:
		out = append(out, strconv.FormatFloat(v, 'f', -1, 64)) // as messages have it
	case json.Number:
		out = append(out, v.String())
	}
	return out
}

// quotedIn are the ways in which messages have a text in quotes, where they differ from it: as Go has it, and as JSON.
func quotedIn(text string) []string {
	inJSON, _ := json.Marshal(text)
	var out []string
	for _, quoted := range []string{strconv.Quote(text), string(inJSON)} {
		if inner := quoted[1 : len(quoted)-1]; inner != text {
			out = append(out, inner)
		}
	}
	return out
}

var (
	escape   = strings.NewReplacer("~", "~0", "/", "~1")
	unescape = strings.NewReplacer("~1", "/", "~0", "~")
)

func pointer(key string) string { return escape.Replace(key) }

func unpointer(part string) string { return unescape.Replace(part) }

// Document is an input as JSON has it.
func (in *Input) Document() (map[string]any, error) {
	var out map[string]any
	if err := recode(in, &out); err != nil {
		return nil, fmt.Errorf("encode input: %w", err)
	}
	return out, nil
}

// ReadInput reads an input from JSON.
func ReadInput(document map[string]any) (Input, error) {
	var in Input
	if err := recode(document, &in); err != nil {
		return in, fmt.Errorf("read input: %w", err)
	}
	return in, nil
}

// recode reads into one value what another one is in JSON.
func recode(from, into any) error {
	text, err := json.Marshal(from)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}
