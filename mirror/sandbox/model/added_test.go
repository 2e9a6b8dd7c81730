package model

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/diet-project/diet/mirror/sandbox/release"
	"github.com/diet-project/diet/mirror/sandbox/table"
)

// added is a kind of object that NetBox does not have, by one entry.
var added = noun{
	at: "dcim/shelves", order: table.ByName, unique: rules{together("dcim_shelf_unique_rack_name", "rack", "name")},
	fields: fields{
		"rack": to("racks", cascade), "tenant": to("tenants", protect), "role": to("rack-roles", setNull), "status": def("active"),
	},
}

// listed is what a release with that kind would list of it.
var listed = &release.Endpoint{
	Model: "shelf", Label: "shelf", Plural: "shelves", Brief: "id url display name", Filters: "id name q rack rack_id status",
	Fields: []release.Field{
		{Name: "id", Type: "integer", ReadOnly: true}, {Name: "url", ReadOnly: true}, {Name: "display", ReadOnly: true},
		{Name: "rack", Type: "nested object", Required: true}, {Name: "name", Type: "string", Required: true, MaxLength: 10},
		{Name: "tenant", Type: "nested object"}, {Name: "role", Type: "nested object"},
		{Name: "status", Choices: []release.Choice{{"active", "Active"}, {"worn", "Worn"}}},
		{Name: "tags"}, {Name: "custom_fields"}, {Name: "created", Type: "datetime"}, {Name: "last_updated", Type: "datetime"},
	},
}

// closet is a store with the added kind.
type closet struct {
	t     *testing.T
	store *table.Store
}

func newCloset(t *testing.T) *closet {
	t.Helper()
	rel, err := release.Of("4.6")
	if err != nil {
		t.Fatal(err)
	}
	own := *rel
	own.Endpoints = maps.Clone(rel.Endpoints)
	own.Endpoints[added.at] = listed
	made := Schema(&own)
	made.Models = append(made.Models, added.model(&own))
	return &closet{t, table.New(&own, time.Now, made)}
}

// do carries out one request; a problem is given back.
func (c *closet) do(kind string, body any, how func(*table.Operation)) (o *table.Operation, rows []string, problem *table.Problem) {
	c.t.Helper()
	tx := c.store.Begin("r", &table.Account{ID: 1, Name: "diet"})
	before := len(c.store.Changes)
	defer func() {
		if x := recover(); x != nil {
			var ok bool
			if problem, ok = x.(*table.Problem); !ok {
				panic(x)
			}
			tx.Rollback()
			return
		}
		tx.Commit()
		for _, row := range c.store.Changes[before:] {
			rows = append(rows, row.Action+" "+row.Model.Name)
		}
	}()
	o = &table.Operation{Tx: tx, Model: c.store.ByKind[kind], Body: body, Chosen: &table.Selection{}}
	how(o)
	return o, nil, nil
}

// make creates an object, and gives its id.
func (c *closet) make(kind string, body map[string]any) int64 {
	c.t.Helper()
	o, _, problem := c.do(kind, body, (*table.Operation).Post)
	if problem != nil {
		c.t.Fatalf("create %s: %v", kind, problem.Body)
	}
	return o.Results[0].ID
}

func remove(id int64) func(*table.Operation) {
	return func(o *table.Operation) { o.DeleteOne(id) }
}

// One entry is enough: a kind can be created, filtered and changed, goes with
// what it belongs to, protects, is emptied, and is logged.
func TestAddedNoun(t *testing.T) {
	c := newCloset(t)
	site := c.make("sites", map[string]any{"name": "s", "slug": "s"})
	rack := c.make("racks", map[string]any{"name": "r", "site": site})
	tenant := c.make("tenants", map[string]any{"name": "t", "slug": "t"})
	role := c.make("rack-roles", map[string]any{"name": "o", "slug": "o"})
	shelf := c.make("shelves", map[string]any{"name": "one", "rack": rack, "tenant": tenant, "role": role})
	if r := c.store.Find("shelves", shelf); r.Text("status") != "active" {
		t.Errorf("status %q", r.Text("status"))
	}
	for body, want := range map[string]string{"one": "__all__", "far too long a name": "name", "": "name"} {
		_, _, problem := c.do("shelves", map[string]any{"name": body, "rack": rack}, (*table.Operation).Post)
		if problem == nil {
			t.Fatalf("%q is accepted", body)
		}
		if d, _ := problem.Body.(table.Dict); len(d) != 1 || d[0].Key() != want {
			t.Errorf("%q: %v", body, problem.Body)
		}
	}
	found := c.store.Understand(c.store.ByKind["shelves"], map[string][]string{"rack_id": {table.Plain(rack)}, "status": {"active"}})
	if got := c.store.SelectFrom(c.store.ByKind["shelves"], found, 0, 0); len(got) != 1 || got[0].ID != shelf {
		t.Errorf("filtered: %v", got)
	}
	if _, _, problem := c.do("tenants", nil, remove(tenant)); problem == nil || problem.Status != 409 {
		t.Errorf("the tenant of a shelf goes: %v", problem)
	}
	_, rows, _ := c.do("rack-roles", nil, remove(role))
	if want := []string{"delete rackrole", "update shelf"}; !slices.Equal(rows, want) {
		t.Errorf("rows %q, want %q", rows, want)
	}
	_, rows, problem := c.do("racks", nil, remove(rack))
	if want := []string{"delete shelf", "delete rack"}; problem != nil || !slices.Equal(rows, want) {
		t.Errorf("rows %q, want %q: %v", rows, want, problem)
	}
}
