package apply_test

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/diet-project/diet/engine/apply"
	"github.com/diet-project/diet/engine/change"
)

// read counts the reads, and fails those that are meant to.
func (f *fake) read(name string) error {
	f.reads++
	if f.readFate == nil {
		return nil
	}
	return f.readFate(name, f.reads-1)
}

func (f *fake) Instantiated(_ context.Context, _, _ string, devices []int64) (map[int64]map[string]int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := map[int64]map[string]int64{}
	for id, s := range f.kinds["interface"] {
		device, _ := s.fields["device"].(int64)
		if !slices.Contains(devices, device) {
			continue
		}
		if out[device] == nil {
			out[device] = map[string]int64{}
		}
		out[device][fmt.Sprint(s.fields["name"])] = id
	}
	return out, f.read("instantiated")
}

func (f *fake) Bearing(_ context.Context, kind string, objects []string) (map[string]int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := map[string]int64{}
	for _, object := range objects {
		if s, n := f.find(kind, object); n > 0 {
			out[object] = s.id
		}
	}
	f.catchUp()
	return out, f.read("bearing")
}

// catchUp carries out what was to be carried out later: after the first question.
func (f *fake) catchUp() {
	for _, commit := range f.late {
		commit()
	}
	f.late = nil
}

func (f *fake) Named(_ context.Context, kind string, payloads []map[string]any) ([]int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	ids := make([]int64, len(payloads))
	for i, payload := range payloads {
		if s, n := f.find(kind, objectOf(payload)); n > 0 {
			ids[i] = s.id
		}
	}
	f.catchUp()
	return ids, f.read("named")
}

func (f *fake) Attached(context.Context, string, []*change.Change) (map[int64]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return nil, f.read("attached")
}

func (f *fake) Casualties(context.Context, string, string, []*change.Change) ([]apply.Casualty, error) {
	return nil, nil
}

func (f *fake) Held(_ context.Context, kind string, id int64) (*change.Before, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s := f.kinds[kind][id]; s != nil {
		return before(kind, s), f.read("held")
	}
	return nil, f.read("held")
}

func (f *fake) PortDevices(_ context.Context, ports []string) (map[string]int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := map[string]int64{}
	for id, s := range f.kinds["interface"] {
		port := change.Port("dcim.interface", id)
		if device, ok := s.fields["device"].(int64); ok && slices.Contains(ports, port) {
			out[port] = device
		}
	}
	return out, f.read("port devices")
}

func (f *fake) Required(context.Context, string) ([]string, error) { return nil, nil }

func (f *fake) Facts(_ context.Context, kind string) (map[int64]map[string]any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := map[int64]map[string]any{}
	for id, s := range f.kinds[kind] {
		out[id] = maps.Clone(s.fields)
	}
	return out, f.read("facts")
}

func (f *fake) Versions(_ context.Context, kind string, ids []int64) (map[int64]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := map[int64]string{}
	for _, id := range ids {
		if s := f.kinds[kind][id]; s != nil {
			out[id] = s.lastUpdated()
		}
	}
	f.catchUp()
	return out, f.read("versions")
}

func (f *fake) Overwritten(context.Context, string, map[int64]*change.Before) (map[int64]*change.Blame, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return nil, f.read("overwritten")
}

func (f *fake) Changed(_ context.Context, kind string, before map[int64]*change.Before) (map[int64]*change.Blame, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.read("changed"); err != nil {
		return nil, err
	}
	out := map[int64]*change.Blame{}
	for id := range before {
		switch s := f.kinds[kind][id]; {
		case s != nil && s.edited:
			out[id] = &change.Blame{Actor: "person", User: "maria"}
		case s != nil && s.lost != "":
			out[id] = &change.Blame{Actor: change.ActorDiet, Message: "diet " + s.lost}
			s.lost = "" // from now on the run knows of it
		}
	}
	f.catchUp()
	return out, nil
}
