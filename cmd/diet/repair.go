package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/diet-project/diet/engine"
	"github.com/diet-project/diet/engine/report"
)

// repair shows what people removed or changed of what init made, and writes it again if that
// is agreed to.
func (e *env) repair(eng *engine.Engine, links engine.Links) error {
	c := e.cli
	if !c.Bool("yes") && (!e.asks() || c.Bool("json")) {
		return usage("nobody can be asked here: add --yes to repair what --repair finds")
	}
	found, err := eng.FindRepair(c.Context, links)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		err = e.print(found)
	} else {
		writeRepair(e.out, found)
	}
	if err == nil && found.Pending() > 0 {
		err = e.repaired(eng, found, links)
	}
	if stuck := found.Stuck(); len(stuck) > 0 {
		const way = "NetBox cannot change the type of a custom field: delete %s there, if nobody else needs it, and run this again"
		err = errors.Join(err, fmt.Errorf(way, strings.Join(stuck, ", ")))
	}
	return err
}

// repaired writes what was found.
func (e *env) repaired(eng *engine.Engine, found *engine.Repair, links engine.Links) error {
	if !e.cli.Bool("yes") && !e.agrees("Repair this?") {
		return errNotAgreed
	}
	return eng.Repair(e.cli.Context, found, links)
}

func writeRepair(w io.Writer, r *engine.Repair) {
	for _, f := range r.Fields {
		writeFieldRepair(w, f)
	}
	for _, m := range r.Marks {
		fmt.Fprintf(w, "~ %s %s  %s as before\n", m.Kind, report.Printable(m.Name), strings.Join(m.Names(), ", "))
	}
	if l := r.Links; l != nil {
		for _, name := range l.Created {
			fmt.Fprintf(w, "+ %s\n", name)
		}
		for _, name := range l.Updated {
			fmt.Fprintf(w, "~ %s\n", name)
		}
		for _, k := range l.Kept {
			fmt.Fprintf(w, "left alone %q: %s\n", k.Name, k.Why)
		}
	}
	if r.Pending()+len(r.Fields) == 0 {
		fmt.Fprintln(w, "nothing to repair")
	} else {
		fmt.Fprintf(w, "%d to repair\n", r.Pending())
	}
}

// writeFieldRepair tells what becomes of one custom field.
func writeFieldRepair(w io.Writer, f engine.FieldRepair) {
	by := ""
	if f.Blame != nil {
		by = fmt.Sprintf(" by %s at %s", f.Blame.User, f.Blame.Time)
	}
	switch {
	case f.Action == "create" && by != "":
		fmt.Fprintf(w, "+ %s  deleted%s\n", f.Name, by)
	case f.Action == "create":
		fmt.Fprintf(w, "+ %s  missing\n", f.Name)
	case f.Action == "none":
		fmt.Fprintf(w, "! %s  last changed%s\n", f.Name, by)
	default:
		fmt.Fprintf(w, "~ %s  last changed%s\n", f.Name, by)
	}
	for _, s := range f.Wrong {
		fmt.Fprintf(w, "    %s: %s\n", s.Setting, settingText(s))
	}
	if len(f.Lost) > 0 {
		fmt.Fprintf(w, "    its values are gone on %s: %s\n", strings.Join(f.Lost, ", "), f.Means)
	}
}

// settingText is what changes of a setting; of a list what is added.
func settingText(s engine.WrongSetting) string {
	want, isList := s.Want.([]string)
	if !isList {
		return fmt.Sprintf("%s -> %s", settingValue(s.Have), settingValue(s.Want))
	}
	have, _ := s.Have.([]string)
	added := slices.DeleteFunc(slices.Clone(want), func(t string) bool { return slices.Contains(have, t) })
	return "+ " + strings.Join(added, ", ")
}

func settingValue(v any) string {
	if v == nil || v == "" {
		return "none"
	}
	return fmt.Sprint(v)
}
