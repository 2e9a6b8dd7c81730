package netbox

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/diet-project/diet/mirror/value"
)

// envelope is what paging needs of a page.
type envelope struct {
	Count   *int     `json:"count"`
	Next    *string  `json:"next"`
	Results []object `json:"results"`
}

// object is what paging needs of an object.
type object struct {
	ID int64 `json:"id"`
}

// readEnvelope reads a page and finds its objects. encoding/json takes several times as long
// for that, so it is asked only about what is not as NetBox writes it.
func readEnvelope(body []byte) (env envelope, objects []string, err error) {
	text := string(body)
	if env, objects, ok := plainEnvelope(text); ok && value.Valid(text) {
		return env, objects, nil
	}
	err = json.Unmarshal(body, &env)
	return env, value.List(value.Pick(text, "results")[0]), err
}

// plainEnvelope reads a page that has each member once, each of its type; else ok is false.
func plainEnvelope(text string) (env envelope, objects []string, ok bool) {
	seen, members := map[string]string{}, 0
	ok = value.Members(text, func(key, member string) bool {
		seen[key] = member
		members++
		return true
	})
	ok = ok && members == len(seen)
	for key := range seen {
		ok = ok && (key == "count" || key == "next" || key == "previous" || key == "results")
	}
	count, err := strconv.Atoi(seen["count"])
	if err == nil {
		env.Count = &count
	}
	next, isText := value.Scalar(seen["next"]).(string)
	if isText {
		env.Next = &next
	}
	objects = value.List(seen["results"])
	if !ok || objects == nil || !isText && seen["next"] != "null" || err != nil && seen["count"] != "null" {
		return envelope{}, nil, false
	}
	env.Results = make([]object, len(objects))
	for i, text := range objects {
		if env.Results[i].ID, ok = plainID(text); !ok {
			return envelope{}, nil, false
		}
	}
	return env, objects, true
}

// plainID reads the id of an object that has one, once.
func plainID(text string) (id int64, ok bool) {
	ids, plain := 0, true
	ok = value.Members(text, func(key, member string) bool {
		if strings.EqualFold(key, "id") {
			var err error
			id, err = strconv.ParseInt(member, 10, 64)
			plain = err == nil && key == "id"
			ids++
		}
		return true
	})
	return id, ok && plain && ids == 1
}
