package policy

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/diet-project/diet/engine/change"
)

// contract is what METADATA may say of a rule: the decisions and the answers of
// each class of changes, as package diet.verdict has them.
type contract struct {
	families map[string]map[string]bool
	answers  map[string]map[string]bool
}

// readContract reads the decisions and answers from Rego.
func (c *compiled) readContract(ctx context.Context) (contract, error) {
	out := contract{families: map[string]map[string]bool{}, answers: map[string]map[string]bool{}}
	families, err := c.words(ctx, "data.diet.verdict.families")
	if err != nil {
		return out, err
	}
	byClass, _ := families.(map[string]any)
	for class, list := range byClass {
		list, _ := list.([]any)
		out.families[class] = map[string]bool{}
		for _, decision := range list {
			out.families[class][fmt.Sprint(decision)] = true
		}
		out.answers[class] = map[string]bool{}
		for _, answer := range c.answersTo(change.Class(class)) {
			out.answers[class][answer] = true
		}
	}
	for part := range byClass { // a rule about identity may be about copies
		if class, _, is := strings.Cut(part, "/"); is {
			maps.Copy(out.families[class], out.families[part])
			maps.Copy(out.answers[class], out.answers[part])
		}
	}
	return out, nil
}

// checkContract holds the METADATA of all rules against the contract.
func (c *compiled) checkContract(ctx context.Context, s *source) error {
	words, err := c.readContract(ctx)
	if err != nil {
		return err
	}
	for _, file := range s.files() {
		for _, r := range s.modules[file].Rules {
			kind := kindOf(r)
			if kind == "" {
				continue
			}
			if problem := words.check(r, kind, customOf(r)); problem != nil {
				problem.File, problem.Line = r.Location.File, r.Location.Row
				return problem
			}
		}
	}
	return nil
}

// check returns what is wrong with the METADATA of a rule, or nil.
func (c contract) check(r *ast.Rule, kind string, custom map[string]any) *Error {
	for _, key := range slices.Sorted(maps.Keys(custom)) {
		if near := nearest(key, customKeys, len(key)/3); near != key && near != "" {
			return &Error{Message: fmt.Sprintf("custom.%s is not a key; did you mean %s?", key, near), Advice: contractHint}
		}
	}
	classes := c.classesOf(r)
	for _, problem := range []*Error{
		checkClasses(classes),
		c.checkDecision(custom, classes),
		c.checkForbids(custom, classes, kind),
		c.checkEffect(custom, classes, kind),
		c.checkRecommended(custom, classes),
		checkApprovals(custom),
		checkTexts(custom),
	} {
		if problem != nil {
			return problem
		}
	}
	return nil
}

// customKeys are the keys of custom that diet reads.
var customKeys = []string{"id", "severity", "decision", "recommended", "approvals", "forbids", "links", "message", "about"}

const contractHint = "docs/policies.md lists the keys under custom, and the decisions and answers of each class"

// checkClasses refuses a rule that is about no class at all.
func checkClasses(classes []string) *Error {
	if len(classes) > 0 {
		return nil
	}
	return &Error{Message: "this rule is about no class: what it says of input.class cannot all be", Advice: contractHint}
}

// checkEffect refuses a guard that makes nothing stricter: its decision is the loosest that there
// is, or none of what it forbids is looser.
func (c contract) checkEffect(custom map[string]any, classes []string, kind string) *Error {
	decision, ok := custom["decision"].(string)
	if !ok || kind != guardKind {
		return nil
	}
	order := change.Decisions()
	rank := func(word string) int { return slices.Index(order, change.Decision(word)) }
	forbids := wordsOf(custom["forbids"])
	for _, class := range classes {
		for other := range c.families[class] {
			if rank(other) > rank(decision) && (len(forbids) == 0 || slices.Contains(forbids, other)) {
				return nil
			}
		}
	}
	if forbids == nil {
		return &Error{
			Message: fmt.Sprintf("a guard that decides %s forbids nothing: no decision is looser", decision),
			Advice:  "make it a default, or decide deny, ask or skip",
		}
	}
	return &Error{
		Message: fmt.Sprintf("a guard that decides %s makes none of what it forbids stricter", decision),
		Advice:  "forbid decisions that are looser, such as delete or apply",
	}
}

