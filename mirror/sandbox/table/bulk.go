package table

import (
	"fmt"
	"slices"
)

// Operation is one write request on one model.
type Operation struct {
	*Tx
	Model   *Model
	Body    any
	Chosen  *Selection
	Guard   []string // If-Match
	Whole   bool     // PUT
	Results []*Record
}

// precise says whether the release answers bulk errors object by object.
func (o *Operation) precise() bool { return o.Rel.StructuredErrors }

// Post creates one object or many.
func (o *Operation) Post() {
	list, many := o.Body.([]any)
	switch {
	case !many:
		o.Results = []*Record{o.createOne(o.Body)}
	case o.precise():
		o.createEach(list)
	case o.Model.Sequential:
		for _, item := range list {
			o.Results = append(o.Results, o.createOne(item))
		}
	default:
		o.createAll(list)
	}
	for _, r := range o.Results {
		o.confine(r.ID, "add")
	}
}

// createOne creates an object or fails with its faults.
func (o *Operation) createOne(item any) *Record {
	in := o.asDict(item)
	o.annotate(in)
	d := o.Compose(o.Model, in, o.Chosen)
	if d.Faults.Any() {
		panic(&Problem{Status: 400, Body: d.Faults.Dict})
	}
	return o.Create(d)
}

// asDict is a body that must be an object.
func (o *Operation) asDict(body any) map[string]any {
	in, ok := body.(map[string]any)
	switch {
	case body == nil:
		panic(&Problem{Status: 400, Body: o.nothing()})
	case !ok:
		panic(&Problem{Status: 400, Body: o.notADict(body)})
	}
	return in
}

func (o *Operation) nothing() Dict { return Dict{{o.WholeKey(), []any{"No data provided"}}} }

// notADict complains of an item that is no object.
func (o *Operation) notADict(item any) Dict {
	return Dict{{o.WholeKey(), []any{
		fmt.Sprintf("Invalid data. Expected a dictionary, but got %s.", PythonType(item)),
	}}}
}

// WholeKey is under what a serialiser reports what is no field's fault.
func (s *Store) WholeKey() string {
	if s.Rel.StructuredErrors {
		return ObjectFault
	}
	return "non_field_errors"
}

// createAll is how it is up to 4.6: all are validated, then all are saved.
func (o *Operation) createAll(list []any) {
	drafts := make([]*Draft, len(list))
	messages := make([]string, len(list))
	reports := make([]any, len(list))
	bad := false
	for i, item := range list {
		reports[i] = Dict{}
		in, ok := item.(map[string]any)
		if !ok {
			reports[i], bad = o.notADict(item), true
			continue
		}
		o.annotate(in)
		messages[i] = o.Message
		drafts[i] = o.Compose(o.Model, in, o.Chosen)
		if drafts[i].Faults.Any() {
			reports[i], bad = drafts[i].Faults.Dict, true
		}
	}
	if bad {
		panic(&Problem{Status: 400, Body: reports})
	}
	for i, d := range drafts {
		o.Message = messages[i]
		o.Results = append(o.Results, o.Create(d))
	}
}

// createEach is how it is from 4.7: one by one, and all faults are told.
func (o *Operation) createEach(list []any) {
	var errs []any
	for i, item := range list {
		in, ok := item.(map[string]any)
		if !ok {
			errs = append(errs, Dict{{"index", i}, {"errors", o.notADict(item)}})
			continue
		}
		o.annotate(in)
		d := o.Compose(o.Model, in, o.Chosen)
		if d.Faults.Any() {
			errs = append(errs, Dict{{"index", i}, {"errors", d.Faults.Dict}})
			continue
		}
		o.Results = append(o.Results, o.Create(d))
	}
	o.report(errs, len(list), "created", 400)
}

// report fails the operation if any object did.
func (o *Operation) report(errs []any, total int, verb string, status int) {
	if len(errs) > 0 {
		panic(&Problem{Status: status, Body: Dict{
			{"detail", fmt.Sprintf("%d of %d objects could not be %s.", len(errs), total, verb)},
			{"errors", errs},
		}})
	}
}

// PatchMany changes a list of objects, in the model's order.
func (o *Operation) PatchMany() {
	items := o.items()
	byID := map[int64]map[string]any{}
	for _, it := range items {
		byID[it.id] = it.in
	}
	if o.precise() {
		o.requireAll(items)
	}
	var errs []any
	targets := o.targets(items)
	for _, r := range targets {
		if p := o.tryPatch(r, byID[r.ID]); p != nil {
			if !o.precise() || p.Status != 400 {
				panic(p)
			}
			errs = append(errs, Dict{{"id", r.ID}, {"errors", p.Body}})
		}
	}
	o.report(errs, len(targets), "updated", 400)
	for _, r := range targets {
		o.Results = append(o.Results, o.Find(o.Model.Kind, r.ID))
	}
	slices.SortStableFunc(o.Results, o.compare)
}

