package kinds

// The kinds of [Registry.Links].
const (
	CustomLink  = "custom_link"
	SavedFilter = "saved_filter"
)

// aside are kinds that only diet init --links reads and writes: how NetBox shows what diet
// owns. No object that diet deletes can be in their way.
var aside = []Kind{
	{
		Name: CustomLink, Endpoint: "extras/custom-links", ObjectType: "extras.customlink", Role: Mirrored, Lazy: true, Aside: true,
		Label: "name", Doc: "a link on the pages of some objects",
		Fields: []Field{
			{Name: "name", Type: Text, Required: true}, {Name: "object_types", Type: Texts, Required: true},
			{Name: "link_text", Type: Text, Required: true}, {Name: "link_url", Type: Text, Required: true},
		},
	},
	{
		Name: SavedFilter, Endpoint: "extras/saved-filters", ObjectType: "extras.savedfilter", Role: Mirrored, Lazy: true, Aside: true,
		Label: "name", Doc: "parameters of a list, under a name",
		Fields: []Field{
			{Name: "name", Type: Text, Required: true}, {Name: "slug", Type: Text, Required: true},
			{Name: "object_types", Type: Texts, Required: true}, description,
		},
	},
}

// Links lists the kinds that diet init --links writes.
func (r Registry) Links() []Kind {
	var out []Kind
	for _, k := range r.list {
		if k.Aside {
			out = append(out, k)
		}
	}
	return out
}

// LinkRights lists what a token needs for diet init --links.
func (r Registry) LinkRights() []Right {
	var out []Right
	for _, k := range r.Links() {
		out = append(out, Right{k.ObjectType, k.Endpoint, []string{View, Add, Change}, "diet init --links"})
	}
	return out
}
