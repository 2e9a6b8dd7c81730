package sandbox

import (
	"fmt"
	"net/http"
	"slices"
)

// operation is one write request on one model.
type operation struct {
	*tx
	model   *model
	body    any
	chosen  *selection
	guard   []string // If-Match
	whole   bool     // PUT
	results []*record
}

// precise says whether the release answers bulk errors object by object.
func (o *operation) precise() bool { return o.rel.minor >= 7 }

// post creates one object or many.
func (o *operation) post() {
	list, many := o.body.([]any)
	switch {
	case !many:
		o.results = []*record{o.createOne(o.body)}
	case o.precise():
		o.createEach(list)
	case o.model.sequential:
		for _, item := range list {
			o.results = append(o.results, o.createOne(item))
		}
	default:
		o.createAll(list)
	}
	for _, r := range o.results {
		o.confine(r.id, "add")
	}
}

// createOne creates an object or fails with its faults.
func (o *operation) createOne(item any) *record {
	in := o.asDict(item)
	o.annotate(in)
	d := o.compose(o.model, in, o.chosen)
	if d.faults.any() {
		panic(&problem{status: http.StatusBadRequest, body: o.shape(d.faults)})
	}
	return o.create(d)
}

// asDict is a body that must be an object.
func (o *operation) asDict(body any) map[string]any {
	in, ok := body.(map[string]any)
	switch {
	case body == nil:
		panic(&problem{status: http.StatusBadRequest, body: o.nothing()})
	case !ok:
		panic(&problem{status: http.StatusBadRequest, body: o.notADict(body)})
	}
	return in
}

func (o *operation) nothing() dict { return dict{{o.wholeKey(), []any{"No data provided"}}} }

// notADict complains of an item that is no object.
func (o *operation) notADict(item any) dict {
	return dict{{o.wholeKey(), []any{
		fmt.Sprintf("Invalid data. Expected a dictionary, but got %s.", pythonType(item)),
	}}}
}

// wholeKey is under what a serialiser reports what is no field's fault.
func (s *state) wholeKey() string {
	if s.rel.minor >= 7 {
		return objectFault
	}
	return "non_field_errors"
}

func (o *operation) shape(f *faults) dict { return f.dict }

// createAll is how it is up to 4.6: all are validated, then all are saved.
func (o *operation) createAll(list []any) {
	drafts := make([]*draft, len(list))
	messages := make([]string, len(list))
	reports := make([]any, len(list))
	bad := false
	for i, item := range list {
		reports[i] = dict{}
		in, ok := item.(map[string]any)
		if !ok {
			reports[i], bad = o.notADict(item), true
			continue
		}
		o.annotate(in)
		messages[i] = o.message
		drafts[i] = o.compose(o.model, in, o.chosen)
		if drafts[i].faults.any() {
			reports[i], bad = drafts[i].faults.dict, true
		}
	}
	if bad {
		panic(&problem{status: http.StatusBadRequest, body: reports})
	}
	for i, d := range drafts {
		o.message = messages[i]
		o.results = append(o.results, o.create(d))
	}
}

// createEach is how it is from 4.7: one by one, and all faults are told.
func (o *operation) createEach(list []any) {
	var errs []any
	for i, item := range list {
		in, ok := item.(map[string]any)
		if !ok {
			errs = append(errs, dict{{"index", i}, {"errors", o.notADict(item)}})
			continue
		}
		o.annotate(in)
		d := o.compose(o.model, in, o.chosen)
		if d.faults.any() {
			errs = append(errs, dict{{"index", i}, {"errors", d.faults.dict}})
			continue
		}
		o.results = append(o.results, o.create(d))
	}
	o.report(errs, len(list), "created", http.StatusBadRequest)
}

// report fails the operation if any object did.
func (o *operation) report(errs []any, total int, verb string, status int) {
	if len(errs) > 0 {
		panic(&problem{status: status, body: dict{
			{"detail", fmt.Sprintf("%d of %d objects could not be %s.", len(errs), total, verb)},
			{"errors", errs},
		}})
	}
}

// patchMany changes a list of objects, in the model's order.
func (o *operation) patchMany() {
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
		if p := o.tryPatch(r, byID[r.id]); p != nil {
			if !o.precise() || p.status != http.StatusBadRequest {
				panic(p)
			}
			errs = append(errs, dict{{"id", r.id}, {"errors", p.body}})
		}
	}
	o.report(errs, len(targets), "updated", http.StatusBadRequest)
	for _, r := range targets {
		o.results = append(o.results, o.find(o.model.kind, r.id))
	}
	slices.SortStableFunc(o.results, o.compare)
}

func (o *operation) tryPatch(r *record, in map[string]any) (p *problem) {
	defer func() {
		if x := recover(); x != nil {
			var ok bool
			if p, ok = x.(*problem); !ok {
				panic(x)
			}
		}
	}()
	o.patchOne(r, in)
	return nil
}

// patchOne changes one object.
func (o *operation) patchOne(r *record, in map[string]any) *record {
	r = o.find(o.model.kind, r.id) // an earlier one may have changed it
	o.annotate(in)
	d := o.revise(r, in, o.chosen, o.whole)
	if d.faults.any() {
		panic(&problem{status: http.StatusBadRequest, body: o.shape(d.faults)})
	}
	o.precondition(r)
	done := o.update(r, d)
	o.confine(r.id, "change")
	return done
}