func (o *Operation) tryPatch(r *Record, in map[string]any) (p *Problem) {
	defer func() {
		if x := recover(); x != nil {
			var ok bool
			if p, ok = x.(*Problem); !ok {
				panic(x)
			}
		}
	}()
	o.patchOne(r, in)
	return nil
}

// patchOne changes one object.
func (o *Operation) patchOne(r *Record, in map[string]any) *Record {
	r = o.Find(o.Model.Kind, r.ID) // an earlier one may have changed it
	o.annotate(in)
	d := o.revise(r, in, o.Chosen, o.Whole)
	if d.Faults.Any() {
		panic(&Problem{Status: 400, Body: d.Faults.Dict})
	}
	o.precondition(r)
	done := o.update(r, d)
	o.confine(r.ID, "change")
	return done
}

// DeleteMany deletes a list of objects.
func (o *Operation) DeleteMany() {
	items := o.items()
	if o.precise() {
		o.requireAll(items)
	}
	messages := map[int64]string{}
	for _, it := range items {
		messages[it.id], _ = it.in["changelog_message"].(string)
	}
	var errs []any
	targets := o.deletionOrder(o.targets(items))
	for _, r := range targets {
		o.Message = o.allowed(messages[r.ID])
		if p := o.tryDelete(r); p != nil {
			if !o.precise() || p.blocking == 0 {
				panic(p)
			}
			errs = append(errs, Dict{{"id", r.ID}, {"errors", Dict{{ObjectFault, []any{
				fmt.Sprintf("Unable to delete: %d dependent object(s) prevent deletion.", p.blocking),
			}}}}})
		}
	}
	o.report(errs, len(targets), "deleted", 409)
}

func (o *Operation) tryDelete(r *Record) (p *Problem) {
	defer func() {
		if x := recover(); x != nil {
			var ok bool
			if p, ok = x.(*Problem); !ok {
				panic(x)
			}
		}
	}()
	if r = o.Find(o.Model.Kind, r.ID); r != nil {
		o.precondition(r)
		o.Remove(r)
	}
	return nil
}

// deletionOrder puts children before their parents, as NetBox does for
// interfaces.
func (o *Operation) deletionOrder(targets []*Record) []*Record {
	if o.Model.ChildrenFirst {
		slices.SortStableFunc(targets, func(a, b *Record) int { return int(b.Ref("parent") - a.Ref("parent")) })
	}
	return targets
}

// DeleteOne deletes the object of an id.
func (o *Operation) DeleteOne(id int64) {
	r := o.reach(id, "delete")
	if r == nil {
		panic(Missing(o.Model))
	}
	if in, ok := o.Body.(map[string]any); ok {
		o.annotate(in)
	}
	o.precondition(r)
	o.Remove(r)
}

// PatchSingle changes the object of an id.
func (o *Operation) PatchSingle(id int64) *Record {
	r := o.reach(id, "change")
	if r == nil {
		panic(Missing(o.Model))
	}
	return o.patchOne(r, o.asDict(o.Body))
}

// item is one entry of a bulk PATCH or DELETE.
type item struct {
	id int64
	in map[string]any
}

// items reads the list of a bulk request, each entry with its id.
func (o *Operation) items() []item {
	list, ok := o.Body.([]any)
	if !ok {
		panic(&Problem{Status: 400, Body: o.notAList()})
	}
	items := make([]item, 0, len(list))
	reports := make([]any, len(list))
	bad := 0
	for i, x := range list {
		in, isDict := x.(map[string]any)
		id, known := WholeNumber(in["id"])
		_, said := in["id"]
		reports[i] = Dict{}
		switch {
		case x == nil && !o.precise():
			reports[i] = []any{"This field may not be null."}
		case !isDict:
			reports[i] = o.notADict(x)
		case said && in["id"] == nil:
			reports[i] = Dict{{"id", []any{"This field may not be null."}}}
		case !said:
			reports[i] = Dict{{"id", []any{"This field is required."}}}
		case !known:
			reports[i] = Dict{{"id", []any{"A valid integer is required."}}}
		default:
			items = append(items, item{id, in})
			continue
		}
		bad++
	}
	if bad > 0 {
		panic(&Problem{Status: 400, Body: o.unreadable(reports, bad)})
	}
	o.refuseTextIDs(list)
	return items
}

