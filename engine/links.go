package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/diet-project/diet/mirror/kinds"
	"github.com/diet-project/diet/mirror/netbox"
	"github.com/diet-project/diet/mirror/value"
)

// LinksResult says what InitLinks did, by the names that people see in NetBox.
type LinksResult struct {
	Created []string   `json:"created"`
	Updated []string   `json:"updated"`
	Present []string   `json:"present"`
	Kept    []KeptLink `json:"kept"`
}

// KeptLink has the name of one of diet's links or filters, and is a person's: diet leaves
// it alone.
type KeptLink struct {
	Name string `json:"name"`
	Why  string `json:"why"`
}

// Links are the links to make in NetBox, on the pages of what diet owns.
type Links []link

// link is a custom link of NetBox: a text and an address, both templates.
type link struct{ name, text, url string }

// The marks of an object, in NetBox's templates.
const (
	planMark   = "{{ object.cf.diet_plan_id|urlencode }}"
	objectMark = "{{ object.cf.diet_object_id|urlencode }}"
)

// NewLinks reads the address of diet's pages, from which follow the links to the pages of
// a plan, an object and its drift. One that holds {plan} or {object} is the address of one
// page: the only link then.
func NewLinks(address string) (Links, error) {
	u, err := url.Parse(address)
	plain := strings.NewReplacer("{plan}", "", "{object}", "").Replace(address)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("want an address such as https://diet.example.com")
	case u.User != nil:
		return nil, errors.New("a link that everybody sees must not hold a password")
	case strings.ContainsAny(plain, "{}"):
		return nil, errors.New("the only placeholders are {plan} and {object}")
	case plain == address && (u.RawQuery != "" || u.Fragment != ""):
		return nil, errors.New("want the address of diet's pages without ? and #, or one with {plan} or {object}")
	}
	filled := strings.NewReplacer("{plan}", planMark, "{object}", objectMark).Replace(address)
	switch {
	case strings.Contains(address, "{object}"):
		return Links{objectLink(filled)}, nil
	case plain != address:
		return Links{planLink(filled)}, nil
	}
	page := strings.TrimRight(address, "/") + "/plans/" + planMark
	return Links{
		planLink(page), objectLink(page + "/object?id=" + objectMark),
		{name: "diet: drift", text: "Drift", url: page + "/drift?object=" + objectMark},
	}, nil
}

func planLink(address string) link {
	return link{name: "diet: plan", text: "Plan {{ object.cf.diet_plan_id }}", url: address}
}

func objectLink(address string) link {
	return link{name: "diet: object", text: "{{ object.cf.diet_object_id }}", url: address}
}

// InitLinks makes custom links and saved filters, by which people in NetBox see what diet
// owns. It brings its own up to date, and leaves alone what people made or edited.
func (e *Engine) InitLinks(ctx context.Context, links Links) (*LinksResult, error) {
	if e.client == nil {
		return nil, ErrNoNetBox
	}
	if _, err := e.client.Probe(ctx); err != nil {
		return nil, err
	}
	return e.shown(ctx, links, showing{})
}

// showing says how links and filters are made.
type showing struct {
	dry    bool // nothing is written
	repair bool // diet's own that people edited are put right
}

// shown makes links and filters.
func (e *Engine) shown(ctx context.Context, links Links, how showing) (*LinksResult, error) {
	result := &LinksResult{Created: []string{}, Updated: []string{}, Present: []string{}, Kept: []KeptLink{}}
	var wanted []shown
	for _, l := range links {
		wanted = append(wanted, l.shown())
	}
	if err := e.show(ctx, kinds.CustomLink, wanted, result, how); err != nil {
		return nil, err
	}
	return result, e.show(ctx, kinds.SavedFilter, savedFilters(), result, how)
}

// shown is a custom link or a saved filter that diet makes.
type shown struct {
	name, slug string // slug is "" for a kind that has none
	body       map[string]any

	// judge says what to change of the one that NetBox has under the name; why it is not
	// diet's any more, if it is not: changes are then what a repair writes.
	judge func(held heldLink) (changes map[string]any, why string)
}

// heldLink is a custom link or a saved filter as NetBox has it.
type heldLink struct {
	ID          int64    `json:"id"`
	Name        string   `json:"name"`
	Slug        string   `json:"slug"`
	Description string   `json:"description"`
	Text        string   `json:"link_text"`
	URL         string   `json:"link_url"`
	ObjectTypes []string `json:"object_types"`
	Parameters  any      `json:"parameters"`
}

