package netbox

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/diet-project/diet/mirror/kinds"
)

// May reports whether the token may do something with objects of an endpoint. It asks by
// requests that NetBox can only refuse: to create nothing, to change or delete the object
// 0. There is false where this NetBox has no such endpoint.
func (c *Client) May(ctx context.Context, endpoint, action string) (may, there bool, err error) {
	_, err = c.send(ctx, attempt(endpoint, action))
	var e *Error
	switch {
	case err == nil:
		return true, true, nil
	case !errors.As(err, &e):
		return false, false, err
	case e.Status == http.StatusForbidden:
		return false, true, nil
	case e.Status == http.StatusNotFound && (action == kinds.View || action == kinds.Add):
		return false, false, nil
	case e.Status == http.StatusNotFound || e.Status == http.StatusBadRequest:
		return true, true, nil
	}
	return false, false, err
}

// attempt is the request that tells whether an action is allowed.
func attempt(endpoint, action string) request {
	switch action {
	case kinds.Add:
		return request{method: http.MethodPost, path: endpoint, body: []byte("{}")}
	case kinds.Change:
		return request{method: http.MethodPatch, path: endpoint + "/0", body: []byte("{}")}
	case kinds.Delete:
		return request{method: http.MethodDelete, path: endpoint + "/0"}
	}
	return request{method: http.MethodGet, path: endpoint, query: url.Values{"limit": {"1"}, "fields": {"id"}}}
}

// Grant is a permission of NetBox that a user has.
type Grant struct {
	Name        string          `json:"name"`
	Enabled     bool            `json:"enabled"`
	ObjectTypes []string        `json:"object_types"`
	Actions     []string        `json:"actions"`
	Constraints json.RawMessage `json:"constraints"` // null, an object, or a list of them

	Users []struct {
		Username string `json:"username"`
	} `json:"users"`
	Groups []struct {
		ID int64 `json:"id"`
	} `json:"groups"`
}

// Limited reports whether the permission is for some objects only.
func (g Grant) Limited() bool {
	return !slices.Contains([]string{"", "null", "{}", "[]"}, string(g.Constraints))
}

// Grants lists the enabled permissions of the token's user, and of its groups. It is false
// where NetBox does not tell: before 4.5, or without the right to view permissions.
func (c *Client) Grants(ctx context.Context) ([]Grant, bool, error) {
	caps, err := c.probed(ctx)
	if err != nil || !caps.AuthenticationCheck {
		return nil, false, err
	}
	res, err := c.send(ctx, request{method: http.MethodGet, path: "authentication-check"})
	if err != nil {
		return nil, false, err
	}
	var user struct {
		Username string `json:"username"`
		Groups   []struct {
			ID int64 `json:"id"`
		} `json:"groups"`
	}
	if err := json.Unmarshal(res.body, &user); err != nil {
		return nil, false, err
	}
	all, err := c.permissions(ctx)
	if errors.Is(err, ErrUnauthorized) {
		return nil, false, nil
	}
	mine := slices.DeleteFunc(all, func(g Grant) bool {
		for _, u := range g.Users {
			if u.Username == user.Username {
				return !g.Enabled
			}
		}
		for _, group := range g.Groups {
			if slices.Contains(user.Groups, group) {
				return !g.Enabled
			}
		}
		return true
	})
	return mine, err == nil, err
}

// permissions reads all permissions of NetBox.
func (c *Client) permissions(ctx context.Context) ([]Grant, error) {
	var all []Grant
	for {
		query := url.Values{"limit": {"200"}, "offset": {strconv.Itoa(len(all))}}
		res, err := c.send(ctx, request{method: http.MethodGet, path: "users/permissions", query: query})
		if err != nil {
			return nil, err
		}
		var page struct {
			Next    *string `json:"next"`
			Results []Grant `json:"results"`
		}
		if err := json.Unmarshal(res.body, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Results...)
		if page.Next == nil || len(page.Results) == 0 {
			return all, nil
		}
	}
}