// refuseTextIDs mimics that up to 4.6 an id given as text finds its object
// but not its changes.
func (o *Operation) refuseTextIDs(list []any) {
	if o.precise() || o.deleting() {
		return
	}
	for _, x := range list {
		if in, ok := x.(map[string]any); ok {
			if _, isText := in["id"].(string); isText {
				panic(&Problem{Status: 400, Body: Dict{{"non_field_errors", []any{"No data provided"}}}})
			}
		}
	}
}

func (o *Operation) deleting() bool { return o.Chosen == nil }

// verb is the permission that a bulk PATCH or DELETE needs.
func (o *Operation) verb() string {
	if o.deleting() {
		return "delete"
	}
	return "change"
}

// reach finds an object that the account may do something to.
func (o *Operation) reach(id int64, verb string) *Record {
	if r := o.Find(o.Model.Kind, id); r != nil && o.User.Sees(o.Store, r, verb) {
		return r
	}
	return nil
}

// confine refuses a write that takes its object out of the account's reach.
func (o *Operation) confine(id int64, verb string) {
	if r := o.Find(o.Model.Kind, id); r != nil && !o.User.Sees(o.Store, r, verb) {
		panic(&Problem{Status: 403, Body: NotPermitted})
	}
}

func (o *Operation) notAList() Dict {
	if !o.precise() && o.Body == nil {
		return o.nothing()
	}
	if !o.precise() {
		return Dict{{"non_field_errors", []any{
			fmt.Sprintf("Expected a list of items but got type %q.", PythonType(o.Body)),
		}}}
	}
	if in, ok := o.Body.(map[string]any); o.Body == nil || ok && len(in) == 0 {
		return Dict{{"detail", "Expected a list of objects, but no data was submitted."}}
	}
	return Dict{{"detail", fmt.Sprintf("Expected a list of objects, but got %s.", PythonType(o.Body))}}
}

// unreadable reports entries that name no object.
func (o *Operation) unreadable(reports []any, bad int) any {
	if !o.precise() {
		return reports
	}
	errs := []any{}
	for i, r := range reports {
		if d, _ := r.(Dict); len(d) > 0 {
			errs = append(errs, Dict{{"index", i}, {"errors", d}})
		}
	}
	return Dict{
		{"detail", fmt.Sprintf("%d of %d objects failed validation.", bad, len(reports))},
		{"errors", errs},
	}
}

// requireAll refuses duplicate and unknown ids, from 4.7.
func (o *Operation) requireAll(items []item) {
	times := map[int64]int{}
	var order []int64
	for _, it := range items {
		if times[it.id]++; times[it.id] == 1 {
			order = append(order, it.id)
		}
	}
	var twice, missing []any
	for _, id := range order {
		if n := times[id]; n > 1 {
			twice = append(twice, idFault(id, fmt.Sprintf("Each object may be specified only once; ID %d is listed %d times", id, n)))
		}
		if o.reach(id, o.verb()) == nil {
			missing = append(missing, idFault(id, fmt.Sprintf("Object with ID %d does not exist", id)))
		}
	}
	refuse := func(errs []any, how string) {
		if len(errs) > 0 {
			panic(&Problem{Status: 400, Body: Dict{
				{"detail", fmt.Sprintf("%d of %d objects %s.", len(errs), len(items), how)}, {"errors", errs},
			}})
		}
	}
	refuse(twice, "are listed more than once")
	refuse(missing, "could not be found")
}

func idFault(id int64, msg string) Dict {
	return Dict{{"id", id}, {"errors", Dict{{"id", []any{msg}}}}}
}

// targets lists the objects that a bulk request names, in the model's order;
// up to 4.6 what is not there is passed over in silence.
func (o *Operation) targets(items []item) []*Record {
	seen := map[int64]bool{}
	var found []*Record
	for _, it := range items {
		if r := o.reach(it.id, o.verb()); r != nil && !seen[it.id] {
			seen[it.id] = true
			found = append(found, r)
		}
	}
	slices.SortStableFunc(found, o.compare)
	return found
}

// annotate takes the changelog message out of a body.
func (o *Operation) annotate(in map[string]any) {
	msg, _ := in["changelog_message"].(string)
	o.Message = o.allowed(msg)
}

// allowed is the message if the release keeps one.
func (o *Operation) allowed(msg string) string {
	if !o.Rel.ChangelogMessage {
		return ""
	}
	return msg
}