func (c contract) checkDecision(custom map[string]any, classes []string) *Error {
	said, stated := custom["decision"]
	if !stated {
		return nil
	}
	decision, ok := said.(string)
	if !ok {
		return &Error{Message: "custom.decision is not text", Advice: contractHint}
	}
	return c.among("custom.decision", decision, "decision", c.families, classes)
}

func (c contract) checkForbids(custom map[string]any, classes []string, kind string) *Error {
	said, stated := custom["forbids"]
	if !stated {
		return nil
	}
	if kind != guardKind {
		return &Error{Message: "only guards have custom.forbids", Advice: "make the rule a guard, or delete forbids"}
	}
	list, ok := said.([]any)
	if !ok || len(list) == 0 {
		return &Error{Message: "custom.forbids is not a list of decisions", Advice: "write it as [delete], or leave it out to forbid all"}
	}
	for _, item := range list {
		if problem := c.among("custom.forbids:", fmt.Sprint(item), "decision", c.families, classes); problem != nil {
			return problem
		}
	}
	return nil
}

func (c contract) checkRecommended(custom map[string]any, classes []string) *Error {
	said, stated := custom["recommended"]
	decision, decided := custom["decision"]
	// Beside another decision it has no effect: somebody edited the decision.
	if !stated || decided && decision != string(change.DecisionAsk) {
		return nil
	}
	return c.among("custom.recommended:", fmt.Sprint(said), "answer", c.answers, classes)
}

// checkApprovals checks how many approvals a question wants.
func checkApprovals(custom map[string]any) *Error {
	said, stated := custom["approvals"]
	if !stated {
		return nil
	}
	n, err := strconv.Atoi(fmt.Sprint(said))
	switch {
	case err != nil || n < 1:
		return &Error{Message: fmt.Sprintf("custom.approvals %v is not a number of people", said), Advice: "write it as 2"}
	case custom["decision"] != nil && custom["decision"] != string(change.DecisionAsk):
		return &Error{Message: "custom.approvals is of a rule that does not ask", Advice: "make the decision ask, or delete approvals"}
	}
	return nil
}

// checkTexts checks what is shown with a verdict.
func checkTexts(custom map[string]any) *Error {
	if said, stated := custom["message"]; stated {
		if _, ok := said.(string); !ok {
			return &Error{Message: "custom.message is not text", Advice: contractHint}
		}
	}
	said, stated := custom["links"]
	list, ok := said.([]any)
	if stated && (!ok || slices.ContainsFunc(list, func(link any) bool { _, ok := link.(string); return !ok })) {
		return &Error{Message: "custom.links is not a list of text", Advice: "write it as [https://…]"}
	}
	return nil
}

// among checks that a word is one of a class that the rule can be about.
func (c contract) among(key, word, noun string, words map[string]map[string]bool, classes []string) *Error {
	var known []string
	for _, class := range words {
		known = slices.AppendSeq(known, maps.Keys(class))
	}
	if !slices.Contains(known, word) {
		article := map[string]string{"decision": "a", "answer": "an"}[noun]
		return &Error{Message: fmt.Sprintf("%s %s is not %s %s%s", key, word, article, noun, suggest(word, known)), Advice: contractHint}
	}
	if slices.ContainsFunc(classes, func(class string) bool { return words[class][word] }) {
		return nil
	}
	verb := map[string]string{"decision": "has the decision", "answer": "takes the answer"}[noun]
	return &Error{Message: fmt.Sprintf("no class that this rule is about %s %s", verb, word), Advice: contractHint}
}

// classesOf lists the classes that a rule can be about.
func (c contract) classesOf(r *ast.Rule) []string {
	var classes []string
	for class := range c.families {
		if w := (walk{class: ast.String(class)}); !w.elsewhere(r) {
			classes = append(classes, class)
		}
	}
	return classes
}

// customOf is what METADATA says of a rule under custom.
func customOf(r *ast.Rule) map[string]any {
	var custom map[string]any
	for _, a := range r.Annotations {
		if a.Scope == "rule" {
			custom = a.Custom
		}
	}
	return custom
}
