package netbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// The endpoints of the plugin netboxlabs-netbox-branching.
const (
	branches      = "plugins/branching/branches"
	branchChanges = "plugins/branching/changes"
)

// branchHeader names the branch that a request is for.
const branchHeader = "X-NetBox-Branch"

// Branch is one of the plugin's: a copy of NetBox to which changes are made before they are
// merged.
type Branch struct {
	ID     int64        `json:"id"`
	Name   string       `json:"name"`
	Schema string       `json:"schema_id"`
	Status BranchStatus `json:"status"`

	// Synced is when it last took in NetBox's changes, the server's clock: when it was made,
	// if it never did since.
	Synced time.Time `json:"last_sync"`

	// Trunk is the newest of NetBox's own changes that it holds, 0 for none.
	Trunk int64 `json:"-"`
}

// BranchStatus is the state of a branch: new, provisioning, ready, merging, merged, failed, …
type BranchStatus struct {
	Value string `json:"value"`
}

// BranchChange is an object that differs between a branch and NetBox.
type BranchChange struct {
	Type   string `json:"object_type"` // dcim.device
	ID     int64  `json:"object_id"`
	Name   string `json:"object_repr"`
	Action struct {
		Value string `json:"value"` // create, update or delete
	} `json:"action"`

	// Conflicts are the fields that were changed on both sides.
	Conflicts []string `json:"conflicts"`

	// Plans are the keys of the plans that own the object, or did: none, one or two.
	Plans []string `json:"plans"`
}

// branchDiff is how the plugin shows a change.
type branchDiff struct {
	BranchChange
	Was branchMarks `json:"original_data"`
	Is  branchMarks `json:"modified_data"`
}

// branchMarks are diet's marks on an object that a branch changes.
type branchMarks struct {
	Custom struct {
		Plan string `json:"diet_plan_id"`
	} `json:"custom_fields"`
}

// Errors about branches.
var (
	ErrNoBranching = errors.New("NetBox has no branches: the plugin netboxlabs-netbox-branching is not installed")
	ErrNoBranch    = errors.New("there is no such branch")
)

// BranchError is a branch that is in no state to be used.
type BranchError struct {
	Name, Status string
	Detail       string // what NetBox says, if anything
}

// Error says what the branch is.
func (e *BranchError) Error() string {
	s := fmt.Sprintf("branch %q is %s", e.Name, e.Status)
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	return s
}

// Hint says what to do.
func (e *BranchError) Hint() string {
	if e.Status == "merged" || e.Status == "archived" {
		return "take another name: a branch ends when it is merged"
	}
	return "see the branch in NetBox, under Branching"
}

// Branches lists all branches. It fails with [ErrNoBranching] without the plugin.
func (c *Client) Branches(ctx context.Context) ([]Branch, error) {
	return list[Branch](ctx, c, branches, nil)
}

// FindBranch returns the branch of a name, ready or not. It fails with [ErrNoBranching] and
// [ErrNoBranch].
func (c *Client) FindBranch(ctx context.Context, name string) (Branch, error) {
	found, err := list[Branch](ctx, c, branches, url.Values{"name": {name}})
	at := slices.IndexFunc(found, func(b Branch) bool { return b.Name == name })
	if err == nil && at < 0 {
		err = fmt.Errorf("branch %q: %w", name, ErrNoBranch)
	}
	if err != nil {
		return Branch{}, err
	}
	return found[at], nil
}

// MakeBranch asks NetBox for a new branch, which is not ready yet.
func (c *Client) MakeBranch(ctx context.Context, name string) (Branch, error) {
	body, err := json.Marshal(map[string]any{"name": name, "description": "made by diet"})
	if err != nil {
		return Branch{}, err
	}
	return one[Branch](ctx, c, request{method: http.MethodPost, path: branches, body: body, count: 1})
}

// ReadyBranch waits until a branch can be used, asking every pause. told is called with its
// status each time. It fails with a [*BranchError] where it cannot be used any more.
func (c *Client) ReadyBranch(ctx context.Context, b Branch, pause time.Duration, told func(status string)) (Branch, error) {
	var err error
	for b.Status.Value != "ready" {
		switch b.Status.Value {
		case "merged", "archived", "failed", "pending-migrations":
			return b, &BranchError{Name: b.Name, Status: b.Status.Value}
		}
		told(b.Status.Value)
		if err := Sleep(ctx, pause); err != nil {
			return b, err
		}
		if b, err = c.branchOf(ctx, b.ID); err != nil {
			return b, err
		}
	}
	query := url.Values{"time_before": {b.Synced.UTC().Format(time.RFC3339Nano)}}
	b.Trunk, err = c.last(ctx, ObjectChange.Endpoint, query)
	return b, err
}

