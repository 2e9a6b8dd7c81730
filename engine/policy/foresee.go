package policy

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/diet-project/diet/engine/change"
)

// Foresight holds inputs against what [New] takes rules for that cannot fire: what it calls impossible is a
// false alarm in waiting. Tests that make inputs use it.
type Foresight struct{ solver *solver }

// Foresee reads what there is to know.
func Foresee(cfg Config) (*Foresight, error) {
	src, err := load(cfg)
	if err != nil {
		return nil, err
	}
	if err := src.parse(); err != nil {
		return nil, err
	}
	return &Foresight{&solver{vocabulary: newVocabulary(src, cfg), locals: map[*ast.Rule]map[ast.Var][]binding{}}}, nil
}

// Unforeseen are the parts of an input that no input would have.
func (f *Foresight) Unforeseen(in *Input) ([]string, error) {
	text, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("encode an input: %w", err)
	}
	var keys map[string]any
	if err := json.Unmarshal(text, &keys); err != nil {
		return nil, fmt.Errorf("decode an input: %w", err)
	}
	s := state{class: string(in.Class), kind: in.Kind, at: map[string]*domain{}}
	if in.Class == change.Run {
		s.kind = ""
	} else if !slices.Contains(f.solver.kindsOf(s.class), in.Kind) {
		return []string{fmt.Sprintf("kind %s in the class %s", in.Kind, s.class)}, nil
	}
	s.at["input/field"] = &domain{listed: true, values: []ast.Value{ast.String(in.Field)}}
	var out []string
	f.hold(ast.InputRootRef, keys, s, &out)
	return out, nil
}

// hold holds a value, and all that is in it, against what it may be.
func (f *Foresight) hold(ref ast.Ref, x any, s state, out *[]string) {
	typed := s.class == string(change.Identity) || s.class == string(change.Unmanaged) // ids that somebody may have typed
	told := ref.String() == "input.field" || typed && ref.String() == "input.object"
	if value, err := ast.InterfaceToValue(x); err == nil && len(ref) > 1 && !told {
		key := "input"
		for _, t := range ref[1:] {
			name, _ := t.Value.(ast.String)
			key += "/" + string(name)
		}
		if d := f.solver.domain(spot{key: key, text: ref.String(), ref: ref}, s); !d.has(value) {
			*out = append(*out, fmt.Sprintf("%s = %v", ref, value))
			return
		}
	}
	switch x := x.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(x)) {
			at := ref.Append(ast.StringTerm(key))
			if known := f.solver.counted(ref); known != nil && !slices.Contains(known, key) {
				*out = append(*out, at.String())
			}
			f.hold(at, x[key], s, out)
		}
	case []any:
		for _, part := range x {
			f.hold(ref.Append(ast.VarTerm("_")), part, s, out)
		}
	}
}