// deleteMany deletes a list of objects.
func (o *operation) deleteMany() {
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
		o.message = o.allowed(messages[r.id])
		if p := o.tryDelete(r); p != nil {
			if !o.precise() || p.blocking == 0 {
				panic(p)
			}
			errs = append(errs, dict{{"id", r.id}, {"errors", dict{{objectFault, []any{
				fmt.Sprintf("Unable to delete: %d dependent object(s) prevent deletion.", p.blocking),
			}}}}})
		}
	}
	o.report(errs, len(targets), "deleted", http.StatusConflict)
}

func (o *operation) tryDelete(r *record) (p *problem) {
	defer func() {
		if x := recover(); x != nil {
			var ok bool
			if p, ok = x.(*problem); !ok {
				panic(x)
			}
		}
	}()
	if r = o.find(o.model.kind, r.id); r != nil {
		o.precondition(r)
		o.remove(r)
	}
	return nil
}

// deletionOrder puts children before their parents, as NetBox does for
// interfaces.
func (o *operation) deletionOrder(targets []*record) []*record {
	if o.model.kind == "interfaces" {
		slices.SortStableFunc(targets, func(a, b *record) int { return int(b.ref("parent") - a.ref("parent")) })
	}
	return targets
}

// item is one entry of a bulk PATCH or DELETE.
type item struct {
	id int64
	in map[string]any
}

// items reads the list of a bulk request, each entry with its id.
func (o *operation) items() []item {
	list, ok := o.body.([]any)
	if !ok {
		panic(&problem{status: http.StatusBadRequest, body: o.notAList()})
	}
	items := make([]item, 0, len(list))
	reports := make([]any, len(list))
	bad := 0
	for i, x := range list {
		in, isDict := x.(map[string]any)
		id, known := wholeNumber(in["id"])
		_, said := in["id"]
		reports[i] = dict{}
		switch {
		case x == nil && !o.precise():
			reports[i] = []any{"This field may not be null."}
		case !isDict:
			reports[i] = o.notADict(x)
		case said && in["id"] == nil:
			reports[i] = dict{{"id", []any{"This field may not be null."}}}
		case !said:
			reports[i] = dict{{"id", []any{"This field is required."}}}
		case !known:
			reports[i] = dict{{"id", []any{"A valid integer is required."}}}
		default:
			items = append(items, item{id, in})
			continue
		}
		bad++
	}
	if bad > 0 {
		panic(&problem{status: http.StatusBadRequest, body: o.unreadable(reports, bad)})
	}
	o.refuseTextIDs(list)
	return items
}

// refuseTextIDs mimics that up to 4.6 an id given as text finds its object
// but not its changes.
func (o *operation) refuseTextIDs(list []any) {
	if o.precise() || o.deleting() {
		return
	}
	for _, x := range list {
		if in, ok := x.(map[string]any); ok {
			if _, isText := in["id"].(string); isText {
				panic(&problem{status: http.StatusBadRequest, body: dict{{"non_field_errors", []any{"No data provided"}}}})
			}
		}
	}
}

func (o *operation) deleting() bool { return o.chosen == nil }

// verb is the permission that a bulk PATCH or DELETE needs.
func (o *operation) verb() string {
	if o.deleting() {
		return "delete"
	}
	return "change"
}

// reach finds an object that the account may do something to.
func (o *operation) reach(id int64, verb string) *record {
	if r := o.find(o.model.kind, id); r != nil && o.user.sees(o.state, r, verb) {
		return r
	}
	return nil
}

// confine refuses a write that takes its object out of the account's reach.
func (o *operation) confine(id int64, verb string) {
	if r := o.find(o.model.kind, id); r != nil && !o.user.sees(o.state, r, verb) {
		panic(&problem{status: http.StatusForbidden, body: notPermitted})
	}
}

func (o *operation) notAList() dict {
	if !o.precise() && o.body == nil {
		return o.nothing()
	}
	if !o.precise() {
		return dict{{"non_field_errors", []any{
			fmt.Sprintf("Expected a list of items but got type %q.", pythonType(o.body)),
		}}}
	}
	if in, ok := o.body.(map[string]any); o.body == nil || ok && len(in) == 0 {
		return dict{{"detail", "Expected a list of objects, but no data was submitted."}}
	}
	return dict{{"detail", fmt.Sprintf("Expected a list of objects, but got %s.", pythonType(o.body))}}
}

// unreadable reports entries that name no object.
func (o *operation) unreadable(reports []any, bad int) any {
	if !o.precise() {
		return reports
	}
	errs := []any{}
	for i, r := range reports {
		if d, _ := r.(dict); len(d) > 0 {
			errs = append(errs, dict{{"index", i}, {"errors", d}})
		}
	}
	return dict{
		{"detail", fmt.Sprintf("%d of %d objects failed validation.", bad, len(reports))},
		{"errors", errs},
	}
}

// requireAll refuses duplicate and unknown ids, from 4.7.
func (o *operation) requireAll(items []item) {
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
			panic(&problem{status: http.StatusBadRequest, body: dict{
				{"detail", fmt.Sprintf("%d of %d objects %s.", len(errs), len(items), how)}, {"errors", errs},
			}})
		}
	}
	refuse(twice, "are listed more than once")
	refuse(missing, "could not be found")
}

func idFault(id int64, msg string) dict {
	return dict{{"id", id}, {"errors", dict{{"id", []any{msg}}}}}
}

// targets lists the objects that a bulk request names, in the model's order;
// up to 4.6 what is not there is passed over in silence.
func (o *operation) targets(items []item) []*record {
	seen := map[int64]bool{}
	var found []*record
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
func (o *operation) annotate(in map[string]any) {
	msg, _ := in["changelog_message"].(string)
	o.message = o.allowed(msg)
}

// allowed is the message if the release keeps one.
func (o *operation) allowed(msg string) string {
	if o.rel.minor < 4 {
		return ""
	}
	return msg
}
