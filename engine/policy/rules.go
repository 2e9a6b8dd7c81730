package policy

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/diet-project/diet/engine/change"
)

// Rule is a guard or a default.
type Rule struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	Description string `json:"description,omitempty"`
	Kind        string `json:"kind"` // guard or default
	Severity    string `json:"severity"`
	File        string `json:"file"`
	Line        int    `json:"line"`
	Team        bool   `json:"team,omitempty"`
	Edited      bool   `json:"edited,omitempty"` // stands in a file of a copy of the shipped policies that differs from the shipped one
	Waived      string `json:"waived,omitempty"` // the reason

	// Forbids are the decisions that a guard is about; none where it is about any.
	Forbids []string `json:"forbids,omitempty"`

	// Exceptions turn the guard off for some changes.
	Exceptions []Exception `json:"exceptions,omitempty"`
}

// The kinds of rules.
const (
	guardKind   = "guard"
	defaultKind = "default"
)

// IsGuard reports whether the rule forbids, rather than chooses.
func (r Rule) IsGuard() bool { return r.Kind == guardKind }

// Own reports whether the rule is the user's: of a folder of their own, or of what differs in a copy of
// the shipped policies.
func (r Rule) Own() bool { return r.Team || r.Edited }

// Keeps reports whether a guard applies where a decision would be carried out.
func (r Rule) Keeps(d change.Decision) bool {
	return len(r.Forbids) == 0 || slices.Contains(r.Forbids, string(d))
}

// kinds are the sets that data.diet.main collects.
var kinds = map[string]string{"guards": guardKind, "defaults": defaultKind}

// kindOf says whether a rule is a guard or a default; "" for any other.
func kindOf(r *ast.Rule) string { return kinds[string(r.Head.Ref()[0].Value.(ast.Var))] }

var severities = []string{"info", "low", "medium", "high", "critical"}

// ownID are the ids of what diet decides without a rule, and of what it makes of people's answers.
var ownID = regexp.MustCompile(`^(MAIN|RES)[0-9]+$`)

// inspect lists the guards and defaults, and refuses rules that would never be
// collected or that lack METADATA.
func inspect(s *source) ([]Rule, error) {
	var rules []Rule
	at := map[string]Rule{}
	for _, file := range s.files() {
		module := s.modules[file]
		if err := checkPackage(file, module, s.team[file] != nil); err != nil {
			return nil, err
		}
		for _, r := range module.Rules {
			kind := kindOf(r)
			if kind == "" {
				continue
			}
			rule, err := describe(r, kind)
			if err != nil {
				return nil, err
			}
			rule.Edited = s.isEdited() && slices.Contains(s.edited.Files, strings.TrimPrefix(file, s.edited.Dir+"/"))
			if rule.Team = s.team[file] != nil; rule.Team {
				if err := stampID(r, rule.ID); err != nil {
					return nil, err
				}
			}
			if rule.Team && ownID.MatchString(rule.ID) {
				return nil, &Error{
					File: rule.File, Line: rule.Line, Message: fmt.Sprintf("rule id %s is one of diet's own", rule.ID),
					Advice: "ids with MAIN or RES and a number say what diet itself decides; give this rule another custom.id",
				}
			}
			if other, taken := at[rule.ID]; taken {
				return nil, &Error{
					File: rule.File, Line: rule.Line, Message: fmt.Sprintf("rule id %s is already used", rule.ID),
					Advice: fmt.Sprintf("%s:%d uses it; give this rule another custom.id", other.File, other.Line),
				}
			}
			at[rule.ID] = rule
			rules = append(rules, rule)
		}
	}
	slices.SortFunc(rules, func(a, b Rule) int { return cmp.Compare(a.ID, b.ID) })
	return rules, nil
}

// files lists the modules, the shipped ones first.
func (s *source) files() []string {
	return slices.SortedFunc(maps.Keys(s.modules), func(a, b string) int {
		if team := s.team[b] != nil; team != (s.team[a] != nil) {
			if team {
				return -1
			}
			return 1
		}
		return cmp.Compare(a, b)
	})
}

// checkPackage keeps a team's modules out of the shipped packages, where one of
// their helpers could loosen a shipped guard.
func checkPackage(file string, module *ast.Module, team bool) error {
	if !team {
		return nil
	}
	ref := module.Package.Path
	name := strings.TrimPrefix(ref.String(), "data.")
	if len(ref) < 3 || !ref[1].Equal(ast.StringTerm("team")) {
		return &Error{
			File: file, Line: module.Package.Location.Row,
			Message: fmt.Sprintf("package %s is not a team's", name),
			Advice:  "name it team.<name>, such as team.network; to change a shipped rule, name a whole copy of the shipped policies",
		}
	}
	if len(ref) == 3 {
		return nil
	}
	for _, r := range module.Rules {
		if kindOf(r) != "" {
			return &Error{
				File: file, Line: r.Location.Row,
				Message: fmt.Sprintf("rules of package %s are never collected", name),
				Advice:  "put guards and defaults into team.<name>; deeper packages are for helpers",
			}
		}
	}
	return nil
}

// describe reads a rule's METADATA.
func describe(r *ast.Rule, kind string) (Rule, error) {
	out := Rule{Kind: kind, File: r.Location.File, Line: r.Location.Row}
	bad := func(message string) (Rule, error) {
		return out, &Error{
			File: out.File, Line: out.Line, Message: message,
			Advice: "put a METADATA block directly above the rule, with title, custom.id and custom.severity",
		}
	}
	custom := customOf(r)
	for _, a := range r.Annotations {
		if a.Scope == "rule" {
			out.Title, out.Description = a.Title, strings.TrimSpace(a.Description)
		}
	}
	out.ID, _ = custom["id"].(string)
	out.Severity, _ = custom["severity"].(string)
	out.Forbids = wordsOf(custom["forbids"])
	switch {
	case out.ID == "":
		return bad(fmt.Sprintf("this %s has no custom.id", kind))
	case out.Title == "":
		return bad(fmt.Sprintf("%s %s has no title", kind, out.ID))
	case !slices.Contains(severities, out.Severity):
		return bad(fmt.Sprintf("%s %s has no custom.severity of info, low, medium, high or critical", kind, out.ID))
	}
	return out, nil
}

// wordsOf are the texts of a list in METADATA.
func wordsOf(v any) []string {
	list, _ := v.([]any)
	var out []string
	for _, item := range list {
		if word, ok := item.(string); ok {
			out = append(out, word)
		}
	}
	return out
}