// show makes those of a kind that are missing, and changes diet's own that are stale.
func (e *Engine) show(ctx context.Context, kind string, wanted []shown, result *LinksResult, how showing) error {
	words := e.db.Kinds().Must(kind).Words()
	held, err := e.heldLinks(ctx, kind)
	if err != nil {
		return fmt.Errorf("read %ss: %w", words, err)
	}
	var creates, updates []map[string]any
	for _, w := range wanted {
		at := slices.IndexFunc(held, func(h heldLink) bool { return h.Name == w.name || h.Slug == w.slug && w.slug != "" })
		if at < 0 {
			creates, result.Created = append(creates, w.body), append(result.Created, w.name)
			continue
		}
		changes, why := w.judge(held[at])
		switch {
		case why != "" && (!how.repair || len(changes) == 0):
			result.Kept = append(result.Kept, KeptLink{w.name, why})
		case len(changes) == 0:
			result.Present = append(result.Present, w.name)
		default:
			changes["id"] = held[at].ID
			updates, result.Updated = append(updates, changes), append(result.Updated, w.name)
		}
	}
	if how.dry {
		return nil
	}
	if _, err := e.client.Create(ctx, kind, creates, netbox.Write{Message: "diet init --links"}); err != nil {
		return fmt.Errorf("create %ss: %w", words, err)
	}
	if _, err := e.client.Update(ctx, kind, updates, netbox.Write{Message: "diet init --links"}); err != nil {
		return fmt.Errorf("update %ss: %w", words, err)
	}
	return nil
}

func (e *Engine) heldLinks(ctx context.Context, kind string) ([]heldLink, error) {
	of := e.db.Kinds().Must(kind)
	query := url.Values{"fields": {of.Select()}}
	if kind == kinds.SavedFilter {
		query.Set("fields", of.Select()+",parameters")
	}
	return netbox.All[heldLink](e.client.Pages(ctx, of, query))
}

// The reasons for which something of diet's name is not touched.
const (
	foreignLink = "somebody else made it; rename it to get diet's"
	editedLink  = "somebody edited it; delete it to get diet's again"
)

// sealStart begins the remark by which diet knows its own link again: a comment in the
// template, with a digest of what diet wrote, so that it shows whether anybody edited it.
const sealStart = "{# diet "

// shown is the link with the remark, shown on nothing but what diet owns.
func (l link) shown() shown {
	text := "{% if object.cf.diet_managed %}" + l.text + "{% endif %}"
	sealed := seal(text, l.url, ownedTypes) + text
	return shown{
		name: l.name,
		body: map[string]any{
			"name": l.name, "object_types": ownedTypes, "group_name": "diet", "link_text": sealed, "link_url": l.url, "new_window": true,
		},
		judge: func(held heldLink) (map[string]any, string) {
			mark, rest, found := strings.Cut(held.Text, " #}")
			right := map[string]any{"link_text": sealed, "link_url": l.url, "object_types": ownedTypes}
			switch {
			case !found || !strings.HasPrefix(mark, sealStart):
				return nil, foreignLink
			case mark+" #}" != seal(rest, held.URL, held.ObjectTypes):
				return right, editedLink
			case held.Text == sealed:
				return nil, ""
			}
			return right, ""
		},
	}
}

// seal is the remark for a text, an address and the types of objects that are linked.
func seal(text, address string, types []string) string {
	sum := sha256.Sum256([]byte(text + "\n" + address + "\n" + strings.Join(slices.Sorted(slices.Values(types)), " ")))
	return sealStart + hex.EncodeToString(sum[:6]) + " #}"
}

// savedBy is the description by which diet knows its own filters again.
const savedBy = "Made by diet init --links. "

// savedFilters are lists of what diet owns.
func savedFilters() []shown {
	return []shown{
		savedFilter("Managed by diet", "diet-managed", "What a diet plan owns.", "cf_diet_managed", "true"),
		savedFilter("Released by diet", "diet-released", "What a diet plan owned and let go.", "cf_diet_managed", "false"),
		savedFilter("Protected from diet", "diet-protected", "What diet never deletes.", "cf_diet_deletion_protected", "true"),
	}
}

func savedFilter(name, slug, says, parameter, text string) shown {
	parameters := map[string]any{parameter: []string{text}}
	return shown{
		name: name, slug: slug,
		body: map[string]any{
			"name": name, "slug": slug, "description": savedBy + says, "object_types": ownedTypes, "shared": true, "parameters": parameters,
		},
		judge: func(held heldLink) (map[string]any, string) {
			switch {
			case held.Slug != slug || !strings.HasPrefix(held.Description, savedBy):
				return nil, foreignLink
			case !value.Equal(value.Of(held.Parameters), value.Of(map[string]any{parameter: []any{text}})):
				return map[string]any{"parameters": parameters, "object_types": ownedTypes}, editedLink
			}
			return nil, ""
		},
	}
}