func (c *Client) branchOf(ctx context.Context, id int64) (Branch, error) {
	return one[Branch](ctx, c, request{method: http.MethodGet, path: fmt.Sprint(branches, "/", id)})
}

// BranchChanges lists what differs between a branch and NetBox.
func (c *Client) BranchChanges(ctx context.Context, b Branch) ([]BranchChange, error) {
	found, err := list[branchDiff](ctx, c, branchChanges, url.Values{"branch_id": {strconv.FormatInt(b.ID, 10)}})
	out := make([]BranchChange, len(found))
	for i, d := range found {
		out[i] = d.BranchChange
		out[i].Plans = []string{}
		for _, plan := range []string{d.Was.Custom.Plan, d.Is.Custom.Plan} {
			if plan != "" && !slices.Contains(out[i].Plans, plan) {
				out[i].Plans = append(out[i].Plans, plan)
			}
		}
	}
	return out, err
}

// job is one of NetBox's background jobs.
type job struct {
	ID     int64        `json:"id"`
	Status BranchStatus `json:"status"`
	Error  string       `json:"error"`
}

// MergeBranch merges a branch that is ready into NetBox, and waits until that is done, asking
// every pause. Where both sides changed the same field NetBox refuses, unless anyway has the
// branch win.
func (c *Client) MergeBranch(ctx context.Context, b Branch, anyway bool, pause time.Duration, told func(status string)) error {
	body, err := json.Marshal(map[string]any{"commit": true, "acknowledge_conflicts": anyway})
	if err != nil {
		return err
	}
	work, err := one[job](ctx, c, request{method: http.MethodPost, path: fmt.Sprint(branches, "/", b.ID, "/merge"), body: body, count: 1})
	for err == nil && !slices.Contains([]string{"completed", "errored", "failed"}, work.Status.Value) {
		told(work.Status.Value)
		if err = Sleep(ctx, pause); err == nil {
			work, err = one[job](ctx, c, request{method: http.MethodGet, path: fmt.Sprint("core/jobs/", work.ID)})
		}
	}
	if err != nil {
		return err
	}
	if b, err = c.branchOf(ctx, b.ID); err == nil && b.Status.Value != "merged" {
		err = &BranchError{Name: b.Name, Status: "not merged", Detail: c.redact.Replace(work.Error)}
	}
	return err
}

// one makes a request whose answer is one object.
func one[T any](ctx context.Context, c *Client, req request) (out T, err error) {
	res, err := c.send(onTrunk(ctx), req)
	if err == nil {
		err = json.Unmarshal(res.body, &out)
	}
	return out, noPlugin(err)
}

// list reads a list of the plugin's, page by page.
func list[T any](ctx context.Context, c *Client, path string, query url.Values) ([]T, error) {
	var all []T
	for {
		q := with(query, "offset", []string{strconv.Itoa(len(all))})
		q.Set("limit", strconv.Itoa(c.pageSize))
		page, err := one[struct {
			Next    *string `json:"next"`
			Results []T     `json:"results"`
		}](ctx, c, request{method: http.MethodGet, path: path, query: q})
		if err != nil {
			return nil, err
		}
		if all = append(all, page.Results...); page.Next == nil || len(page.Results) == 0 {
			return all, nil
		}
	}
}

// noPlugin tells an answer of a NetBox without the plugin.
func noPlugin(err error) error {
	var e *Error
	if errors.As(err, &e) && e.Status == http.StatusNotFound && (e.Path == branches || e.Path == branchChanges) {
		return ErrNoBranching
	}
	return err
}

// trunk marks requests that are not for the branch of the client.
type trunk struct{}

func onTrunk(ctx context.Context) context.Context { return context.WithValue(ctx, trunk{}, true) }

func isOnTrunk(ctx context.Context) bool { return ctx.Value(trunk{}) != nil }
