package diff

import (
	"fmt"
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/change"
	"github.com/diet-project/diet/mirror/value"
)

// stays is the class of a field that is set at creation, that the plan changed, and that
// somebody else changed too: it stays, and is told. It never leaves this package.
const stays change.Class = "stays"

// initialSince is the first version of diet's record that holds what was applied of the
// fields that are only set at creation.
const initialSince = 4

// classifyInitial is classify for a field that is set at creation: afterwards only a
// change of the plan writes it, and only where nobody else has changed it. version is that
// of the object's record: an older one does not say what was applied.
func classifyInitial(f change.Field, version int) change.Class {
	same, empty := value.Equal(f.Want, f.Have), value.Empty(f.Have)
	switch {
	case f.Known:
		class := classifyKnown(value.Equal(f.Want, f.Base), value.Equal(f.Have, f.Base), same)
		if class == change.Conflict {
			return stays
		}
		if class == change.Drift {
			return ""
		}
		return class
	case same && version < initialSince:
		return ""
	case same:
		return change.Agreed
	case empty && version >= initialSince:
		return change.New
	}
	return stays
}

// recallInitial finds out what was applied of the fields that are set at creation, where
// the record of an object is too old to say: what diet itself was the last to write.
func (d *differ) recallInitial(w *wanted, before *change.Before) error {
	if before.Version >= initialSince {
		return nil
	}
	before.Initial = maps.Clone(before.Initial)
	for name, want := range w.initial {
		have := before.Have[name]
		if _, known := before.Applied(name); known || value.Equal(want, have) {
			continue
		}
		last, err := d.touched(w.kind, w.id, name)
		if err != nil {
			return err
		}
		if last != nil && last.Actor == change.ActorDiet && (last.Action == "create" || last.Explains(have)) {
			before.Initial[name] = have
		}
	}
	return nil
}

// lasting is a field that stays as somebody else made it.
type lasting struct {
	w     *wanted
	field change.Field
}

// keptInitial notes the fields that stay as somebody else made them, and returns the
// others.
func (d *differ) keptInitial(w *wanted, before *change.Before, fields []change.Field) ([]change.Field, error) {
	for _, f := range fields {
		if f.Class != stays {
			continue
		}
		last, err := d.touched(w.kind, w.id, f.Name)
		if err != nil {
			return nil, err
		}
		f.Blame = d.blameFor(asked{kind: w.kind, field: f.Name, have: f.Have}, last)
		if before.Version >= initialSince || f.Blame.Actor == change.ActorUnknown {
			d.lasting = append(d.lasting, lasting{w, f})
		}
	}
	return slices.DeleteFunc(fields, func(f change.Field) bool { return f.Class == stays }), nil
}

// tellKept tells what the plan wants of fields that are set at creation and that stay as
// somebody else made them: a line for each kind, field and value.
func (d *differ) tellKept() error {
	lines := map[string]int{}
	for _, k := range d.lasting {
		want := d.called(k.w.kind, k.field.Name, k.field.Want)
		line := fmt.Sprintf("the plan says %v for %s of kind %s, and diet sets that at creation only: what somebody else wrote since stays",
			want, k.field.Name, d.kinds.Must(k.w.kind).Words())
		at, known := lines[line]
		if !known {
			at = len(d.findings)
			lines[line] = at
			d.findings = append(d.findings, change.Notice{ID: "initial-kept", Severity: change.Warning, Message: line})
		}
		n := &d.findings[at]
		n.Objects = append(n.Objects, k.w.object)
		switch shown := 3; {
		case len(n.Objects) <= shown:
			have := d.called(k.w.kind, k.field.Name, k.field.Have)
			n.Message += fmt.Sprintf("%s %s is %v%s", separator(len(n.Objects)), k.w.name, have, by(k.field.Blame))
		case len(n.Objects) == shown+1:
			n.Message += ", and more"
		}
	}
	return nil
}

func separator(nth int) string {
	if nth == 1 {
		return ":"
	}
	return ","
}

// by names who made a value, where that is known.
func by(b *change.Blame) string {
	if b == nil || b.User == "" {
		return ""
	}
	return " (" + b.User + ")"
}
